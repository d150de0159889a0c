import type { JsonObject } from '../strict/rule.ts'
import { isObject, itemsOf } from '../strict/shape.ts'

/** A content block and where it stands in the request. */
export interface PlacedBlock {
  readonly at: string
  readonly block: JsonObject
}

/** Messages of one role that follow each other; the provider takes them as one (Anthropic Messages 3.2). */
export interface Turn {
  readonly role: 'user' | 'assistant'
  readonly blocks: readonly PlacedBlock[]
}

/** The messages that are objects, and where they stand. */
export function messagesOf(
  body: JsonObject,
): readonly { readonly at: string; readonly message: JsonObject }[] {
  return itemsOf(body['messages']).flatMap((message, index) =>
    isObject(message) ? [{ at: `messages[${index}]`, message }] : [],
  )
}

/** The blocks of a `content` or `system`; text alone counts as a text block. */
export function blocksOf(content: unknown, at: string): readonly PlacedBlock[] {
  if (typeof content === 'string') return [{ at, block: { type: 'text', text: content } }]
  return itemsOf(content).flatMap((block, index) =>
    isObject(block) ? [{ at: `${at}[${index}]`, block }] : [],
  )
}

/** All blocks of all messages. */
export function messageBlocks(body: JsonObject): readonly PlacedBlock[] {
  return messagesOf(body).flatMap(({ at, message }) =>
    blocksOf(message['content'], `${at}.content`),
  )
}

/** A block and the blocks inside it: the content of tool results and documents. */
export function withInner(placed: PlacedBlock): readonly PlacedBlock[] {
  const { at, block } = placed
  const source = isObject(block['source']) ? block['source'] : {}
  const inner = [
    ...(Array.isArray(block['content']) ? blocksOf(block['content'], `${at}.content`) : []),
    ...(Array.isArray(source['content'])
      ? blocksOf(source['content'], `${at}.source.content`)
      : []),
  ]
  return [placed, ...inner]
}

/** The conversation as the provider sees it. System messages stand outside it. */
export function turnsOf(body: JsonObject): readonly Turn[] {
  const turns: { role: Turn['role']; blocks: PlacedBlock[] }[] = []
  for (const { at, message } of messagesOf(body)) {
    const { role, content } = message
    if (role !== 'user' && role !== 'assistant') continue
    const blocks = blocksOf(content, `${at}.content`)
    const last = turns.at(-1)
    if (last?.role === role) last.blocks.push(...blocks)
    else turns.push({ role, blocks: [...blocks] })
  }
  return turns
}

/** The assistant turn whose tools the last user turn answers; undefined outside a tool loop. */
export function turnInToolLoop(body: JsonObject): Turn | undefined {
  const turns = turnsOf(body)
  const [caller, answer] = turns.slice(-2)
  if (caller?.role !== 'assistant') return undefined
  return answer?.blocks.some(({ block }) => block['type'] === 'tool_result') ? caller : undefined
}

/** Whether the model shall think. */
export function thinks(body: JsonObject): boolean {
  const { thinking } = body
  const types = ['enabled', 'adaptive', 'between_tools']
  return isObject(thinking) && types.includes(String(thinking['type']))
}

/** Whether a block is thinking, readable or not. */
export function isThinking(block: { readonly type?: unknown }): boolean {
  return block.type === 'thinking' || block.type === 'redacted_thinking'
}
