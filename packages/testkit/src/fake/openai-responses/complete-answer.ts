import type { Pieces } from '../openai/chat-answer.ts'
import { digest } from '../openai/default-answer.ts'
import type { JsonObject } from '../strict/rule.ts'
import { itemsOf } from '../strict/shape.ts'
import type {
  FollowingItem,
  ReasoningState,
  ResponsesAnswer,
  ResponsesCustomToolCall,
  ResponsesFunctionCall,
  ResponsesItem,
  ResponsesMessage,
  ResponsesReasoning,
  ResponsesStyle,
  ResponsesUsage,
} from './answer.ts'

/** An item with everything filled in, and texts as lists of pieces. */
export type CompleteItem =
  | {
      readonly type: 'message'
      readonly id: string
      readonly status: ItemStatus
      readonly text?: readonly string[]
      readonly refusal?: readonly string[]
      readonly annotations: readonly JsonObject[]
      readonly phase?: string
      readonly logprobs: boolean
    }
  | {
      readonly type: 'reasoning'
      readonly id: string
      readonly summary: readonly (readonly string[])[]
      readonly content?: readonly string[]
      readonly encrypted?: string
    }
  | {
      readonly type: 'function_call'
      readonly id: string
      readonly status: ItemStatus
      readonly callId: string
      readonly name: string
      readonly namespace?: string
      readonly pieces: readonly string[]
    }
  | {
      readonly type: 'custom_tool_call'
      readonly id: string
      readonly status: ItemStatus
      readonly callId: string
      readonly name: string
      readonly pieces: readonly string[]
    }
  | { readonly type: 'raw'; readonly id: string; readonly item: JsonObject }

type ItemStatus = 'completed' | 'incomplete'

/** The members of an answer with what follows from the request. */
export interface CompleteAnswer {
  readonly id: string
  readonly createdAt: number
  readonly model: string
  readonly items: readonly CompleteItem[]
  readonly status: string
  readonly incompleteReason?: string
  readonly error?: { readonly code: string; readonly message: string }
  readonly usage: ResponsesUsage | null
}

const prefixes = {
  message: 'msg',
  reasoning: 'rs',
  function_call: 'fc',
  custom_tool_call: 'ctc',
} as const

const rawPrefixes: Readonly<Record<string, string>> = {
  code_interpreter_call: 'ci',
  compaction: 'cmp',
  file_search_call: 'fs',
  image_generation_call: 'ig',
  mcp_call: 'mcp',
  mcp_list_tools: 'mcpl',
  web_search_call: 'ws',
}

/** How the answer is sent does not change what it is. */
const irrelevant = new Set(['stream', 'stream_options', 'model', 'background', 'include'])

/** Fills in what an answer leaves open. Ids follow from the request and the style's seed. */
export function completeAnswer(
  answer: ResponsesAnswer,
  request: JsonObject,
  style: ResponsesStyle,
): CompleteAnswer {
  const relevant = Object.entries(request).filter(([name]) => !irrelevant.has(name))
  const key = digest([style.seed, relevant])
  const { error, incompleteReason } = answer
  const status = answer.status ?? usualStatus(answer)
  return {
    id: answer.id ?? `resp_${key}`,
    createdAt: answer.createdAt ?? 1_700_000_000,
    model: answer.model ?? String(request['model'] ?? 'fake-model'),
    items: completeItems(answer.items, { key, request, style, status }),
    status,
    ...(incompleteReason !== undefined && { incompleteReason }),
    ...(error && { error }),
    usage: answer.usage === undefined ? { inputTokens: 1, outputTokens: 1 } : answer.usage,
  }
}

interface Surroundings {
  readonly key: string
  readonly request: JsonObject
  readonly style: ResponsesStyle
  readonly status: string
}

function usualStatus({ error, incompleteReason }: ResponsesAnswer): string {
  if (error) return 'failed'
  return incompleteReason === undefined ? 'completed' : 'incomplete'
}

function completeItems(
  items: readonly ResponsesItem[],
  around: Surroundings,
): readonly CompleteItem[] {
  const { key, status } = around
  return items.map((item, index) => {
    const cut = status === 'incomplete' && index === items.length - 1
    const ended: Ended = {
      id: itemId(item, key, index),
      status: cut ? 'incomplete' : 'completed',
    }
    if (item.type === 'reasoning') {
      return completeReasoning(item, ended.id, { around, next: following(items, index, key) })
    }
    if (item.type === 'message') return completeMessage(item, ended, around)
    if (item.type === 'raw') {
      return { type: 'raw', id: ended.id, item: completeRaw(item.item, ended.id, around.style) }
    }
    return completeCall(item, ended, callIdAt(key, index))
  })
}

interface Ended {
  readonly id: string
  readonly status: ItemStatus
}

function completeMessage(item: ResponsesMessage, ended: Ended, around: Surroundings): CompleteItem {
  const { text, refusal, annotations = [], phase } = item
  return {
    type: 'message',
    ...ended,
    ...(text !== undefined && { text: toList(text) }),
    ...(refusal !== undefined && { refusal: toList(refusal) }),
    annotations,
    ...(phase && { phase }),
    logprobs: itemsOf(around.request['include']).includes('message.output_text.logprobs'),
  }
}

function completeCall(
  item: ResponsesFunctionCall | ResponsesCustomToolCall,
  ended: Ended,
  usualCallId: string,
): CompleteItem {
  const { name, callId = usualCallId } = item
  if (item.type === 'custom_tool_call') {
    return { type: item.type, ...ended, callId, name, pieces: toList(item.input) }
  }
  const { type, namespace } = item
  const pieces = toList(item.arguments)
  return { type, ...ended, callId, name, ...(namespace && { namespace }), pieces }
}

function callIdAt(key: string, index: number): string {
  return `call_${digest([key, 'call', index])}`
}

function itemId(item: ResponsesItem, key: string, index: number): string {
  const own = item.type === 'raw' ? item.item['id'] : item.id
  if (typeof own === 'string') return own
  const prefix = item.type === 'raw' ? rawPrefixes[String(item.item['type'])] : prefixes[item.type]
  return `${prefix ?? 'item'}_${digest([key, index])}`
}

/** A compaction is state as reasoning is. */
function completeRaw(item: JsonObject, id: string, style: ResponsesStyle): JsonObject {
  const whole = { id, ...item }
  if (item['type'] !== 'compaction' || 'encrypted_content' in item) return whole
  return { ...whole, encrypted_content: encrypterOf(style)({ id }) }
}

function encrypterOf(style: ResponsesStyle): (state: ReasoningState) => string {
  return style.encrypt ?? ((state) => `opaque_${digest(state)}`)
}

function completeReasoning(
  item: ResponsesReasoning,
  id: string,
  rest: { readonly around: Surroundings; readonly next: FollowingItem | undefined },
): CompleteItem {
  const { around, next } = rest
  const asked = itemsOf(around.request['include']).includes('reasoning.encrypted_content')
  const encrypt = encrypterOf(around.style)
  const { content, summary = [] } = item
  return {
    type: 'reasoning',
    id,
    summary: summary.map(toList),
    ...(content !== undefined && { content: toList(content) }),
    ...(asked && { encrypted: item.encrypted ?? encrypt({ id, ...(next && { next }) }) }),
  }
}

function following(
  items: readonly ResponsesItem[],
  index: number,
  key: string,
): FollowingItem | undefined {
  const next = items[index + 1]
  if (!next) return undefined
  if (next.type === 'raw') return { type: String(next.item['type']) }
  if (next.type === 'message' || next.type === 'reasoning') return { type: next.type }
  return { type: next.type, callId: next.callId ?? callIdAt(key, index + 1) }
}

function toList(pieces: Pieces): readonly string[] {
  return typeof pieces === 'string' ? [pieces] : pieces
}
