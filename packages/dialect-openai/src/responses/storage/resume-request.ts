import {
  applySplices,
  arrayElements,
  type CallHead,
  createBodyEditor,
  type JsonDocument,
  type JsonObject,
  readString,
  readValue,
} from '@jackfield/core'
import { documentOf } from '@jackfield/dialect-kit'
import { filled, typeOfItem } from '../item-kinds.ts'
import { outputOf, readRecord } from './answer-record.ts'

/** Items whose identity means nothing to a provider that did not store them. */
const anonymous = new Set([
  ...['message', 'function_call', 'function_call_output'],
  ...['custom_tool_call', 'custom_tool_call_output'],
])

/**
 * The request with the items that it continues in front of its own, whose bytes stay, and without `previous_response_id`. The
 * answer must still repeat that id: the encoder asks `EncodeContext.field` for it, which reads what the client sent.
 */
export function resumeRequest(body: Uint8Array, head: CallHead, record: JsonObject): Uint8Array {
  const document = documentOf(body, head)
  const kept = readRecord(record)
  const chain = [...kept.input, ...outputOf(kept)]
  const known = new Set(chain.map(({ id }) => id))
  const earlier = chain.flatMap(replayable).map((item) => JSON.stringify(item))
  const editor = createBodyEditor(document)
  editor.set('input', `[${[...earlier, ...ownItems(document, known)].join(',')}]`)
  editor.remove('previous_response_id')
  return applySplices(body, editor.splices())
}

/** An item as a provider takes it that has not stored it. Reasoning that it could not read or verify stays behind. */
function replayable(item: JsonObject): JsonObject[] {
  const type = typeOfItem(item)
  if (type === 'reasoning') return isReadable(item) ? [item] : []
  if (!anonymous.has(type)) return [item]
  const { id: _id, status: _status, ...rest } = item
  return [rest]
}

function isReadable({ encrypted_content: encrypted, content }: JsonObject): boolean {
  return filled(encrypted) !== undefined || (Array.isArray(content) && content.length > 0)
}

/** The request's own items as they came. A reference to an item that is in the chain is resolved by the chain. */
function ownItems(document: JsonDocument, known: ReadonlySet<unknown>): readonly string[] {
  const input = document.get('input')
  const { bytes } = document
  if (input?.kind === 'string') {
    return [JSON.stringify({ role: 'user', content: readString(bytes, input) })]
  }
  if (input?.kind !== 'array') return []
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return [...arrayElements(bytes, input)].flatMap((span) => {
    const isKnown = span.kind === 'object' && isReferenceTo(readValue(bytes, span), known)
    return isKnown ? [] : [buffer.toString('utf8', span.start, span.end)]
  })
}

function isReferenceTo(value: unknown, known: ReadonlySet<unknown>): boolean {
  const item = value as JsonObject
  return typeOfItem(item) === 'item_reference' && known.has(item['id'])
}
