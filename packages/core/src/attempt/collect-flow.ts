import { Collector } from '../chat/collect.ts'
import type { ChatResponse } from '../chat/response.ts'
import { type GatewayError, toGatewayError } from '../errors/gateway-error.ts'
import type { AnswerFlow, FlowReceiver, FlowReport, Parts, PartsWatch } from './answer-flow.ts'
import { asInvalidAnswer, tooLarge, truncated } from './invalid-answer.ts'

/**
 * Parts as one whole answer for a client that does not stream. Nothing is meaningful before the answer is complete, so
 * that a break in the middle can still be served by another target.
 */
export class CollectFlow implements AnswerFlow<Uint8Array> {
  readonly #parts: AnswerFlow<Parts>
  readonly #encode: (response: ChatResponse) => Uint8Array
  readonly #maxSize: number
  readonly #watch: PartsWatch
  readonly #collector = new Collector()
  #receiver: FlowReceiver<Uint8Array> | undefined
  #broken = false
  #complete = false

  constructor(
    parts: AnswerFlow<Parts>,
    options: {
      readonly encode: (response: ChatResponse) => Uint8Array
      /** What an answer may have, as the collector measures it. */
      readonly maxSize: number
      readonly watch: PartsWatch
    },
  ) {
    this.#parts = parts
    this.#encode = options.encode
    this.#maxSize = options.maxSize
    this.#watch = options.watch
  }

  get meaningful(): boolean {
    return this.#complete
  }

  start(receiver: FlowReceiver<Uint8Array>): void {
    this.#receiver = receiver
    this.#parts.start({
      item: (parts) => this.#collect(parts),
      end: () => this.#finish(),
      fail: (error, told) => {
        if (!this.#broken) receiver.fail(error, told)
      },
    })
  }

  /** Nothing flows before the answer is whole, and then all of it is there. */
  pause(): void {}

  resume(): void {}

  cancel(reason: GatewayError): void {
    this.#parts.cancel(reason)
  }

  interruption(): undefined {
    return undefined
  }

  report(): FlowReport {
    return this.#parts.report()
  }

  #collect(parts: Parts): void {
    if (this.#broken) return
    try {
      this.#collector.push(parts)
      this.#watch(parts)
      if (this.#collector.size > this.#maxSize) throw tooLarge(this.#maxSize)
    } catch (error) {
      this.#parts.cancel(asInvalidAnswer(error))
      this.#break(asInvalidAnswer(error))
    }
  }

  #finish(): void {
    if (this.#broken) return
    const { response } = this.#collector
    if (response === undefined) {
      this.#break(truncated())
      return
    }
    let bytes: Uint8Array
    try {
      bytes = this.#encode(response)
    } catch (thrown) {
      this.#break(toGatewayError(thrown))
      return
    }
    this.#complete = true
    this.#receiver?.item(bytes)
    this.#receiver?.end()
  }

  #break(error: GatewayError): void {
    this.#broken = true
    this.#receiver?.fail(error, false)
  }
}
