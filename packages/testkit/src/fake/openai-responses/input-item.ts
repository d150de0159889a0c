import { digest } from '../openai/default-answer.ts'
import type { JsonObject } from '../strict/rule.ts'
import { typeOf } from './conversation.ts'

/** An item of a request as it is stored: with a type and an id, and texts of messages as parts. */
export function withId(item: JsonObject, index: number): JsonObject {
  const type = typeOf(item)
  const prefix = type === 'message' ? 'msg' : 'item'
  const { content } = item
  const part = item['role'] === 'assistant' ? 'output_text' : 'input_text'
  return {
    id: `${prefix}_${digest([item, index])}`,
    ...(type === 'message' && { status: 'completed' }),
    ...item,
    type,
    ...(typeof content === 'string' && { content: [{ type: part, text: content }] }),
  }
}
