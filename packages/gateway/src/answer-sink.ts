import type { ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import type { AnswerSink, Clock, Headers, Timer } from '@jackfield/core'
import { answerFields, type HostHeaders } from './answer-headers.ts'

/** What all answers of one app share. */
export interface SinkContext {
  readonly clock: Clock
  /** Milliseconds that a client may leave an answer unread before its connection is closed; `0`: for ever. */
  readonly stallMs: number
  /** Whether the app is closing, and connections are to be closed after their answer. */
  isClosing(): boolean
}

const noHeaders: Headers = {}

/**
 * Writes an answer to a connection. The head leaves in one packet with the first bytes of the body, or with the whole
 * body, whose length is then announced; everything else is sent in chunks. Calls after the end, and after the client
 * has gone, do nothing.
 */
export class ResponseSink implements AnswerSink {
  readonly #response: ServerResponse
  readonly #context: SinkContext
  readonly #hostHeaders: HostHeaders
  #status = 200
  #headers = noHeaders
  #ended = false
  /** Bytes that the announced length still promises. */
  #owed: number | undefined
  #drained: (() => void) | undefined
  #listening = false
  #stall: Timer | undefined

  constructor(response: ServerResponse, context: SinkContext, hostHeaders: HostHeaders) {
    this.#response = response
    this.#context = context
    this.#hostHeaders = hostHeaders
  }

  start(status: number, headers: Headers): void {
    // An informational status is no answer, and what is no status at all cannot be written.
    this.#status = status >= 200 && status <= 599 ? status : 502
    this.#headers = headers
  }

  write(chunk: Uint8Array): boolean {
    if (this.#isOver()) return false
    if (chunk.length === 0) return true
    if (!this.#response.headersSent) this.#writeHead(this.#announcedLength())
    if (!this.#pay(chunk.length)) return false
    const more = this.#response.write(chunk)
    if (!more) this.#watchStall()
    return more
  }

  end(chunk?: Uint8Array): void {
    if (this.#isOver()) return
    const length = chunk?.length ?? 0
    if (!this.#response.headersSent) this.#writeHead(this.#wholeLength(length))
    if (!this.#pay(length)) return
    if (this.#owed !== undefined && this.#owed > 0) {
      this.destroy()
      return
    }
    this.#ended = true
    if (length > 0) this.#response.end(chunk)
    else this.#response.end()
    this.#stall?.cancel()
  }

  destroy(): void {
    if (this.#isOver()) return
    this.#ended = true
    this.#stall?.cancel()
    if (this.#showsItsEnd() && !this.#response.writableNeedDrain) cutOff(this.#response)
    else reset(this.#response)
  }

  onDrain(callback: () => void): void {
    this.#drained = callback
    this.#listen()
  }

  #isOver(): boolean {
    return this.#ended || this.#response.destroyed
  }

  #writeHead(length: number | undefined): void {
    const fields = answerFields(this.#headers, this.#hostHeaders)
    if (length !== undefined) fields.push('content-length', String(length))
    if (this.#context.isClosing()) fields.push('connection', 'close')
    if (!this.#isHead()) this.#owed = length
    this.#response.writeHead(this.#status, fields)
  }

  /** The length that the answer's own headers announce, where it is one. */
  #announcedLength(): number | undefined {
    const value = this.#headers['content-length']
    if (this.#status === 204) return undefined
    if (typeof value !== 'string' || !/^\d{1,15}$/.test(value)) return undefined
    return Number(value)
  }

  #wholeLength(length: number): number | undefined {
    if (this.#status === 204) return undefined
    if (this.#status === 304 || (this.#isHead() && length === 0)) return this.#announcedLength()
    return length
  }

  #isHead(): boolean {
    return this.#response.req.method === 'HEAD'
  }

  /**
   * Whether a client can see by itself that an answer is incomplete, from missing chunks or missing bytes. It cannot
   * before the head, nor where closing the connection is the regular end (HTTP/1.0).
   */
  #showsItsEnd(): boolean {
    const { headersSent, chunkedEncoding } = this.#response
    return headersSent && (chunkedEncoding || this.#owed !== undefined)
  }

  /** Whether these bytes still fit into the announced length; what does not fit breaks the answer off. */
  #pay(bytes: number): boolean {
    if (this.#owed === undefined) return true
    this.#owed -= bytes
    if (this.#owed >= 0) return true
    this.destroy()
    return false
  }

  #watchStall(): void {
    const { clock, stallMs } = this.#context
    if (stallMs === 0 || this.#stall !== undefined) return
    this.#stall = clock.after(stallMs, () => this.#response.destroy())
    this.#listen()
  }

  #listen(): void {
    if (this.#listening) return
    this.#listening = true
    this.#response.on('drain', () => {
      this.#calm()
      this.#drained?.()
    })
    this.#response.once('close', () => this.#calm())
  }

  #calm(): void {
    this.#stall?.cancel()
    this.#stall = undefined
  }
}

/** Ends a connection after what was written to it has been sent, without the regular end of the answer. */
function cutOff(response: ServerResponse): void {
  if (response.socket instanceof Socket) response.socket.destroySoon()
  else response.destroy()
}

/** Ends a connection with a reset, where the transport has one, so that it cannot pass for a regular end. */
function reset(response: ServerResponse): void {
  try {
    if (response.socket instanceof Socket) response.socket.resetAndDestroy()
  } catch {
    // TLS connections and local sockets cannot be reset.
  }
  response.destroy()
}
