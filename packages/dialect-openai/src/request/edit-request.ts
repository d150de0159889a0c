import {
  applySplices,
  type CallHead,
  type CallParameters,
  type ConversationSpans,
  createBodyEditor,
  isJsonObject,
  type JsonValue,
  type RequestEdit,
} from '@jackfield/core'
import {
  addConversationEdits,
  applyPatch,
  documentOf,
  type Editing,
  isUnset,
  objectMember,
  setMember,
  spliced,
} from '@jackfield/dialect-kit'
import { reasoningMembers } from '../chat/decode-reasoning-request.ts'
import { encodeReasoningRequest } from '../chat/encode-reasoning.ts'
import type { Variant } from '../options.ts'
import { multipartField } from './multipart-field.ts'

/** How a body names what the gateway may edit. */
export interface EditForm {
  readonly variant: Variant
  readonly parameters: 'chat' | 'completions' | 'none'
  readonly spans: (body: Uint8Array, head: CallHead) => ConversationSpans
}

interface BodyEditing extends Editing {
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
  if (edit.model !== undefined) setMember(editing, 'model', edit.model)
  if (edit.defaults !== undefined) setParameters(editing, edit.defaults, 'absent')
  if (edit.overrides !== undefined) setParameters(editing, edit.overrides, 'always')
  if (edit.includeUsage === true && head.stream && form.variant.includeUsage) askForUsage(editing)
  for (const patch of edit.patches ?? []) applyPatch(editing.editor, patch)
  addConversationEdits(editing, edit.conversation ?? [], () => form.spans(body, head))
  return spliced(body, editing.editor)
}

/** Of a form with files only the model can be changed. */
function editMultipart(body: Uint8Array, { model }: RequestEdit): Uint8Array {
  const field = model === undefined ? undefined : multipartField(body, 'model')
  if (field === undefined || model === undefined || field.value === model) return body
  return applySplices(body, [{ start: field.start, end: field.end, insert: Buffer.from(model) }])
}

type When = 'always' | 'absent'

function setParameters(editing: BodyEditing, parameters: CallParameters, when: When): void {
  const { parameters: known, variant } = editing.form
  if (known === 'none') return
  const put = (name: string, value: JsonValue | undefined) => {
    if (value !== undefined && (when === 'always' || isUnset(editing, name)))
      setMember(editing, name, value)
  }
  put('temperature', parameters.temperature)
  put('top_p', parameters.topP)
  if (variant.topK) put('top_k', parameters.topK)
  setLimit(editing, parameters.maxOutputTokens, when)
  if (known === 'completions') return
  put('verbosity', parameters.verbosity)
  setReasoning(editing, parameters, when)
}

function setLimit(editing: BodyEditing, limit: number | undefined, when: When): void {
  if (limit === undefined) return
  const present = limitMembers.filter((name) => !isUnset(editing, name))
  if (present.length > 0 && when === 'absent') return
  const names = present.length > 0 ? present : [limitOf(editing.form)]
  for (const name of names) setMember(editing, name, limit)
}

function limitOf({ parameters, variant }: EditForm): string {
  return parameters === 'completions' ? 'max_tokens' : variant.maxTokens
}

function setReasoning(
  editing: BodyEditing,
  { reasoningEffort: effort }: CallParameters,
  when: When,
): void {
  if (effort === undefined) return
  const asked = reasoningMembers.some((name) => !isUnset(editing, name))
  if (asked && when === 'absent') return
  const { ask } = editing.form.variant
  const members = encodeReasoningRequest(ask, { reasoning: { effort }, model: editing.model })
  for (const [name, value] of Object.entries(members ?? {})) {
    setMember(editing, name, withOtherMembers(editing, name, value))
  }
}

/** What a reasoning object of the client says besides how much to think stays. */
function withOtherMembers({ document }: BodyEditing, name: string, value: JsonValue): JsonValue {
  const present = objectMember(document, name)
  if (present === undefined || !isJsonObject(value)) return value
  const { effort: _effort, max_tokens: _limit, enabled: _enabled, ...rest } = present
  return { ...rest, ...value }
}

function askForUsage(editing: BodyEditing): void {
  const present = objectMember(editing.document, 'stream_options') ?? {}
  if (present['include_usage'] === true) return
  setMember(editing, 'stream_options', { ...present, include_usage: true })
}
