import { type CallHead, createBodyEditor } from '@jackfield/core'
import { documentOf, spliced } from '@jackfield/dialect-kit'

/** The request as one that continues another answer, or none. Every other byte stays; the same array comes back where nothing changes. */
export function continueAnswer(
  body: Uint8Array,
  head: CallHead,
  id: string | undefined,
): Uint8Array {
  const editor = createBodyEditor(documentOf(body, head))
  if (id === undefined) editor.remove('previous_response_id')
  else editor.set('previous_response_id', JSON.stringify(id))
  return spliced(body, editor)
}
