import type { BodyReceiver, BodySource } from '../body.ts'
import type { GatewayError } from '../errors/gateway-error.ts'

/** A request body that is streamed through unread, and remembers whether its bytes have begun to flow: they come only once. */
export class StreamedBody implements BodySource {
  readonly #source: BodySource
  started = false

  constructor(source: BodySource) {
    this.#source = source
  }

  start(receiver: BodyReceiver): void {
    this.started = true
    this.#source.start(receiver)
  }

  pause(): void {
    this.#source.pause()
  }

  resume(): void {
    this.#source.resume()
  }

  cancel(reason: GatewayError): void {
    this.started = true
    this.#source.cancel(reason)
  }
}
