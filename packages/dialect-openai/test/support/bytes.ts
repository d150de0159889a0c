import type { Dialect, EncodeContext, StreamPart } from '@jackfield/core'
import { openaiChat } from '../../src/index.ts'

export const bytes = (text: string): Uint8Array => Buffer.from(text)

export const textOf = (data: Uint8Array): string => Buffer.from(data).toString()

export const json = (value: unknown): Uint8Array => bytes(JSON.stringify(value))

/** An event stream of chunks, `[DONE]` behind them. */
export const sse = (...chunks: readonly unknown[]): string =>
  `${chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join('')}data: [DONE]\n\n`

/** A chunk of one choice. */
export const chunk = (
  delta: Record<string, unknown>,
  rest: Record<string, unknown> = {},
): Record<string, unknown> => {
  const { finish_reason = null, ...others } = rest
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    created: 1759530835,
    model: 'm',
    choices: [{ index: 0, delta, logprobs: null, finish_reason }],
    ...others,
  }
}

export const start = chunk({ role: 'assistant', content: '' })

export const stop = chunk({}, { finish_reason: 'stop' })

/** The parts of a stream, cut where the offsets say. */
export function decode(
  stream: string | Uint8Array,
  options: { readonly dialect?: Dialect; readonly cuts?: readonly number[] } = {},
): StreamPart[] {
  const decoder = (options.dialect ?? openaiChat).chat.streamDecoder('sse')
  return pieces(bytesOf(stream), options.cuts ?? [])
    .flatMap((piece) => [...decoder.push(piece)])
    .concat(decoder.end())
}

const bytesOf = (data: string | Uint8Array): Uint8Array =>
  typeof data === 'string' ? bytes(data) : data

/** Bytes in pieces, each in memory of its own. */
export function pieces(data: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const places = [0, ...cuts.toSorted((one, other) => one - other), data.length]
  return places.slice(1).map((end, index) => Uint8Array.from(data.subarray(places[index], end)))
}

export const context: EncodeContext = {
  model: 'asked-model',
  id: 'chatcmpl-made',
  created: 1700000000,
  framing: 'sse',
  includeUsage: true,
}

/** Neighbouring deltas of one block as one, so that streams can be compared whatever way they were cut. */
export function joined(parts: readonly StreamPart[]): StreamPart[] {
  const result: StreamPart[] = []
  for (const part of parts) {
    const last = result.at(-1)
    if (last?.type === 'text-delta' && part.type === 'text-delta' && last.id === part.id) {
      result[result.length - 1] = { ...last, text: last.text + part.text }
    } else if (
      last?.type === 'reasoning-delta' &&
      part.type === 'reasoning-delta' &&
      last.id === part.id
    ) {
      result[result.length - 1] = { ...last, text: last.text + part.text }
    } else {
      result.push(part)
    }
  }
  return result
}

/** The text of all deltas of a kind. */
export function textOfParts(parts: readonly StreamPart[], type: 'text' | 'reasoning'): string {
  return parts
    .map((part) => {
      const isDelta = part.type === 'text-delta' || part.type === 'reasoning-delta'
      return isDelta && part.type === `${type}-delta` ? part.text : ''
    })
    .join('')
}

/** Violations of a stream, found by the dialect's own validator. */
export function violationsOf(
  stream: string | Uint8Array,
  dialect: Dialect = openaiChat,
): readonly string[] {
  const validator = dialect.streamValidator('sse')
  validator.push(bytesOf(stream))
  validator.end()
  return validator.violations
}
