import { type FrameStyle, sseFrame } from '../sse-frame.ts'
import type { JsonObject } from '../strict/rule.ts'
import {
  type AnthropicAnswer,
  type AnthropicBlock,
  type AnthropicMessageStyle,
  anthropicUsage,
  callId,
  messageEnd,
  messageHead,
  piecesOf,
  unsigned,
} from './anthropic-answer.ts'
import { wholeBlock } from './anthropic-message.ts'

/** How a provider streams; the defaults are what most recorded streams do (Anthropic Messages 3.7 and 8.4). */
export interface AnthropicStreamStyle extends AnthropicMessageStyle {
  /** Where `ping` events are: after the first `content_block_start`, before every delta, nowhere. Default `once`. */
  readonly pings?: 'once' | 'often' | 'none'
  /** What `message_delta` says of the input: the same as `message_start`, nothing, or null. Default `same`. */
  readonly inputUsageAtEnd?: 'same' | 'absent' | 'null'
  /** Sends no `""` before the fragments of a tool's input. */
  readonly withoutEmptyFragment?: boolean
  /** Sends the input of calls in their start block and no fragments. */
  readonly inputAtStart?: boolean
  /** Sends no `signature: ""` in the start block of thinking. */
  readonly withoutStartSignature?: boolean
  /** Fills the JSON of events up with spaces before its end, as Anthropic does. */
  readonly padded?: boolean
  /** Sends `data:` lines only. */
  readonly withoutEventNames?: boolean
  /** Sends no `message_delta`: neither a stop reason nor the final usage. */
  readonly withoutFinish?: boolean
  /** Sends no `message_stop`. */
  readonly withoutStop?: boolean
  readonly frame?: Pick<FrameStyle, 'crlf' | 'tight'>
}

interface StreamEvent extends JsonObject {
  readonly type: string
}

const ping: StreamEvent = { type: 'ping' }

/** The events of a streamed answer from `message_start` to `message_stop`, each with its blank line. */
export function anthropicStream(
  answer: AnthropicAnswer,
  style: AnthropicStreamStyle = {},
): string[] {
  const events = [
    startEvent(answer, style),
    ...withPings(
      answer.blocks.flatMap((block, index) => blockEvents(block, index, style)),
      style,
    ),
    ...(style.withoutFinish ? [] : [finishEvent(answer, style)]),
    ...(style.withoutStop ? [] : [{ type: 'message_stop' }]),
  ]
  return events.map((event, position) => frameOf(event, position, style))
}

function startEvent(answer: AnthropicAnswer, style: AnthropicStreamStyle): StreamEvent {
  const nothingYet = { stop_reason: null, stop_sequence: null }
  const details = style.lean ? {} : { stop_details: null }
  // What the answer costs besides its input is not known at its start.
  const { output_tokens_details: _, server_tool_use: __, ...usage } = anthropicUsage(answer.usage)
  const message = {
    ...messageHead(answer),
    content: [],
    ...nothingYet,
    ...details,
    usage: { ...usage, output_tokens: 1 },
  }
  return { type: 'message_start', message }
}

function finishEvent(answer: AnthropicAnswer, style: AnthropicStreamStyle): StreamEvent {
  const { cache_creation: _, service_tier: __, ...all } = anthropicUsage(answer.usage, style)
  const usage = Object.entries(all).flatMap(([name, value]) => {
    if (!/input_tokens$/.test(name) || (style.inputUsageAtEnd ?? 'same') === 'same') {
      return [[name, value] as const]
    }
    return style.inputUsageAtEnd === 'null' ? [[name, null] as const] : []
  })
  return {
    type: 'message_delta',
    delta: messageEnd(answer, style),
    usage: Object.fromEntries(usage),
  }
}

function blockEvents(
  block: AnthropicBlock,
  index: number,
  style: AnthropicStreamStyle,
): readonly StreamEvent[] {
  const start = startBlock(block, index, style)
  return [
    { type: 'content_block_start', index, content_block: start },
    ...deltasOf(block, style).map((delta) => ({ type: 'content_block_delta', index, delta })),
    { type: 'content_block_stop', index },
  ]
}

function startBlock(block: AnthropicBlock, index: number, style: AnthropicStreamStyle): JsonObject {
  switch (block.type) {
    case 'text':
      return { type: 'text', text: '', ...(block.citations && { citations: [] }) }
    case 'thinking': {
      const signature = style.withoutStartSignature ? {} : { signature: '' }
      return { type: 'thinking', thinking: '', ...signature }
    }
    case 'redacted_thinking':
    case 'whole':
      return wholeBlock(block, index)
    default: {
      if (style.inputAtStart) return wholeBlock(block, index)
      const { type, name, members } = block
      return { type, id: callId(block, index), name, input: {}, ...members }
    }
  }
}

function deltasOf(block: AnthropicBlock, style: AnthropicStreamStyle): readonly JsonObject[] {
  switch (block.type) {
    case 'text':
      return [
        ...piecesOf(block.text).map((text) => ({ type: 'text_delta', text })),
        ...(block.citations ?? []).map((citation) => ({ type: 'citations_delta', citation })),
      ]
    case 'thinking':
      return [
        ...piecesOf(block.thinking)
          .filter((piece) => piece !== '')
          .map((thinking) => ({ type: 'thinking_delta', thinking })),
        { type: 'signature_delta', signature: block.signature ?? unsigned },
      ]
    case 'redacted_thinking':
    case 'whole':
      return []
    default: {
      if (style.inputAtStart) return []
      const fragments = style.withoutEmptyFragment
        ? piecesOf(block.input)
        : ['', ...piecesOf(block.input)]
      return fragments.map((text) => ({ type: 'input_json_delta', partial_json: text }))
    }
  }
}

function withPings(
  events: readonly StreamEvent[],
  style: AnthropicStreamStyle,
): readonly StreamEvent[] {
  const { pings = 'once' } = style
  if (pings === 'none') return events
  const [first, ...rest] = events
  if (!first) return [ping]
  if (pings === 'once') return [first, ping, ...rest]
  return [
    first,
    ...rest.flatMap((event) => (event.type === 'content_block_delta' ? [ping, event] : [event])),
  ]
}

function frameOf(event: StreamEvent, position: number, style: AnthropicStreamStyle): string {
  const named = { ...style.frame, ...(!style.withoutEventNames && { event: event.type }) }
  if (!style.padded) return sseFrame(event, named)
  const padding = ' '.repeat(position % 16)
  return sseFrame(`${JSON.stringify(event).slice(0, -1)}${padding}}`, named)
}
