import type {
  JsonObject,
  MediaPart,
  Message,
  ProviderPart,
  SystemMessage,
  TextPart,
  ToolMessage,
  ToolResultPart,
  UserMessage,
} from '@jackfield/core'
import { legalCallId } from '@jackfield/dialect-kit'
import { responsesName } from '../names.ts'
import { isContentPart } from './decode-content.ts'
import { type CallBook, callIdRule, encodeAside } from './encode-aside.ts'
import { type EncodeState, encodeContent, markLast, withOwn } from './encode-content.ts'
import { encodeTurn } from './encode-turn.ts'

interface EncodedConversation {
  readonly instructions?: string
  readonly input: readonly JsonObject[]
}

/**
 * The conversation as items, in its order; system messages stay where they are. Every call is answered, because a provider refuses
 * one that is not: by a filler where the client gave no result. A result without its call becomes the user's words.
 */
export function encodeConversation(
  messages: readonly Message[],
  state: EncodeState,
): EncodedConversation {
  const first = messages[0]
  const instructions = first !== undefined && isInstructions(first) ? first : undefined
  const rest = instructions === undefined ? messages : messages.slice(1)
  const book: CallBook = {
    kinds: new Map(),
    lastResults: lastResultsIn(rest),
    place: 0,
    written: new Set(),
    hosted: new Set(),
  }
  const input = rest.flatMap((message, place) => {
    book.place = place
    return encodeMessage(message, state, book)
  })
  if (instructions === undefined) return { input }
  return { instructions: instructions.content.map(({ text }) => text).join('\n\n'), input }
}

function isInstructions(message: Message): message is SystemMessage {
  return (
    message.role === 'system' && message.extensions?.[responsesName]?.['place'] === 'instructions'
  )
}

function lastResultsIn(messages: readonly Message[]): ReadonlyMap<string, number> {
  return new Map(
    messages.flatMap((message, place) =>
      message.role === 'tool' ? message.content.map(({ callId }) => [callId, place] as const) : [],
    ),
  )
}

function encodeMessage(message: Message, state: EncodeState, book: CallBook): JsonObject[] {
  nameLosses(message, state)
  switch (message.role) {
    case 'system':
    case 'developer':
      return [encodeSystem(message, state)]
    case 'user':
      return encodeUser(message, state, book)
    case 'assistant':
      return encodeTurn(message, state, book)
    case 'tool':
      return encodeResults(message, state, book)
    default:
      return message satisfies never
  }
}

/** Messages have no names here, and what the model said holds no marks. */
function nameLosses({ role, name, cache, content }: Message, { dropped }: EncodeState): void {
  if (name !== undefined) dropped.add('name')
  if (role !== 'assistant') return
  if (cache !== undefined || content.some((part) => part.cache !== undefined)) dropped.add('cache')
}

function encodeSystem(message: SystemMessage, state: EncodeState): JsonObject {
  const role =
    message.role === 'developer' && state.variant.developerRole === 'system'
      ? 'system'
      : message.role
  const content = encodeContent(markLast(message.content, message.cache), state)
  return withOwn({ role, content }, message)
}

/** A user message is one item; what the client made besides for its provider are items of their own, in their places. */
function encodeUser(message: UserMessage, state: EncodeState, book: CallBook): JsonObject[] {
  const items: JsonObject[] = []
  let run: (TextPart | MediaPart | ProviderPart)[] = []
  const flush = () => {
    if (run.length > 0) {
      items.push(withOwn({ role: 'user', content: encodeContent(run, state) }, message))
    }
    run = []
  }
  for (const part of markLast(message.content, message.cache)) {
    if (part.type !== 'provider' || isContentPart(part)) run.push(part)
    else {
      flush()
      items.push(...encodeAside(part, state, book))
    }
  }
  flush()
  if (items.length === 0 && message.content.length === 0) return [{ role: 'user', content: '' }]
  return items.filter((item) => !isEmptyList(item['content']))
}

function isEmptyList(content: unknown): boolean {
  return Array.isArray(content) && content.length === 0
}

function encodeResults(message: ToolMessage, state: EncodeState, book: CallBook): JsonObject[] {
  const cache = message.cache
  return message.content.map((result, index) => {
    const isLast = index === message.content.length - 1
    const marked = isLast && cache !== undefined && result.cache === undefined
    return encodeResult(marked ? { ...result, cache } : result, state, book)
  })
}

function encodeResult(result: ToolResultPart, state: EncodeState, book: CallBook): JsonObject {
  const kind = book.kinds.get(result.callId) ?? (state.continued ? result.kind : undefined)
  if (kind === undefined || book.written.has(result.callId)) return asUserWords(result, state)
  book.written.add(result.callId)
  const wire = {
    type: kind === 'custom' ? 'custom_tool_call_output' : 'function_call_output',
    call_id: legalCallId(result.callId, callIdRule),
    output: encodeOutput(result, state),
  }
  return withOwn(wire, result)
}

function encodeOutput(result: ToolResultPart, state: EncodeState) {
  const { cache, structured, failed } = result
  const parts = result.content.filter((part) => isSendable(part, state))
  const text: TextPart[] =
    structured === undefined ? [] : [{ type: 'text', text: JSON.stringify(structured) }]
  const said = parts.length > 0 ? parts : text
  if (said.length > 0) return encodeContent(markLast(markFailed(said, result), cache), state)
  if (cache !== undefined) state.dropped.add('cache')
  return failed === true ? 'Error' : ''
}

/** Outputs hold texts, images and files. */
function isSendable(part: ToolResultPart['content'][number], { dropped }: EncodeState): boolean {
  if (part.type !== 'audio' && part.type !== 'video') return true
  dropped.add(part.type)
  return false
}

/** The protocol has no error flag, so the text says it, unless it does already. */
function markFailed(
  parts: ToolResultPart['content'],
  { failed }: ToolResultPart,
): ToolResultPart['content'] {
  const [first, ...rest] = parts
  if (failed !== true) return parts
  if (first?.type !== 'text') return [{ type: 'text', text: 'Error:' }, ...parts]
  if (first.text.slice(0, 40).toLowerCase().includes('error')) return parts
  return [{ ...first, text: `Error: ${first.text}` }, ...rest]
}

/** A result whose call was cut off the history, or that answers its call a second time. */
function asUserWords(result: ToolResultPart, state: EncodeState): JsonObject {
  const label: TextPart = { type: 'text', text: `Output of tool call ${result.callId}:` }
  const parts = result.content.filter((part) => isSendable(part, state))
  const structured: TextPart[] =
    result.structured === undefined || parts.length > 0
      ? []
      : [{ type: 'text', text: JSON.stringify(result.structured) }]
  return { role: 'user', content: encodeContent([label, ...parts, ...structured], state) }
}
