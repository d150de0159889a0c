import {
  type CallHead,
  type CallParameters,
  createBodyEditor,
  type Headers,
  headerValue,
  type RequestEdit,
} from '@jackfield/core'
import {
  addConversationEdits,
  applyPatch,
  documentOf,
  setMember,
  spliced,
} from '@jackfield/dialect-kit'
import type { Variant } from '../options.ts'
import { editParameters } from './edit-parameters.ts'
import { conversationSpans } from './spans.ts'

const none: CallParameters = {}

/**
 * The client's bytes with the edits spliced in: defaults and overrides of parameters first, then the backend's patches, which are the
 * strongest. Every other byte stays; the same array comes back when nothing changes. Usage is always told, so nobody asks for it.
 */
export function editRequest(
  body: Uint8Array,
  head: CallHead,
  { variant, ...edit }: RequestEdit & { readonly variant: Variant },
): Uint8Array {
  if (head.document === undefined && isOpaque(head)) return body
  const document = documentOf(body, head)
  const editing = { document, editor: createBodyEditor(document) }
  if (edit.model !== undefined) setMember(editing, 'model', edit.model)
  if (head.operation === 'chat') {
    const facts = variant.models(edit.model ?? head.model ?? '')
    editParameters(editing, {
      facts: hasSampling(edit.headers) ? facts : { ...facts, sampling: false },
      variant,
      defaults: edit.defaults ?? none,
      overrides: edit.overrides ?? none,
    })
  }
  for (const patch of edit.patches ?? []) applyPatch(editing.editor, patch)
  addConversationEdits(editing, edit.conversation ?? [], () => conversationSpans(body, head))
  return spliced(body, editing.editor)
}

/** The first version of the API whose requests have no `temperature`, `top_p` and `top_k` (protocol reference 3.1). */
const withoutSampling = '2026-10-21'

/** Whether the version that a client speaks, a date, has fields for sampling. */
function hasSampling(headers: Headers = {}): boolean {
  return (headerValue(headers, 'anthropic-version') ?? '') < withoutSampling
}

/** Files and batches that are no JSON name their model nowhere. */
function isOpaque({ operation }: CallHead): boolean {
  return operation !== 'chat' && operation !== 'count-tokens'
}
