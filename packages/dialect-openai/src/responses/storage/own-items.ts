import { arrayElements, type JsonDocument, readString, readValue } from '@jackfield/core'
import { typeOfItem } from '../item-kinds.ts'

/** An item of a request’s input, its bytes as they came. */
export interface OwnItem {
  readonly text: string
  /** What it stands for, if it is a reference. */
  readonly refersTo?: string
}

/** The items of a request; a text is what the user says. */
export function ownItems(document: JsonDocument): readonly OwnItem[] {
  const input = document.get('input')
  const { bytes } = document
  if (input?.kind === 'string') {
    return [{ text: JSON.stringify({ role: 'user', content: readString(bytes, input) }) }]
  }
  if (input?.kind !== 'array') return []
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return [...arrayElements(bytes, input)].map((span) => {
    const refersTo = span.kind === 'object' ? referenceOf(readValue(bytes, span)) : undefined
    const text = buffer.toString('utf8', span.start, span.end)
    return refersTo === undefined ? { text } : { text, refersTo }
  })
}

function referenceOf(value: unknown): string | undefined {
  const item = value as Parameters<typeof typeOfItem>[0]
  const { id } = item
  return typeOfItem(item) === 'item_reference' && typeof id === 'string' ? id : undefined
}
