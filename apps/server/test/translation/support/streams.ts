import {
  type ChatResponse,
  Collector,
  type Framing,
  responseParts,
  type StreamPart,
} from '@jackfield/core'
import { contextFor, dialects, type Protocol } from './protocols.ts'

/** Bytes of one stream in a protocol's words. */
export function encodeStream(
  to: Protocol,
  parts: readonly StreamPart[],
  framing: Framing = 'sse',
): Uint8Array {
  return dialects[to].chat.streamEncoder(contextFor(to, framing)).push(parts)
}

/** The parts of a stream, which came cut at these places. */
export function decodeStream(
  from: Protocol,
  bytes: Uint8Array,
  {
    cuts = [],
    framing = 'sse',
  }: { readonly cuts?: readonly number[]; readonly framing?: Framing } = {},
): StreamPart[] {
  const decoder = dialects[from].chat.streamDecoder(framing)
  const places = [0, ...cuts.toSorted((one, other) => one - other), bytes.length]
  const parts = places.slice(1).flatMap((end, index) => {
    // A read has memory of its own, which others may write over later.
    const chunk = Uint8Array.from(bytes.subarray(places[index], end))
    const read = [...decoder.push(chunk)]
    chunk.fill(0)
    return read
  })
  return [...parts, ...decoder.end()]
}

/** The answer that parts make, as the core collects it. */
export function collect(parts: readonly StreamPart[]): ChatResponse {
  const collector = new Collector()
  collector.push(parts)
  if (collector.response === undefined) throw new Error('the stream has no end')
  return collector.response
}

/** The parts of an answer that a provider of this protocol streams. */
export function streamed(from: Protocol, answer: ChatResponse): StreamPart[] {
  return decodeStream(from, encodeStream(from, [...responseParts(answer)]))
}

/** What a client of this protocol makes of a stream. */
export function throughStream(to: Protocol, parts: readonly StreamPart[]): ChatResponse {
  return collect(decodeStream(to, encodeStream(to, parts)))
}

/** What this protocol’s own strict rules say of a stream. */
export function violationsOf(
  to: Protocol,
  bytes: Uint8Array,
  framing: Framing = 'sse',
): readonly string[] {
  const validator = dialects[to].streamValidator(framing)
  validator.push(bytes)
  validator.end()
  return validator.violations
}
