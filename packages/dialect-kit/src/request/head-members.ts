import { type CallHead, type JsonDocument, readBoolean, readString } from '@jackfield/core'
import { wrongMember } from './member-rules.ts'

/** The `model` of a request, which may be absent: the gateway may know a default. An empty one is refused. */
export function modelOf(document: JsonDocument): Pick<CallHead, 'model'> {
  const span = document.get('model')
  if (span === undefined || span.kind === 'null') return {}
  if (span.kind !== 'string') throw wrongMember('model', 'must be a string')
  const model = readString(document.bytes, span)
  if (model.trim() === '') throw wrongMember('model', 'must not be empty')
  return { model }
}

/** Whether a top-level member is `true`. */
export function isTrue(document: JsonDocument, name: string): boolean {
  const span = document.get(name)
  return span?.kind === 'boolean' && readBoolean(document.bytes, span)
}
