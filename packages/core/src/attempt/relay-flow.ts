import type { BodyReceiver, BodySource } from '../body.ts'
import type { GatewayError } from '../errors/gateway-error.ts'
import type { AnswerFlow, FlowReceiver, FlowReport } from './answer-flow.ts'

/** Bytes that nobody looks into: the answer's head is all that can be judged before they flow. */
export class RelayFlow implements AnswerFlow<Uint8Array>, BodyReceiver {
  readonly #body: BodySource
  #receiver: FlowReceiver<Uint8Array> | undefined
  #ended = false
  meaningful = false

  constructor(body: BodySource) {
    this.#body = body
  }

  start(receiver: FlowReceiver<Uint8Array>): void {
    this.#receiver = receiver
    this.#body.start(this)
  }

  pause(): void {
    this.#body.pause()
  }

  resume(): void {
    this.#body.resume()
  }

  cancel(reason: GatewayError): void {
    this.#ended = true
    this.#body.cancel(reason)
  }

  data(chunk: Uint8Array): void {
    if (this.#ended) return
    this.meaningful = true
    this.#receiver?.item(chunk)
  }

  end(): void {
    if (this.#ended) return
    this.#ended = true
    this.meaningful = true
    this.#receiver?.end()
  }

  fail(error: GatewayError): void {
    if (this.#ended) return
    this.#ended = true
    this.#receiver?.fail(error, false)
  }

  interruption(): undefined {
    return undefined
  }

  report(): FlowReport {
    return { complete: false, usage: { source: 'unknown' } }
  }
}
