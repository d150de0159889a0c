import type { Dialect, EncodeContext, Framing, StreamPart } from '@jackfield/core'
import { gemini } from '../../src/index.ts'

export const bytes = (text: string): Uint8Array => Buffer.from(text)

export const textOf = (data: Uint8Array): string => Buffer.from(data).toString()

export const json = (value: unknown): Uint8Array => bytes(JSON.stringify(value))

export const parsed = (data: Uint8Array) => JSON.parse(textOf(data))

/** A chunk of one candidate with these parts. */
export const chunk = (
  parts: readonly unknown[],
  rest: { readonly finishReason?: string; readonly [name: string]: unknown } = {},
): Record<string, unknown> => {
  const { finishReason, candidate, ...others } = rest
  return {
    candidates: [
      {
        content: { parts, role: 'model' },
        ...(finishReason === undefined ? {} : { finishReason }),
        index: 0,
        ...(candidate as object | undefined),
      },
    ],
    modelVersion: 'gemini-3-pro',
    responseId: 'r1',
    ...others,
  }
}

/** An event stream as Google writes it. */
export const sse = (...chunks: readonly unknown[]): string =>
  chunks.map((item) => `data: ${JSON.stringify(item)}\r\n\r\n`).join('')

/** The same stream as an array. */
export const array = (...chunks: readonly unknown[]): string =>
  `[${chunks.map((item) => JSON.stringify(item, null, 2)).join('\n,\r\n')}\n]`

/** The parts of a stream, cut where the offsets say. */
export function decode(
  stream: string | Uint8Array,
  options: {
    readonly dialect?: Dialect
    readonly cuts?: readonly number[]
    readonly framing?: Framing
  } = {},
): StreamPart[] {
  const decoder = (options.dialect ?? gemini).chat.streamDecoder(options.framing ?? 'sse')
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

export const context: EncodeContext = {
  model: 'asked-model',
  id: 'made-id',
  created: 1700000000,
  framing: 'sse',
  includeUsage: true,
}

/** Without usage so far, of which only the last counts, and with neighbouring deltas of one block as one. */
export function joined(parts: readonly StreamPart[]): StreamPart[] {
  const result: StreamPart[] = []
  const last = parts.findLastIndex(({ type }) => type === 'usage')
  for (const [index, part] of parts.entries()) {
    if (part.type === 'usage' && index !== last) continue
    const before = result.at(-1)
    if (before?.type === 'text-delta' && part.type === 'text-delta' && before.id === part.id) {
      result[result.length - 1] = { ...before, text: before.text + part.text }
    } else if (
      before?.type === 'reasoning-delta' &&
      part.type === 'reasoning-delta' &&
      before.id === part.id
    ) {
      result[result.length - 1] = { ...before, text: before.text + part.text }
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
  framing: Framing = 'sse',
): readonly string[] {
  const validator = gemini.streamValidator(framing)
  validator.push(bytesOf(stream))
  validator.end()
  return validator.violations
}
