import type { IncomingMessage } from 'node:http'
import type { BodyReceiver, BodySource, Clock, GatewayError } from '@jackfield/core'
import { discardBody } from './discard-body.ts'
import { clientGone } from './disconnect-signal.ts'
import { bodyTooLarge } from './read-body.ts'

/** A request's body on its way through, unread. */
export class RequestBodySource implements BodySource {
  readonly #request: IncomingMessage
  readonly #limit: number
  readonly #clock: Clock
  #receiver: BodyReceiver | undefined
  #size = 0
  #done = false

  /** Fails with `payload_too_large` after `limit` bytes. */
  constructor(request: IncomingMessage, limit: number, clock: Clock) {
    this.#request = request
    this.#limit = limit
    this.#clock = clock
  }

  start(receiver: BodyReceiver): void {
    if (this.#done || this.#receiver !== undefined) return
    this.#receiver = receiver
    if (this.#request.destroyed && !this.#request.complete) {
      this.#fail(clientGone())
      return
    }
    this.#request.on('data', this.#onData).on('end', this.#onEnd).on('close', this.#onClose)
  }

  pause(): void {
    if (!this.#done) this.#request.pause()
  }

  resume(): void {
    if (!this.#done) this.#request.resume()
  }

  cancel(_reason: GatewayError): void {
    this.abandon()
  }

  /** Nobody wants the rest. Idempotent. */
  abandon(): void {
    if (this.#done) return
    this.#leave()
    discardBody(this.#request, this.#clock)
  }

  readonly #onData = (chunk: Uint8Array): void => {
    this.#size += chunk.length
    if (this.#size > this.#limit) this.#fail(bodyTooLarge(this.#limit))
    else this.#receiver?.data(chunk)
  }

  readonly #onEnd = (): void => {
    this.#leave()
    this.#receiver?.end()
  }

  readonly #onClose = (): void => this.#fail(clientGone())

  #fail(error: GatewayError): void {
    this.#leave()
    discardBody(this.#request, this.#clock)
    this.#receiver?.fail(error)
  }

  #leave(): void {
    this.#done = true
    this.#request.off('data', this.#onData).off('end', this.#onEnd).off('close', this.#onClose)
  }
}
