import type { StreamEncoder } from '../dialect.ts'
import { type GatewayError, toGatewayError } from '../errors/gateway-error.ts'
import type { AnswerFlow, FlowReceiver, FlowReport, Parts, PartsWatch } from './answer-flow.ts'

/** Parts as a stream of the client's dialect, one buffer per batch. */
export class EncodeFlow implements AnswerFlow<Uint8Array> {
  readonly #parts: AnswerFlow<Parts>
  readonly #encoder: StreamEncoder
  readonly #watch: PartsWatch
  #receiver: FlowReceiver<Uint8Array> | undefined
  #broken = false

  constructor(
    parts: AnswerFlow<Parts>,
    { encoder, watch }: { readonly encoder: StreamEncoder; readonly watch: PartsWatch },
  ) {
    this.#parts = parts
    this.#encoder = encoder
    this.#watch = watch
  }

  get meaningful(): boolean {
    return this.#parts.meaningful
  }

  start(receiver: FlowReceiver<Uint8Array>): void {
    this.#receiver = receiver
    this.#parts.start({
      item: (parts) => this.#encode(parts),
      end: () => {
        if (!this.#broken) receiver.end()
      },
      fail: (error, told) => {
        if (!this.#broken) receiver.fail(error, told)
      },
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

  #encode(parts: Parts): void {
    if (this.#broken) return
    let bytes: Uint8Array
    try {
      this.#watch(parts)
      bytes = this.#encoder.push(parts)
    } catch (thrown) {
      this.#break(toGatewayError(thrown))
      return
    }
    if (bytes.length > 0) this.#receiver?.item(bytes)
  }

  /** Our encoder failed, not the provider. */
  #break(error: GatewayError): void {
    this.#broken = true
    this.#parts.cancel(error)
    this.#receiver?.fail(error, false)
  }
}
