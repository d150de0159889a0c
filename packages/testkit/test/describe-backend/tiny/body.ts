import type { IncomingMessage } from 'node:http'
import { createGunzip } from 'node:zlib'
import { type BodyReceiver, type BodySource, GatewayError } from '@jackfield/core'
import type { Deadline } from './deadline.ts'

export interface BodyOptions {
  readonly deadline: Deadline
  readonly maxBytes: number
  readonly onOver: () => void
}

/** The body of an answer, with back-pressure. */
export class TinyBody implements BodySource {
  readonly #message: IncomingMessage
  readonly #options: BodyOptions
  #receiver: BodyReceiver | undefined
  #failure: GatewayError | undefined
  #over = false
  #size = 0

  constructor(message: IncomingMessage, options: BodyOptions) {
    this.#message = message
    this.#options = options
    message.on('error', (error: NodeJS.ErrnoException) => this.break(broken(error)))
  }

  start(receiver: BodyReceiver): void {
    this.#receiver = receiver
    if (this.#failure !== undefined) {
      receiver.fail(this.#failure)
      return
    }
    const zipped = this.#message.headers['content-encoding'] === 'gzip'
    const stream = zipped ? this.#message.pipe(createGunzip()) : this.#message
    stream.on('data', (chunk: Uint8Array) => this.#take(chunk))
    stream.on('end', () => this.#end(() => receiver.end()))
    stream.on('error', (error: NodeJS.ErrnoException) => this.break(broken(error)))
  }

  pause(): void {
    this.#message.pause()
    this.#options.deadline.suspend()
  }

  resume(): void {
    this.#message.resume()
    this.#options.deadline.progress()
  }

  cancel(): void {
    this.#end(() => {})
    this.#message.destroy()
  }

  /** The answer will not be whole. */
  break(error: GatewayError): void {
    if (this.#over) return
    this.#failure = error
    const receiver = this.#receiver
    this.#end(() => receiver?.fail(error))
    this.#message.destroy()
  }

  #take(chunk: Uint8Array): void {
    if (this.#over) return
    this.#options.deadline.progress()
    this.#size += chunk.length
    const { maxBytes } = this.#options
    if (maxBytes > 0 && this.#size > maxBytes) this.break(tooLarge())
    else this.#receiver?.data(chunk)
  }

  #end(tell: () => void): void {
    if (this.#over) return
    this.#over = true
    this.#options.onOver()
    tell()
  }
}

function broken({ code = '' }: NodeJS.ErrnoException): GatewayError {
  const kind = code.startsWith('HPE_') ? 'upstream_invalid_response' : 'upstream_unreachable'
  return new GatewayError(kind, `The answer broke off (${code}).`)
}

function tooLarge(): GatewayError {
  return new GatewayError('upstream_invalid_response', 'The answer is too large.')
}
