import {
  createSseFramer,
  type GatewayError,
  isGatewayError,
  type SseEvent,
  SseSizeError,
  type StreamDecoder,
  type StreamPart,
} from '@jackfield/core'
import { brokenStream } from './broken-stream.ts'

/** What the events of one answer say. */
export interface StreamReader {
  /** Reads one event. What it throws ends the answer with an `error` part. */
  read(event: SseEvent): void
  /** The bytes have ended before the answer is `over`: makes its `finish`, or throws where it has been cut off. */
  conclude(): void
  /** The parts since the last call. */
  take(): readonly StreamPart[]
  /** Whether the `finish` has been made. No event behind it is read. */
  readonly over: boolean
  /**
   * Whether all has come that an answer needs, in a protocol without a terminal: what breaks behind it spoils nothing, and the answer
   * is concluded instead.
   */
  readonly whole?: boolean
}

/** Cuts the bytes of a stream into its events, wherever its chunks are cut. Limits the size of what it holds by throwing. */
export interface EventSplitter {
  push(bytes: Uint8Array): readonly SseEvent[]
  end(): readonly SseEvent[]
}

const noParts: readonly StreamPart[] = Object.freeze([])

/** Decodes one stream. Whatever breaks it is an `error` part behind what it said before, and nothing is read any more. */
export function createStreamDecoder(
  reader: StreamReader,
  splitter: EventSplitter = createSseFramer(),
): StreamDecoder {
  return new ReadingDecoder(reader, splitter)
}

class ReadingDecoder implements StreamDecoder {
  readonly #reader: StreamReader
  readonly #splitter: EventSplitter
  #failed = false

  constructor(reader: StreamReader, splitter: EventSplitter) {
    this.#reader = reader
    this.#splitter = splitter
  }

  push(chunk: Uint8Array): readonly StreamPart[] {
    if (this.#failed || this.#reader.over) return noParts
    try {
      this.#read(this.#splitter.push(chunk))
    } catch (error) {
      return this.#break(error)
    }
    return this.#reader.take()
  }

  end(): readonly StreamPart[] {
    if (this.#failed || this.#reader.over) return noParts
    try {
      this.#read(this.#splitter.end())
      if (!this.#reader.over) this.#reader.conclude()
    } catch (error) {
      return this.#break(error)
    }
    return this.#reader.take()
  }

  #read(events: readonly SseEvent[]): void {
    for (const event of events) {
      this.#reader.read(event)
      if (this.#reader.over) return
    }
  }

  #break(error: unknown): readonly StreamPart[] {
    if (this.#reader.whole === true) {
      this.#reader.conclude()
      return this.#reader.take()
    }
    this.#failed = true
    return [...this.#reader.take(), { type: 'error', error: asUpstreamError(error) }]
  }
}

function asUpstreamError(error: unknown): GatewayError {
  if (isGatewayError(error)) return error
  const problem =
    error instanceof SseSizeError ? `cannot be read: ${error.message}` : 'cannot be understood'
  return brokenStream(problem, { cause: error })
}
