import type { AssistantPart } from '../chat/content.ts'
import type { OpaqueState } from '../chat/opaque-state.ts'
import type { ChatRequest, Message } from '../chat/request.ts'

/** Every piece of state in a conversation, in its order. */
export function statesIn(request: ChatRequest): readonly OpaqueState[] {
  return request.messages.flatMap((message) =>
    message.role === 'assistant' ? message.content.flatMap((part) => statesOf(part)) : [],
  )
}

export function statesOf(part: AssistantPart): readonly OpaqueState[] {
  return part.type === 'refusal' ? [] : (part.state ?? [])
}

/** The request without the state that `keeps` refuses; the same object where all of it stays. */
export function keepStates(
  request: ChatRequest,
  keeps: (state: OpaqueState) => boolean,
): ChatRequest {
  const messages = mapAll(request.messages, (message): Message => {
    if (message.role !== 'assistant') return message
    const content = mapAll(message.content, (part) => keepIn(part, keeps))
    return content === message.content ? message : { ...message, content }
  })
  return messages === request.messages ? request : { ...request, messages }
}

function keepIn(part: AssistantPart, keeps: (state: OpaqueState) => boolean): AssistantPart {
  if (part.type === 'refusal' || part.state === undefined || part.state.every(keeps)) return part
  const kept = part.state.filter(keeps)
  if (kept.length > 0) return { ...part, state: kept }
  const { state: _, ...rest } = part
  return rest
}

/** Maps a list; the same list where nothing changes. */
export function mapAll<Item>(list: readonly Item[], map: (item: Item) => Item): readonly Item[] {
  let changed: Item[] | undefined
  for (const [index, item] of list.entries()) {
    const mapped = map(item)
    if (mapped === item) continue
    changed ??= [...list]
    changed[index] = mapped
  }
  return changed ?? list
}
