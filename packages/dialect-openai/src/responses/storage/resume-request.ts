import { applySplices, type CallHead, createBodyEditor, type JsonObject } from '@jackfield/core'
import { documentOf } from '@jackfield/dialect-kit'
import { filled, typeOfItem } from '../item-kinds.ts'
import { outputOf, readRecord } from './answer-record.ts'
import { ownItems } from './own-items.ts'

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
  const known = new Set<unknown>(chain.map(({ id }) => id).filter((id) => id !== undefined))
  const earlier = chain.flatMap(replayable).map((item) => JSON.stringify(item))
  // A reference to an item that is in the chain is resolved by the chain.
  const own = ownItems(document).flatMap(({ text, refersTo }) =>
    known.has(refersTo) ? [] : [text],
  )
  const editor = createBodyEditor(document)
  editor.set('input', `[${[...earlier, ...own].join(',')}]`)
  editor.remove('previous_response_id')
  return applySplices(body, editor.splices())
}

/** An item as a provider takes it that has not stored it. Reasoning that it could not read or verify stays behind. */
export function replayable(item: JsonObject): JsonObject[] {
  const type = typeOfItem(item)
  if (type === 'reasoning') return isReadable(item) ? [item] : []
  if (!anonymous.has(type)) return [item]
  const { id: _id, status: _status, ...rest } = item
  return [rest]
}

function isReadable({ encrypted_content: encrypted, content }: JsonObject): boolean {
  return filled(encrypted) !== undefined || (Array.isArray(content) && content.length > 0)
}
