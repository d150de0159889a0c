import { createSseFramer, type SseEvent } from './framer.ts'
import { createFrameLocator } from './locate.ts'

/** The last bytes of a stream that went by. */
export interface StreamTail {
  /** Whether the tail is the whole stream: nothing has been dropped. */
  readonly whole: boolean
  /**
   * Keeps a chunk by reference, which must not be written to again, and lets go of the chunks that
   * are no longer needed.
   */
  push(chunk: Uint8Array): void
  /**
   * The last bytes of the stream, `maxBytes` at most, in one piece. They may begin in mid-event and
   * in mid-character.
   */
  bytes(): Uint8Array
}

/**
 * Chunks that are held apart; more are joined, because the object around a small chunk takes more
 * memory than its bytes.
 */
const MAX_CHUNKS = 256

/**
 * Remembers the last `maxBytes` of a stream. It holds those and at most as many again, beside the
 * chunk that came last.
 */
export function createTail(maxBytes: number): StreamTail {
  return new ChunkTail(maxBytes)
}

// A class, because one is made for every forwarded stream and its push runs for every chunk.
class ChunkTail implements StreamTail {
  whole = true
  readonly #maxBytes: number
  #chunks: Uint8Array[] = []
  #length = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  push(chunk: Uint8Array): void {
    this.#chunks.push(chunk)
    this.#length += chunk.length
    if (this.#length > this.#maxBytes) this.#drop()
    if (this.#chunks.length > MAX_CHUNKS) this.#join()
  }

  bytes(): Uint8Array {
    const bytes = Buffer.concat(this.#chunks)
    return bytes.subarray(Math.max(0, bytes.length - this.#maxBytes))
  }

  #drop(): void {
    this.whole = false
    let oldest = this.#chunks[0]
    while (oldest !== undefined && this.#length - oldest.length >= this.#maxBytes) {
      this.#chunks.shift()
      this.#length -= oldest.length
      oldest = this.#chunks[0]
    }
  }

  #join(): void {
    const joined = this.bytes()
    this.#chunks = [joined]
    this.#length = joined.length
  }
}

/**
 * The events in a tail. What stands before the first end of a frame is skipped unless the tail is
 * the whole stream, because it may be the rest of an event. The last event is flagged when the
 * stream ended without its blank line.
 */
export function tailEvents(tail: Pick<StreamTail, 'bytes' | 'whole'>): readonly SseEvent[] {
  const bytes = tail.bytes()
  const start = tail.whole ? 0 : createFrameLocator({ startsInside: true }).push(bytes)[0]
  if (start === undefined) return []
  const framer = createSseFramer({ maxEventBytes: Number.POSITIVE_INFINITY })
  return [...framer.push(bytes.subarray(start)), ...framer.end()]
}
