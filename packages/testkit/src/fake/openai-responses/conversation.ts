import type { JsonObject } from '../strict/rule.ts'
import { isObject } from '../strict/shape.ts'
import type { Memory } from './memory.ts'

/** An item of what the model is shown. */
export interface ContextItem {
  /** References are replaced by what they refer to. */
  readonly item: JsonObject
  /** Its place in the request; absent when it comes from a stored response. */
  readonly at?: string
}

/** The type of an input item; two may leave it out (OpenAI Responses 2.3). */
export function typeOf(item: JsonObject): string {
  const { type } = item
  if (type !== undefined && type !== null) return String(type)
  return 'role' in item ? 'message' : 'item_reference'
}

/** The input of a request as a list; what is no object in it is left out. */
export function inputItems(body: JsonObject): readonly ContextItem[] {
  const { input } = body
  if (typeof input === 'string') {
    return [{ item: { type: 'message', role: 'user', content: input }, at: 'input' }]
  }
  if (!Array.isArray(input)) return []
  return input.flatMap((item: unknown, index) =>
    isObject(item) ? [{ item, at: `input[${index}]` }] : [],
  )
}

/** What the model is shown: the stored conversation that the request goes on with, then its own input. */
export function conversationOf(body: JsonObject, memory: Memory): readonly ContextItem[] {
  const previous = memory.responses.get(String(body['previous_response_id']))
  const said = previous?.cancelled ? [] : (previous?.output ?? [])
  const stored = [...(previous?.input ?? []), ...said]
  const own = inputItems(body).map(({ item, at }) => ({
    item: typeOf(item) === 'item_reference' ? (memory.items.get(String(item['id'])) ?? item) : item,
    ...(at !== undefined && { at }),
  }))
  return [...stored.map((item) => ({ item })), ...own]
}
