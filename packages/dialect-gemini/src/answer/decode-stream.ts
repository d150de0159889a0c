import type { Framing, JsonObject, SseEvent, StreamDecoder, StreamPart } from '@jackfield/core'
import {
  brokenStream,
  createStreamDecoder,
  eventObject,
  type StreamReader,
} from '@jackfield/dialect-kit'
import { camelObject } from '../camel-case.ts'
import { answerError } from '../errors/decode-error.ts'
import type { Variant } from '../options.ts'
import { AnswerReader } from './answer-reader.ts'
import { ArraySplitter } from './array-splitter.ts'
import { startOf } from './decode-answer.ts'
import { hasTotals } from './usage.ts'

/**
 * Chunks of a streamed answer to parts. The protocol has no terminator: the answer is over with the chunk that has the finish reason and
 * all counts (27 of 27 recorded streams end so), with the one behind a reason without counts, or with the end of the bytes. Nothing
 * that comes behind the reason breaks the answer. Of several candidates others may go on, so that the bytes are read to their end.
 * An answer without a reason has been cut off.
 */
export function streamDecoder(framing: Framing, variant: Variant): StreamDecoder {
  const reader = new GeminiStreamReader(variant)
  return framing === 'sse'
    ? createStreamDecoder(reader)
    : createStreamDecoder(reader, new ArraySplitter())
}

class GeminiStreamReader implements StreamReader {
  readonly #variant: Variant
  #reader: AnswerReader | undefined
  #parts: StreamPart[] = []
  over = false

  constructor(variant: Variant) {
    this.#variant = variant
  }

  get whole(): boolean {
    return this.#reader?.finished === true
  }

  take(): readonly StreamPart[] {
    const parts = this.#parts
    this.#parts = []
    // In front of the finish, which is the last of all.
    const last = parts.at(-1)?.type === 'finish' ? parts.pop() : undefined
    if (this.#reader !== undefined) for (const part of this.#reader.take()) parts.push(part)
    if (last !== undefined) parts.push(last)
    return parts
  }

  read(event: SseEvent): void {
    const chunk = eventObject(event)
    if (chunk !== undefined) this.#readChunk(event.data.includes('_') ? camelObject(chunk) : chunk)
  }

  #readChunk(chunk: JsonObject): void {
    const failure = answerError(chunk, this.#variant.errorCodes)
    if (failure !== undefined) throw failure
    if (this.#reader === undefined) {
      this.#reader = new AnswerReader(chunk)
      this.#parts.push(startOf(chunk))
    }
    const reader = this.#reader
    const isBehind = reader.finished
    reader.read(chunk)
    if (!reader.finished || reader.hasOthers) return
    if (isBehind || hasTotals(chunk['usageMetadata'])) this.conclude()
  }

  conclude(): void {
    if (this.#reader === undefined) throw brokenStream('held no answer')
    if (!this.#reader.finished) {
      throw brokenStream('ended without a finish reason: it was cut off')
    }
    const finish = this.#reader.end()
    this.#parts.push({ type: 'finish', ...finish })
    this.over = true
  }
}
