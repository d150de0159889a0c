import { asBuffer } from '../as-buffer.ts'

/** One event of a server-sent event stream. */
export interface SseEvent {
  /** The last `event:` field, if it was not empty. */
  readonly event?: string
  /** All `data:` fields, joined by line feeds. */
  readonly data: string
  /** The stream ended before the blank line that ends the event, so the event may have been cut. */
  readonly unterminated?: true
}

export interface SseFramerOptions {
  /** Bytes that the lines of one event, or one comment, may have together. Default 8 MiB. */
  readonly maxEventBytes?: number
}

/** Cuts a byte stream into events as its chunks arrive, wherever the chunks are cut. */
export interface SseFramer {
  /** Comments that have passed. Providers send them to show that they are still at work. */
  readonly comments: number
  /**
   * The events that this chunk completes. The chunk is not kept.
   *
   * @throws SseSizeError when an event is too large, once all events before it have been returned.
   */
  push(chunk: Uint8Array): readonly SseEvent[]
  /**
   * The event that the end of the stream left without its blank line, if there is one.
   *
   * @throws SseSizeError as `push` does.
   */
  end(): readonly SseEvent[]
}

/** An event is larger than the framer may hold. The stream cannot be read further. */
export class SseSizeError extends Error {
  override readonly name = 'SseSizeError'
  readonly maxEventBytes: number

  constructor(maxEventBytes: number) {
    super(`an event of the stream is larger than ${maxEventBytes} bytes`)
    this.maxEventBytes = maxEventBytes
  }
}

const LF = 0x0a
const CR = 0x0d
const SPACE = 0x20
const COLON = 0x3a
const BYTE_ORDER_MARK = '\ufeff'
const BYTE_ORDER_MARK_BYTES = 3
/** Smallest room for a partial line. */
const MIN_ROOM = 512
/** UTF-8 has at most so many bytes for one UTF-16 code unit. */
const MAX_BYTES_PER_UNIT = 3
const NO_BYTES = Buffer.alloc(0)
const NO_EVENTS: readonly SseEvent[] = Object.freeze([])

/**
 * Fields are read by the rules of the WHATWG HTML standard, "Interpreting an event stream": lines
 * end with LF, CRLF or CR, a byte order mark at the start is skipped, one space behind a colon is
 * left out, an event without data is none. `id` and `retry` serve to reconnect, which nobody does
 * with a generation, and are ignored.
 */
export function createSseFramer(options: SseFramerOptions = {}): SseFramer {
  return new LineFramer(options.maxEventBytes ?? 8 * 1024 * 1024)
}

// Chunks are cut behind their last line end and decoded up to there, so that no character is ever
// parted and each byte is decoded once, however many chunks an event takes. A class, because this
// runs for every chunk of every translated stream.
class LineFramer implements SseFramer {
  comments = 0
  readonly #maxEventBytes: number
  /** The line that is not complete yet. */
  #partial: Buffer = NO_BYTES
  #partialBytes = 0
  /** What the complete lines of the current event said. */
  #event = ''
  #data: string | undefined
  #heldBytes = 0
  #started = false
  #afterCr = false
  #failed = false

  constructor(maxEventBytes: number) {
    this.#maxEventBytes = maxEventBytes
  }

  push(chunk: Uint8Array): readonly SseEvent[] {
    if (this.#failed) throw new SseSizeError(this.#maxEventBytes)
    const end = lastLineEnd(chunk)
    const events = end === 0 ? NO_EVENTS : this.#readLines(this.#takeText(chunk, end))
    if (end < chunk.length) this.#hold(chunk.subarray(end))
    if (this.#failed && events.length === 0) throw new SseSizeError(this.#maxEventBytes)
    return events
  }

  end(): readonly SseEvent[] {
    const rest = this.#takeText(NO_BYTES, 0)
    if (rest !== '') this.#readLines(`${rest}\n`)
    if (this.#failed) throw new SseSizeError(this.#maxEventBytes)
    const event = this.#takeEvent()
    return event === undefined ? NO_EVENTS : [{ ...event, unterminated: true }]
  }

  /**
   * Copies bytes behind the partial line, into room that grows by doubling: chunks may be as small
   * as one byte.
   */
  #hold(bytes: Uint8Array): void {
    const length = this.#partialBytes + bytes.length
    // The first line may begin with a byte order mark, which does not count.
    const most = this.#started ? this.#maxEventBytes : this.#maxEventBytes + BYTE_ORDER_MARK_BYTES
    if (this.#heldBytes + length > most) {
      this.#fail()
      return
    }
    if (length > this.#partial.length) {
      const room = Buffer.allocUnsafeSlow(Math.max(MIN_ROOM, length * 2))
      this.#partial.copy(room, 0, 0, this.#partialBytes)
      this.#partial = room
    }
    this.#partial.set(bytes, this.#partialBytes)
    this.#partialBytes = length
  }

  #fail(): void {
    this.#failed = true
    this.#partial = NO_BYTES
    this.#partialBytes = 0
    this.#data = undefined
  }

  /** The text of the partial line and the chunk up to `end`. */
  #takeText(chunk: Uint8Array, end: number): string {
    const complete = asBuffer(chunk)
    if (this.#partialBytes === 0) return complete.toString('utf8', 0, end)
    const partial = this.#partial.subarray(0, this.#partialBytes)
    this.#partial = NO_BYTES
    this.#partialBytes = 0
    return Buffer.concat([partial, complete.subarray(0, end)]).toString()
  }

  /** Reads text that ends with the end of a line. */
  #readLines(text: string): readonly SseEvent[] {
    const events: SseEvent[] = []
    let start = this.#skipStart(text)
    const lines = withLineFeeds(text)
    while (start < lines.length && !this.#failed) {
      const end = lines.indexOf('\n', start)
      if (end > start) this.#readLine(lines, start, end)
      else {
        const event = this.#takeEvent()
        if (event !== undefined) events.push(event)
      }
      start = end + 1
    }
    return events
  }

  /**
   * Index behind what belongs to no line: the byte order mark, or the second half of a line end
   * that two chunks share.
   */
  #skipStart(text: string): number {
    const skipped = this.#started
      ? this.#afterCr && text.startsWith('\n')
      : text.startsWith(BYTE_ORDER_MARK)
    this.#started = true
    this.#afterCr = text.endsWith('\r')
    return skipped ? 1 : 0
  }

  #readLine(text: string, start: number, end: number): void {
    if (this.#isTooLarge(text, start, end)) this.#fail()
    else if (text.charCodeAt(start) === COLON) this.comments += 1
    else if (isField(text, start, end, 'data')) this.#addData(text, start, end)
    else if (isField(text, start, end, 'event')) this.#event = fieldValue(text, start + 5, end)
  }

  #isTooLarge(text: string, start: number, end: number): boolean {
    const most = this.#heldBytes + (end - start) * MAX_BYTES_PER_UNIT
    if (most <= this.#maxEventBytes) return false
    return this.#heldBytes + Buffer.byteLength(text.slice(start, end)) > this.#maxEventBytes
  }

  #addData(text: string, start: number, end: number): void {
    const value = fieldValue(text, start + 4, end)
    this.#data = this.#data === undefined ? value : `${this.#data}\n${value}`
    // Nearly always the event is complete with its first data line: nothing is held or counted.
    const isComplete = text.charCodeAt(end + 1) === LF
    if (!isComplete) this.#heldBytes += Buffer.byteLength(text.slice(start, end))
  }

  #takeEvent(): SseEvent | undefined {
    const data = this.#data
    const event = this.#event
    this.#data = undefined
    this.#event = ''
    this.#heldBytes = 0
    if (data === undefined) return undefined
    return event === '' ? { data } : { event, data }
  }
}

/** Offset just after the last line end of a chunk, or 0. */
function lastLineEnd(chunk: Uint8Array): number {
  const last = chunk[chunk.length - 1]
  if (last === LF || last === CR) return chunk.length
  const bytes = asBuffer(chunk)
  return Math.max(bytes.lastIndexOf(LF), bytes.lastIndexOf(CR)) + 1
}

function withLineFeeds(text: string): string {
  return text.includes('\r') ? text.replaceAll('\r\n', '\n').replaceAll('\r', '\n') : text
}

/** Whether a line is a field of this name, with or without a colon and a value. */
function isField(text: string, start: number, end: number, name: string): boolean {
  const nameEnd = start + name.length
  return text.startsWith(name, start) && (nameEnd === end || text.charCodeAt(nameEnd) === COLON)
}

/** The value behind the name of a field and its colon, if it has one. */
function fieldValue(text: string, nameEnd: number, end: number): string {
  const start = text.charCodeAt(nameEnd + 1) === SPACE ? nameEnd + 2 : nameEnd + 1
  return text.slice(start, Math.max(start, end))
}
