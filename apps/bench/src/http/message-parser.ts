import { BenchFailure } from '../failure.ts'

/** The part of a message head that framing needs, and the first line for those who dispatch on it. */
export interface MessageHead {
  readonly startLine: string
  readonly contentLength: number | undefined
  readonly chunked: boolean
}

/** Told about one message after another; body bytes are views of the reads, valid until the callback returns. */
export interface MessageHandler {
  onHead(head: MessageHead): void
  onBody(bytes: Buffer): void
  onEnd(): void
}

type State = 'head' | 'fixed' | 'size' | 'data' | 'data-end' | 'trailer' | 'until-close'

const maxLineBytes = 64 * 1024
const headEnd = Buffer.from('\r\n\r\n')
const lineEnd = Buffer.from('\r\n')

/**
 * HTTP/1.1 messages from a byte stream cut anywhere: one connection's requests or responses. It knows framing and nothing else, because
 * driver and fake upstream share one core and must cost less than what they measure. Throws `BenchFailure` on bytes that are no HTTP.
 */
export class MessageParser {
  readonly #kind: 'request' | 'response'
  readonly #handler: MessageHandler
  #state: State = 'head'
  #remaining = 0
  #carry: Buffer | undefined

  constructor(kind: 'request' | 'response', handler: MessageHandler) {
    this.#kind = kind
    this.#handler = handler
  }

  /** Whether the stream may end here: between two messages. */
  get idle(): boolean {
    return this.#state === 'head' && this.#carry === undefined
  }

  push(read: Buffer): void {
    const bytes = this.#carry === undefined ? read : Buffer.concat([this.#carry, read])
    this.#carry = undefined
    let offset = 0
    while (offset < bytes.length) {
      const next = this.#step(bytes, offset)
      if (next === offset) break
      offset = next
    }
    if (offset < bytes.length) this.#keep(bytes, offset)
  }

  /** The peer closed its side: ends a body that lasts until then; anything else cut short is a failure. */
  close(): void {
    if (this.#state === 'until-close') this.#finish()
    else if (!this.idle) throw new BenchFailure('the connection closed inside a message')
  }

  #keep(bytes: Buffer, offset: number): void {
    if (bytes.length - offset > maxLineBytes) {
      throw new BenchFailure(`no end of line within ${maxLineBytes} bytes of a message`)
    }
    this.#carry = bytes.subarray(offset)
  }

  /** Consumes from `offset` what the state allows; returns the new offset, the same one when more bytes are needed. */
  #step(bytes: Buffer, offset: number): number {
    switch (this.#state) {
      case 'head':
        return this.#readHead(bytes, offset)
      case 'fixed':
      case 'data':
        return this.#readBody(bytes, offset)
      case 'size':
        return this.#readSize(bytes, offset)
      case 'data-end':
        return this.#readDataEnd(bytes, offset)
      case 'trailer':
        return this.#readTrailer(bytes, offset)
      case 'until-close':
        this.#handler.onBody(bytes.subarray(offset))
        return bytes.length
    }
  }

  #readHead(bytes: Buffer, offset: number): number {
    const end = bytes.indexOf(headEnd, offset)
    if (end === -1) return offset
    const head = parseHead(bytes.toString('latin1', offset, end))
    if (this.#kind === 'response' && isInterim(head)) return end + headEnd.length

    this.#handler.onHead(head)
    this.#enterBody(head)
    return end + headEnd.length
  }

  #enterBody(head: MessageHead): void {
    if (this.#kind === 'response' && hasNoBody(head)) this.#finish()
    else if (head.chunked) this.#state = 'size'
    else if (head.contentLength === undefined && this.#kind === 'response') {
      this.#state = 'until-close'
    } else if ((head.contentLength ?? 0) === 0) this.#finish()
    else {
      this.#remaining = head.contentLength ?? 0
      this.#state = 'fixed'
    }
  }

  #readBody(bytes: Buffer, offset: number): number {
    const end = Math.min(bytes.length, offset + this.#remaining)
    this.#remaining -= end - offset
    this.#handler.onBody(offset === 0 && end === bytes.length ? bytes : bytes.subarray(offset, end))
    if (this.#remaining === 0) {
      if (this.#state === 'data') this.#state = 'data-end'
      else this.#finish()
    }
    return end
  }

  #readSize(bytes: Buffer, offset: number): number {
    const end = bytes.indexOf(lineEnd, offset)
    if (end === -1) return offset
    const [digits = ''] = bytes.toString('latin1', offset, end).split(';', 1)
    if (!/^[0-9a-f]{1,8}$/i.test(digits.trim())) {
      throw new BenchFailure(`not the size of a chunk: ${JSON.stringify(digits.slice(0, 40))}`)
    }
    this.#remaining = Number.parseInt(digits, 16)
    this.#state = this.#remaining === 0 ? 'trailer' : 'data'
    return end + lineEnd.length
  }

  #readDataEnd(bytes: Buffer, offset: number): number {
    if (bytes.length - offset < lineEnd.length) return offset
    if (bytes[offset] !== 0x0d || bytes[offset + 1] !== 0x0a) {
      throw new BenchFailure('a chunk is longer than its size says')
    }
    this.#state = 'size'
    return offset + lineEnd.length
  }

  #readTrailer(bytes: Buffer, offset: number): number {
    const end = bytes.indexOf(lineEnd, offset)
    if (end === -1) return offset
    if (end === offset) this.#finish()
    return end + lineEnd.length
  }

  #finish(): void {
    this.#state = 'head'
    this.#handler.onEnd()
  }
}

function parseHead(text: string): MessageHead {
  const [startLine = '', ...fields] = text.split('\r\n')
  let contentLength: number | undefined
  let chunked = false
  for (const field of fields) {
    const colon = field.indexOf(':')
    // Compared by length first: most fields need no lower-casing.
    if (colon === 14 && field.slice(0, colon).toLowerCase() === 'content-length') {
      contentLength = parseLength(field.slice(colon + 1).trim())
    } else if (colon === 17 && field.slice(0, colon).toLowerCase() === 'transfer-encoding') {
      chunked =
        field
          .slice(colon + 1)
          .trim()
          .toLowerCase() === 'chunked'
    }
  }
  return { startLine, contentLength, chunked }
}

function parseLength(value: string): number {
  if (!/^\d{1,15}$/.test(value)) throw new BenchFailure(`not a content-length: ${value}`)
  return Number(value)
}

/** The status code of a response's first line. Throws `BenchFailure` when there is none. */
export function parseStatus(startLine: string): number {
  const match = /^HTTP\/1\.[01] (\d{3})/.exec(startLine)
  if (match?.[1] === undefined) {
    throw new BenchFailure(`not an HTTP response: ${JSON.stringify(startLine.slice(0, 80))}`)
  }
  return Number(match[1])
}

function isInterim(head: MessageHead): boolean {
  const status = parseStatus(head.startLine)
  return status >= 100 && status < 200
}

function hasNoBody(head: MessageHead): boolean {
  const status = parseStatus(head.startLine)
  return status === 204 || status === 304
}
