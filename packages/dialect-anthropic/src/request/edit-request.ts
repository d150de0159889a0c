import {
  type CallHead,
  type CallParameters,
  createBodyEditor,
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
    editParameters(editing, {
      facts: variant.models(edit.model ?? head.model ?? ''),
      variant,
      defaults: edit.defaults ?? none,
      overrides: edit.overrides ?? none,
    })
  }
  for (const patch of edit.patches ?? []) applyPatch(editing.editor, patch)
  addConversationEdits(editing, edit.conversation ?? [], () => conversationSpans(body, head))
  return spliced(body, editing.editor)
}

/** Files and batches that are no JSON name their model nowhere. */
function isOpaque({ operation }: CallHead): boolean {
  return operation !== 'chat' && operation !== 'count-tokens'
}
