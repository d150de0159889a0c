import {
  type CallHead,
  type CallParameters,
  createBodyEditor,
  type JsonValue,
  type JsonValueSpan,
  member,
  type RequestEdit,
  type Splice,
} from '@jackfield/core'
import {
  addConversationEdits,
  applyPatch,
  asInvalidRequest,
  documentOf,
  type Editing,
  isUnset,
  setMember,
  spliced,
} from '@jackfield/dialect-kit'
import { responsesSpans } from './spans.ts'

type When = 'always' | 'absent'

/**
 * The client's bytes with the edits spliced in: defaults and overrides of parameters first, then the backend's patches, which
 * are the strongest. Members of `reasoning` and `text` are spliced one by one, so that a schema beside them keeps its bytes.
 * Usage is always told, and `top_k` does not exist here.
 */
export function editResponsesRequest(
  body: Uint8Array,
  head: CallHead,
  edit: RequestEdit,
): Uint8Array {
  const document = documentOf(body, head)
  const editing: Editing = { document, editor: createBodyEditor(document) }
  if (edit.model !== undefined) setMember(editing, 'model', edit.model)
  const isGeneration = head.operation === 'chat'
  // A count takes of these only what decides how many tokens there are.
  if (isGeneration || head.operation === 'count-tokens') setNested(editing, nestedOf(edit))
  if (edit.defaults !== undefined && isGeneration) setPlain(editing, edit.defaults, 'absent')
  if (edit.overrides !== undefined && isGeneration) setPlain(editing, edit.overrides, 'always')
  for (const patch of edit.patches ?? []) applyPatch(editing.editor, patch)
  addConversationEdits(editing, edit.conversation ?? [], () => responsesSpans(body, head))
  return spliced(body, editing.editor)
}

function setPlain(editing: Editing, parameters: CallParameters, when: When): void {
  const put = (name: string, value: JsonValue | undefined) => {
    if (value !== undefined && (when === 'always' || isUnset(editing, name))) {
      setMember(editing, name, value)
    }
  }
  put('temperature', parameters.temperature)
  put('top_p', parameters.topP)
  put('max_output_tokens', parameters.maxOutputTokens)
}

interface Nested {
  readonly outer: 'reasoning' | 'text'
  readonly inner: 'effort' | 'verbosity'
  readonly value: string
  readonly when: When
}

/** At most one value for each place: an override replaces the default. */
function nestedOf({ defaults = {}, overrides = {} }: RequestEdit): readonly Nested[] {
  const effort = overrides.reasoningEffort ?? defaults.reasoningEffort
  const verbosity = overrides.verbosity ?? defaults.verbosity
  const whenOf = (forced: string | undefined): When => (forced === undefined ? 'absent' : 'always')
  return [
    ...(effort === undefined
      ? []
      : [
          {
            outer: 'reasoning' as const,
            inner: 'effort' as const,
            value: effort,
            when: whenOf(overrides.reasoningEffort),
          },
        ]),
    ...(verbosity === undefined
      ? []
      : [
          {
            outer: 'text' as const,
            inner: 'verbosity' as const,
            value: verbosity,
            when: whenOf(overrides.verbosity),
          },
        ]),
  ]
}

function setNested(editing: Editing, list: readonly Nested[]): void {
  for (const { outer, inner, value, when } of list) {
    const span = editing.document.get(outer)
    if (span?.kind !== 'object') {
      setMember(editing, outer, { [inner]: value })
      continue
    }
    const splice = spliceIn(editing.document.bytes, span, { inner, value, when })
    if (splice !== undefined) editing.editor.splice(splice)
  }
}

function spliceIn(
  bytes: Uint8Array,
  span: JsonValueSpan,
  { inner, value, when }: Pick<Nested, 'inner' | 'value' | 'when'>,
): Splice | undefined {
  const present = memberIn(bytes, span, inner)
  if (present !== undefined) {
    if (when === 'absent' && present.kind !== 'null') return undefined
    return { start: present.start, end: present.end, insert: Buffer.from(JSON.stringify(value)) }
  }
  const at = span.start + 1
  const comma = isEmptyObject(bytes, span) ? '' : ','
  return { start: at, end: at, insert: Buffer.from(`"${inner}":${JSON.stringify(value)}${comma}`) }
}

function memberIn(bytes: Uint8Array, span: JsonValueSpan, name: string) {
  try {
    return member(bytes, span, name)
  } catch (error) {
    throw asInvalidRequest(error)
  }
}

function isEmptyObject(bytes: Uint8Array, { start, end }: JsonValueSpan): boolean {
  return bytes.subarray(start + 1, end - 1).every((byte) => byte <= 0x20)
}
