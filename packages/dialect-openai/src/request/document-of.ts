import { type CallHead, type JsonDocument, scanDocument } from '@jackfield/core'
import { asInvalidRequest } from './head.ts'

/** The scan of a body: the one in the head, if it is of these bytes. */
export function documentOf(body: Uint8Array, head: CallHead): JsonDocument {
  if (head.document?.bytes === body) return head.document
  try {
    return scanDocument(body)
  } catch (error) {
    throw asInvalidRequest(error)
  }
}
