import type { ChatResponse, Dialect, EncodeContext, StreamPart } from '@jackfield/core'
import { Collector } from '@jackfield/core'
import { anthropicMessages } from '../../src/index.ts'

export const bytes = (text: string): Uint8Array => Buffer.from(text)

export const textOf = (data: Uint8Array): string => Buffer.from(data).toString()

export const json = (value: unknown): Uint8Array => bytes(JSON.stringify(value))

export interface Payload {
  readonly type: string
  readonly [name: string]: unknown
}

/** An event stream of payloads. */
export const sse = (...payloads: readonly Payload[]): string =>
  payloads.map((data) => `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`).join('')

export const message = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'm',
  content: [],
  stop_reason: null,
  stop_sequence: null,
  usage: { input_tokens: 5, output_tokens: 1 },
}

export const messageStart: Payload = { type: 'message_start', message }

export const blockStart = (index: number, block: Payload): Payload => ({
  type: 'content_block_start',
  index,
  content_block: block,
})

export const delta = (index: number, body: Payload): Payload => ({
  type: 'content_block_delta',
  index,
  delta: body,
})

export const blockStop = (index: number): Payload => ({ type: 'content_block_stop', index })

export const textBlock = (index: number, ...texts: readonly string[]): Payload[] => [
  blockStart(index, { type: 'text', text: '' }),
  ...texts.map((text) => delta(index, { type: 'text_delta', text })),
  blockStop(index),
]

export const callBlock = (index: number, ...pieces: readonly string[]): Payload[] => [
  blockStart(index, { type: 'tool_use', id: `toolu_${index}`, name: 'f', input: {} }),
  ...pieces.map((piece) => delta(index, { type: 'input_json_delta', partial_json: piece })),
  blockStop(index),
]

export const thinkingBlock = (index: number, thinking: string, signature: string): Payload[] => [
  blockStart(index, { type: 'thinking', thinking: '', signature: '' }),
  delta(index, { type: 'thinking_delta', thinking }),
  delta(index, { type: 'signature_delta', signature }),
  blockStop(index),
]

export const messageEnd = (reason: string, more: Record<string, unknown> = {}): Payload[] => [
  {
    type: 'message_delta',
    delta: { stop_reason: reason, stop_sequence: null, ...more },
    usage: { output_tokens: 9 },
  },
  { type: 'message_stop' },
]

/** The parts of a stream, cut where the offsets say. */
export function decode(
  stream: string | Uint8Array,
  options: { readonly dialect?: Dialect; readonly cuts?: readonly number[] } = {},
): StreamPart[] {
  const decoder = (options.dialect ?? anthropicMessages).chat.streamDecoder('sse')
  return pieces(bytesOf(stream), options.cuts ?? [])
    .flatMap((piece) => [...decoder.push(piece)])
    .concat(decoder.end())
}

const bytesOf = (data: string | Uint8Array): Uint8Array =>
  typeof data === 'string' ? bytes(data) : data

/** Bytes in pieces, each in memory of its own. */
function pieces(data: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const places = [0, ...cuts.toSorted((one, other) => one - other), data.length]
  return places.slice(1).map((end, index) => Uint8Array.from(data.subarray(places[index], end)))
}

/** The answer that a stream of parts makes. */
export function collected(parts: readonly StreamPart[]): ChatResponse {
  const collector = new Collector()
  collector.push(parts)
  if (collector.response === undefined) throw new Error('the answer did not end')
  return collector.response
}

/** What a client puts together of a stream, in the way that the official SDK does. */
export function accumulated(stream: string | Uint8Array): Record<string, unknown> {
  let whole: Record<string, unknown> = {}
  const content: Record<string, unknown>[] = []
  const inputs = new Map<number, string>()
  for (const block of textOf(bytesOf(stream)).split('\n\n')) {
    const line = block.split('\n').find((text) => text.startsWith('data: '))
    if (line === undefined) continue
    const event = JSON.parse(line.slice('data: '.length))
    switch (event.type) {
      case 'message_start':
        whole = { ...event.message }
        break
      case 'content_block_start':
        content.push({ ...event.content_block })
        break
      case 'content_block_delta':
        accumulate(content, event, inputs)
        break
      case 'message_delta':
        whole = { ...whole, ...event.delta, usage: merged(whole['usage'], event.usage) }
        break
      default:
    }
  }
  for (const [index, text] of inputs) {
    content[index] = { ...content[index], input: JSON.parse(text) }
  }
  return { ...whole, content }
}

const merged = (under: unknown, over: object) => ({ ...(under as object), ...over })

function accumulate(
  content: Record<string, unknown>[],
  event: { readonly index: number; readonly delta: Record<string, unknown> },
  inputs: Map<number, string>,
): void {
  const { index, delta: piece } = event
  const block = content[index]
  if (block === undefined) throw new Error(`no block ${index}`)
  switch (piece['type']) {
    case 'text_delta':
      block['text'] = `${String(block['text'])}${String(piece['text'])}`
      break
    case 'thinking_delta':
      block['thinking'] = `${String(block['thinking'])}${String(piece['thinking'])}`
      break
    case 'signature_delta':
      block['signature'] = piece['signature']
      break
    case 'citations_delta':
      block['citations'] = [...((block['citations'] as unknown[]) ?? []), piece['citation']]
      break
    case 'input_json_delta':
      inputs.set(index, `${inputs.get(index) ?? ''}${String(piece['partial_json'])}`)
      break
    default:
      throw new Error(`unknown delta ${String(piece['type'])}`)
  }
}

export const context: EncodeContext = {
  model: 'asked-model',
  id: 'msg_made',
  created: 1700000000,
  framing: 'sse',
  includeUsage: true,
}

/** The stream that clients get for parts. */
export const encode = (parts: readonly StreamPart[]): string =>
  textOf(anthropicMessages.chat.streamEncoder(context).push(parts))

/** Neighbouring deltas of one block as one, so that streams can be compared whatever way they were cut. */
export function joined(parts: readonly StreamPart[]): StreamPart[] {
  const result: StreamPart[] = []
  for (const part of parts) {
    const last = result.at(-1)
    if (isTextual(part) && last?.type === part.type && last.id === part.id) {
      result[result.length - 1] = { ...last, text: last.text + part.text }
    } else result.push(part)
  }
  return result
}

type Textual = Extract<StreamPart, { readonly type: 'text-delta' | 'reasoning-delta' }>

const isTextual = (part: StreamPart): part is Textual =>
  part.type === 'text-delta' || part.type === 'reasoning-delta'

/** Violations of a stream, found by the dialect's own validator. */
export function violationsOf(stream: string | Uint8Array): readonly string[] {
  const validator = anthropicMessages.streamValidator('sse')
  validator.push(bytesOf(stream))
  validator.end()
  return validator.violations
}
