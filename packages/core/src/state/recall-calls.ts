import type { AssistantPart, ToolCallPart } from '../chat/content.ts'
import type { ChatRequest, Message } from '../chat/request.ts'
import { mapAll, statesOf } from './map-states.ts'
import { placeReasoning } from './place-reasoning.ts'
import type { KeptCall } from './state-memory.ts'

/**
 * The conversation with the state that the client's protocol could not carry put back in its place: on tool calls that came
 * without any, and reasoning before them where the message has none of its own.
 */
export async function recallCalls(
  request: ChatRequest,
  keptCall: (callId: string) => Promise<KeptCall | undefined>,
): Promise<ChatRequest> {
  const bare = request.messages.flatMap((message) => bareCalls(message))
  if (bare.length === 0) return request
  const found = await Promise.all(bare.map(({ callId }) => keptCall(callId)))
  const kept = new Map(bare.map((call, index) => [call, found[index]]))
  const messages = mapAll(request.messages, (message) => fill(message, kept))
  return messages === request.messages ? request : { ...request, messages }
}

function bareCalls(message: Message): readonly ToolCallPart[] {
  if (message.role !== 'assistant') return []
  return message.content.filter(isBareCall)
}

function isBareCall(part: AssistantPart): part is ToolCallPart {
  return part.type === 'tool-call' && statesOf(part).length === 0
}

type Kept = ReadonlyMap<AssistantPart, KeptCall | undefined>

function fill(message: Message, kept: Kept): Message {
  if (message.role !== 'assistant') return message
  if (!message.content.some((part) => kept.get(part) !== undefined)) return message
  const hasOwn = message.content.some((part) => part.type === 'reasoning' && isStateful(part))
  const brings = message.content.some((part) => (kept.get(part)?.before.length ?? 0) > 0)
  const replaces = brings && !hasOwn
  // Its words come back with the block that they belong to.
  const own = message.content.filter((part) => !(replaces && part.type === 'reasoning'))
  return { ...message, content: withKept(own, kept, replaces) }
}

function isStateful(part: AssistantPart): boolean {
  return statesOf(part).length > 0
}

function withKept(
  content: readonly AssistantPart[],
  kept: Kept,
  replaces: boolean,
): readonly AssistantPart[] {
  const filled: AssistantPart[] = []
  let said: AssistantPart[] = []
  for (const part of content) {
    if (part.type !== 'tool-call') {
      said.push(part)
      continue
    }
    const { before = [], state = [] } = kept.get(part) ?? {}
    const call = state.length === 0 ? part : { ...part, state }
    filled.push(...(replaces ? placeReasoning(said, before) : said), call)
    said = []
  }
  return [...filled, ...said]
}
