import {
  applySplices,
  type BodyEditor,
  type BodyPatch,
  type CallHead,
  type CallParameters,
  type ConversationSpans,
  createBodyEditor,
  isJsonObject,
  type JsonDocument,
  type JsonObject,
  type JsonValue,
  type RequestEdit,
  readValue,
  type Splice,
  stringRange,
  type TextEdit,
} from '@jackfield/core'
import { reasoningMembers } from '../chat/decode-reasoning-request.ts'
import { encodeReasoningRequest } from '../chat/encode-reasoning.ts'
import type { Variant } from '../options.ts'
import { documentOf } from './document-of.ts'
import { multipartField } from './multipart-field.ts'

/** How a body names what the gateway may edit. */
export interface EditForm {
  readonly variant: Variant
  readonly parameters: 'chat' | 'completions' | 'none'
  readonly spans: (body: Uint8Array, head: CallHead) => ConversationSpans
}

interface Editing {
  readonly document: JsonDocument
  readonly editor: BodyEditor
  readonly form: EditForm
  readonly model: string
}

/** Members that limit the length of an answer. */
const limitMembers = ['max_completion_tokens', 'max_tokens'] as const

/**
 * The client's bytes with the edits spliced in: defaults and overrides of parameters first, then `stream_options`, then the backend's
 * patches, which are the strongest. Every other byte stays; the same array comes back when nothing changes.
 */
export function editRequest(
  body: Uint8Array,
  head: CallHead,
  edit: RequestEdit & { readonly form: EditForm },
): Uint8Array {
  if (head.operation === 'opaque' && head.document === undefined) return editMultipart(body, edit)
  const document = documentOf(body, head)
  const { form } = edit
  const editing = {
    document,
    editor: createBodyEditor(document),
    form,
    model: edit.model ?? head.model ?? '',
  }
  if (edit.model !== undefined) set(editing, 'model', edit.model)
  if (edit.defaults !== undefined) setParameters(editing, edit.defaults, 'absent')
  if (edit.overrides !== undefined) setParameters(editing, edit.overrides, 'always')
  if (edit.includeUsage === true && head.stream && form.variant.includeUsage) askForUsage(editing)
  for (const patch of edit.patches ?? []) applyPatch(editing.editor, patch)
  addTextEdits(editing, edit.texts ?? [], () => form.spans(body, head))
  return applySplices(
    body,
    editing.editor.splices().filter((splice) => changes(body, splice)),
  )
}

/** Of a form with files only the model can be changed. */
function editMultipart(body: Uint8Array, { model }: RequestEdit): Uint8Array {
  const field = model === undefined ? undefined : multipartField(body, 'model')
  if (field === undefined || model === undefined || field.value === model) return body
  return applySplices(body, [{ start: field.start, end: field.end, insert: Buffer.from(model) }])
}

function changes(body: Uint8Array, { start, end, insert }: Splice): boolean {
  return insert.length !== end - start || Buffer.compare(body.subarray(start, end), insert) !== 0
}

function set({ editor }: Editing, name: string, value: JsonValue): void {
  editor.set(name, JSON.stringify(value))
}

type When = 'always' | 'absent'

function setParameters(editing: Editing, parameters: CallParameters, when: When): void {
  const { parameters: known, variant } = editing.form
  if (known === 'none') return
  const put = (name: string, value: JsonValue | undefined) => {
    if (value !== undefined && (when === 'always' || isUnset(editing, name)))
      set(editing, name, value)
  }
  put('temperature', parameters.temperature)
  put('top_p', parameters.topP)
  if (variant.topK) put('top_k', parameters.topK)
  setLimit(editing, parameters.maxOutputTokens, when)
  if (known === 'completions') return
  put('verbosity', parameters.verbosity)
  setReasoning(editing, parameters, when)
}

/** Clients write `null` for "not set". */
function isUnset({ document, editor }: Editing, name: string): boolean {
  return !editor.has(name) || document.get(name)?.kind === 'null'
}

function setLimit(editing: Editing, limit: number | undefined, when: When): void {
  if (limit === undefined) return
  const present = limitMembers.filter((name) => !isUnset(editing, name))
  if (present.length > 0 && when === 'absent') return
  const names = present.length > 0 ? present : [limitOf(editing.form)]
  for (const name of names) set(editing, name, limit)
}

function limitOf({ parameters, variant }: EditForm): string {
  return parameters === 'completions' ? 'max_tokens' : variant.maxTokens
}

function setReasoning(
  editing: Editing,
  { reasoningEffort: effort }: CallParameters,
  when: When,
): void {
  if (effort === undefined) return
  const asked = reasoningMembers.some((name) => !isUnset(editing, name))
  if (asked && when === 'absent') return
  const { ask } = editing.form.variant
  const members = encodeReasoningRequest(ask, { reasoning: { effort }, model: editing.model })
  for (const [name, value] of Object.entries(members ?? {})) {
    set(editing, name, withOtherMembers(editing, name, value))
  }
}

/** What a reasoning object of the client says besides how much to think stays. */
function withOtherMembers({ document }: Editing, name: string, value: JsonValue): JsonValue {
  const present = objectOf(document, name)
  if (present === undefined || !isJsonObject(value)) return value
  const { effort: _effort, max_tokens: _limit, enabled: _enabled, ...rest } = present
  return { ...rest, ...value }
}

function askForUsage(editing: Editing): void {
  const present = objectOf(editing.document, 'stream_options') ?? {}
  if (present['include_usage'] === true) return
  set(editing, 'stream_options', { ...present, include_usage: true })
}

function objectOf(document: JsonDocument, name: string): JsonObject | undefined {
  const span = document.get(name)
  return span?.kind === 'object' ? (readValue(document.bytes, span) as JsonObject) : undefined
}

function applyPatch(editor: BodyEditor, patch: BodyPatch): void {
  if ('remove' in patch) editor.remove(patch.remove)
  else if ('rename' in patch) editor.rename(patch.rename, patch.to)
  else if (patch.when !== 'absent' || !editor.has(patch.set)) {
    editor.set(patch.set, JSON.stringify(patch.value))
  }
}

function addTextEdits(
  { document, editor }: Editing,
  edits: readonly TextEdit[],
  spans: () => ConversationSpans,
): void {
  if (edits.length === 0) return
  const { messages } = spans()
  for (const { message, text, start, end, insert } of edits) {
    const token = messages[message]?.texts[text]
    if (token === undefined) throw new RangeError(`no text ${text} in message ${message}`)
    const range = stringRange(document.bytes, { ...token, kind: 'string' }, start, end)
    editor.splice({ ...range, insert: Buffer.from(JSON.stringify(insert).slice(1, -1)) })
  }
}
