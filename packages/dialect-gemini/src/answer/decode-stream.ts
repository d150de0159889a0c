import {
  createSseFramer,
  type Framing,
  GatewayError,
  isGatewayError,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  SseSizeError,
  type StreamDecoder,
  type StreamPart,
} from '@jackfield/core'
import { parseJson } from '@jackfield/dialect-kit'
import { camelObject } from '../camel-case.ts'
import { answerError } from '../errors/decode-error.ts'
import type { Variant } from '../options.ts'
import { AnswerReader } from './answer-reader.ts'
import { ArraySplitter } from './array-splitter.ts'
import { startOf } from './decode-answer.ts'
import { hasTotals } from './usage.ts'

const noParts: readonly StreamPart[] = Object.freeze([])

/** The text of one chunk. `isCut`: the stream ended inside it. */
interface ChunkText {
  readonly data: string
  readonly unterminated?: true
}

/** Cuts the bytes of a stream into the texts of its chunks. */
interface Splitter {
  push(bytes: Uint8Array): readonly ChunkText[]
  end(): readonly ChunkText[]
}

/**
 * Chunks of a streamed answer to parts. The protocol has no terminator: the answer is over with the chunk that has the finish reason and
 * all counts (27 of 27 recorded streams end so), with the one behind a reason without counts, or with the end of the bytes. Nothing
 * that comes behind the reason breaks the answer. Of several candidates others may go on, so that the bytes are read to their end.
 * An answer without a reason has been cut off.
 */
export class GeminiStreamDecoder implements StreamDecoder {
  readonly #variant: Variant
  readonly #splitter: Splitter
  #reader: AnswerReader | undefined
  #parts: StreamPart[] = []
  #over = false

  constructor(framing: Framing, variant: Variant) {
    this.#variant = variant
    this.#splitter = framing === 'sse' ? createSseFramer() : new ArraySplitter()
  }

  push(bytes: Uint8Array): readonly StreamPart[] {
    if (this.#over) return noParts
    return this.#guard(() => {
      for (const text of this.#splitter.push(bytes)) {
        this.#read(text)
        if (this.#over) return
      }
    })
  }

  end(): readonly StreamPart[] {
    if (this.#over) return noParts
    return this.#guard(() => {
      for (const text of this.#splitter.end()) this.#read(text)
      if (!this.#over) this.#finish()
    })
  }

  /** The parts that `work` makes, and what stops it as an `error` part behind them, if the answer was not whole by then. */
  #guard(work: () => void): readonly StreamPart[] {
    let failure: GatewayError | undefined
    try {
      work()
    } catch (error) {
      if (this.#reader?.finished === true) this.#finish()
      else failure = asUpstreamError(error)
    }
    const parts = this.#take()
    if (failure === undefined) return parts
    this.#over = true
    return [...parts, { type: 'error', error: failure }]
  }

  #take(): readonly StreamPart[] {
    const parts = this.#parts
    this.#parts = []
    // In front of the finish, which is the last of all.
    const last = parts.at(-1)?.type === 'finish' ? parts.pop() : undefined
    if (this.#reader !== undefined) for (const part of this.#reader.take()) parts.push(part)
    if (last !== undefined) parts.push(last)
    return parts
  }

  #read(text: ChunkText): void {
    const data = text.data.trim()
    if (data === '' || data === '[DONE]') return
    const value = parseChunk(data, text)
    if (isJsonObject(value)) this.#readChunk(data.includes('_') ? camelObject(value) : value)
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
    if (isBehind || hasTotals(chunk['usageMetadata'])) this.#finish()
  }

  #finish(): void {
    if (this.#reader === undefined) throw broken('The provider’s stream held no answer.')
    if (!this.#reader.finished) {
      throw broken('The provider’s stream ended without a finish reason: it was cut off.')
    }
    const finish = this.#reader.end()
    this.#parts.push({ type: 'finish', ...finish })
    this.#over = true
  }
}

/** A chunk that the end of the stream cut off is no error by itself. */
function parseChunk(data: string, { unterminated }: ChunkText): JsonValue | undefined {
  const value = parseJson(data)
  if (value !== undefined || unterminated === true) return value
  throw broken('An event of the provider’s stream is not valid JSON.')
}

function broken(message: string): GatewayError {
  return new GatewayError('upstream_invalid_response', message)
}

function asUpstreamError(error: unknown): GatewayError {
  if (isGatewayError(error)) return error
  const message =
    error instanceof SseSizeError
      ? `The provider’s stream cannot be read: ${error.message}.`
      : 'The provider’s stream cannot be understood.'
  return new GatewayError('upstream_invalid_response', message, { cause: error })
}
