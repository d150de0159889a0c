import {
  type BodyEditor,
  type ByteRange,
  type CallHead,
  type CallParameters,
  createBodyEditor,
  isJsonObject,
  type JsonDocument,
  type JsonObject,
  type JsonValue,
  type JsonValueSpan,
  objectElements,
  objectMembers,
  type RequestEdit,
  readString,
  readValue,
  replaceValue,
  scanDocument,
} from '@jackfield/core'
import {
  addConversationEdits,
  applyPatch,
  asInvalidRequest,
  documentOf,
  type Editing,
  spliced,
} from '@jackfield/dialect-kit'
import { camelName, snakeName } from '../camel-case.ts'
import { encodeThinking } from '../chat/encode-thinking.ts'
import type { Variant } from '../options.ts'
import { modelResource } from './call-path.ts'
import { conversationSpans, spanOf } from './spans.ts'

/**
 * The client's bytes with the edits spliced in. The model is in the path; bodies that name it besides get the new one. Parameters are
 * in `generationConfig`, in the client's own spelling; the backend's patches are the strongest. Every other byte stays; the same
 * array comes back when nothing changes.
 */
export function editRequest(
  body: Uint8Array,
  head: CallHead,
  edit: RequestEdit & { readonly variant: Variant },
): Uint8Array {
  // Opaque bytes that are no JSON name no model that could be changed.
  if (head.operation === 'opaque' && head.document === undefined) return body
  const document = documentOf(body, head)
  const editing = { document, editor: createBodyEditor(document) }
  if (edit.model !== undefined) renameModels(editing, edit.model)
  if (head.operation === 'chat') editParameters(editing, head, edit)
  for (const patch of edit.patches ?? []) applyPatch(editing.editor, patch)
  addConversationEdits(editing, edit.conversation ?? [], () => conversationSpans(body, head))
  return spliced(body, editing.editor)
}

/** Wherever a body names the model: at its top, in each request of a batch, in the request whose tokens are counted. */
function renameModels({ document, editor }: Editing, model: string): void {
  const { bytes } = document
  const spans = [document.get('model'), ...innerModels(document)]
  for (const span of spans) {
    if (span?.kind !== 'string') continue
    const own = readString(bytes, span)
    const name = own.includes('/') ? modelResource(model) : model
    if (name !== own) editor.splice(replaceValue(span, JSON.stringify(name)))
  }
}

function innerModels(document: JsonDocument): readonly (JsonValueSpan | undefined)[] {
  const { bytes } = document
  const requests = document.get('requests')
  const counted = document.get('generateContentRequest') ?? document.get('generate_content_request')
  try {
    return [
      ...(requests?.kind === 'array'
        ? [...objectElements(bytes, requests)].map(({ members = [] }) => spanOf(members, 'model'))
        : []),
      ...(counted?.kind === 'object' ? [spanOf(objectMembers(bytes, counted), 'model')] : []),
    ]
  } catch (error) {
    throw asInvalidRequest(error)
  }
}

type Sets = readonly { readonly parameters: CallParameters | undefined; readonly when: When }[]
type When = 'always' | 'absent'

function editParameters(
  { document, editor }: Editing,
  head: CallHead,
  { defaults, overrides, model, variant }: RequestEdit & { readonly variant: Variant },
): void {
  const sets: Sets = [
    { parameters: defaults, when: 'absent' },
    { parameters: overrides, when: 'always' },
  ]
  if (sets.every(({ parameters }) => isEmpty(parameters))) return
  const name = nameIn(document, 'generationConfig')
  const span = document.get(name)
  const facts = variant.models(model ?? head.model ?? '')
  const apply = (config: ConfigEditor) => {
    for (const { parameters = {}, when } of sets) {
      for (const [member, value] of plainMembers(parameters)) config.put(member, value, when)
      const thinking = encodeThinking(thinkingOf(parameters), facts)
      if (thinking !== undefined) config.think(thinking, when)
    }
  }
  if (span?.kind === 'object') editConfig(document, editor, { span, apply })
  else {
    const config = newConfig(apply)
    if (config !== '{}') editor.set(name, config)
  }
}

function isEmpty(parameters: CallParameters | undefined): boolean {
  return parameters === undefined || Object.keys(parameters).length === 0
}

function thinkingOf({ reasoningEffort: effort }: CallParameters) {
  return effort === undefined ? undefined : ({ effort, show: false } as const)
}

function plainMembers(parameters: CallParameters): readonly [string, JsonValue][] {
  const names = ['temperature', 'topP', 'topK', 'maxOutputTokens'] as const
  return names.flatMap((name): [string, JsonValue][] => {
    const value = parameters[name]
    return value === undefined ? [] : [[name, value]]
  })
}

/** The spelling in which a document has a member; camelCase for one that it has not. */
function nameIn(document: JsonDocument, name: string): string {
  const snake = snakeName(name)
  return document.get(name) === undefined && document.get(snake) !== undefined ? snake : name
}

/** Edits of a `generationConfig`. */
interface ConfigEditor {
  put(name: string, value: JsonValue, when: When): void
  think(thinking: JsonObject, when: When): void
}

/** A config that the client did not send. */
function newConfig(apply: (config: ConfigEditor) => void): string {
  const document = scanDocument(Buffer.from('{}'))
  const editor = createBodyEditor(document)
  apply(configEditor({ document, editor }))
  return Buffer.from(spliced(document.bytes, editor)).toString()
}

/** The config is an object of its own: edited as a document, its splices are moved to where it stands. */
function editConfig(
  { bytes }: JsonDocument,
  editor: BodyEditor,
  { span, apply }: { readonly span: ByteRange; readonly apply: (config: ConfigEditor) => void },
): void {
  try {
    const document = scanDocument(bytes.subarray(span.start, span.end))
    const inner = createBodyEditor(document)
    apply(configEditor({ document, editor: inner }))
    for (const { start, end, insert } of inner.splices()) {
      editor.splice({ start: span.start + start, end: span.start + end, insert })
    }
  } catch (error) {
    throw asInvalidRequest(error)
  }
}

function configEditor({ document, editor }: Editing): ConfigEditor {
  const isUnset = (name: string) => !editor.has(name) || document.get(name)?.kind === 'null'
  return {
    put(member, value, when) {
      const name = nameIn(document, member)
      if (when === 'always' || isUnset(name)) editor.set(name, JSON.stringify(value))
    },
    think(thinking, when) {
      const name = nameIn(document, 'thinkingConfig')
      const present = presentThinking(document, name)
      if (when === 'absent' && hasMeasure(present)) return
      editor.set(name, JSON.stringify({ ...withoutMeasure(present), ...thinking }))
    },
  }
}

function presentThinking(document: JsonDocument, name: string): JsonObject {
  const span = document.get(name)
  const value = span?.kind === 'object' ? readValue(document.bytes, span) : undefined
  return isJsonObject(value as JsonValue) ? (value as JsonObject) : {}
}

const measures = new Set(['thinkingBudget', 'thinkingLevel'])

function hasMeasure(thinking: JsonObject): boolean {
  return Object.entries(thinking).some(
    ([name, value]) => measures.has(camelName(name)) && value !== null,
  )
}

/** What the client says of thoughts besides how much to think stays. */
function withoutMeasure(thinking: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(thinking).filter(([name]) => !measures.has(camelName(name))),
  )
}
