import { Collector } from '../chat/collect.ts'
import type { ChatResponse } from '../chat/response.ts'
import type { StreamEncoder } from '../dialect.ts'
import { GatewayError, isGatewayError } from '../errors/gateway-error.ts'
import type { AnswerFlow, FlowReceiver, FlowReport, Parts } from './answer-flow.ts'
import { asInvalidAnswer, truncated } from './forward-flow.ts'

/** Parts as a stream of the client's dialect, one buffer per batch. */
export class EncodeFlow implements AnswerFlow<Uint8Array> {
  readonly #parts: AnswerFlow<Parts>
  readonly #encoder: StreamEncoder

  constructor(parts: AnswerFlow<Parts>, encoder: StreamEncoder) {
    this.#parts = parts
    this.#encoder = encoder
  }

  get meaningful(): boolean {
    return this.#parts.meaningful
  }

  start(receiver: FlowReceiver<Uint8Array>): void {
    this.#parts.start({
      item: (parts) => {
        const bytes = this.#encoder.push(parts)
        if (bytes.length > 0) receiver.item(bytes)
      },
      end: () => receiver.end(),
      fail: (error, told) => receiver.fail(error, told),
    })
  }

  pause(): void {
    this.#parts.pause()
  }

  resume(): void {
    this.#parts.resume()
  }

  cancel(reason: GatewayError): void {
    this.#parts.cancel(reason)
  }

  interruption(error: GatewayError): Uint8Array {
    return this.#encoder.push([{ type: 'error', error }])
  }

  report(): FlowReport {
    return this.#parts.report()
  }
}

/**
 * Parts as one whole answer for a client that does not stream. Nothing is meaningful before the answer is complete, so
 * that a break in the middle can still be served by another target.
 */
export class CollectFlow implements AnswerFlow<Uint8Array> {
  readonly #parts: AnswerFlow<Parts>
  readonly #encode: (response: ChatResponse) => Uint8Array
  readonly #maxSize: number
  #complete = false

  constructor(
    parts: AnswerFlow<Parts>,
    options: {
      readonly encode: (response: ChatResponse) => Uint8Array
      /** UTF-16 code units of text that an answer may have. */
      readonly maxSize: number
    },
  ) {
    this.#parts = parts
    this.#encode = options.encode
    this.#maxSize = options.maxSize
  }

  get meaningful(): boolean {
    return this.#complete
  }

  start(receiver: FlowReceiver<Uint8Array>): void {
    const collector = new Collector()
    this.#parts.start({
      item: (parts) => {
        try {
          collector.push(parts)
          if (collector.size > this.#maxSize) throw tooLarge(this.#maxSize)
        } catch (error) {
          this.#parts.cancel(asInvalidAnswer(error))
          receiver.fail(asInvalidAnswer(error), false)
        }
      },
      end: () => this.#finish(collector, receiver),
      fail: (error, told) => receiver.fail(error, told),
    })
  }

  #finish(collector: Collector, receiver: FlowReceiver<Uint8Array>): void {
    if (collector.response === undefined) {
      receiver.fail(truncated(), false)
      return
    }
    const bytes = this.#encoded(collector.response)
    if (isGatewayError(bytes)) {
      receiver.fail(bytes, false)
      return
    }
    this.#complete = true
    receiver.item(bytes)
    receiver.end()
  }

  #encoded(response: ChatResponse): Uint8Array | GatewayError {
    try {
      return this.#encode(response)
    } catch (error) {
      return asInvalidAnswer(error)
    }
  }

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
}

function tooLarge(limit: number): GatewayError {
  return new GatewayError(
    'upstream_invalid_response',
    `The provider’s answer is larger than ${limit} characters.`,
  )
}
