import { isMeaningful } from '../chat/stream-part.ts'
import { type GatewayError, toGatewayError } from '../errors/gateway-error.ts'
import type { PartTransform } from '../pipeline/stage.ts'
import type { AnswerFlow, FlowReceiver, FlowReport, Parts } from './answer-flow.ts'

/** Parts that pass the transforms of stages, batch by batch, in order. */
export class TransformFlow implements AnswerFlow<Parts> {
  readonly #parts: AnswerFlow<Parts>
  readonly #transforms: readonly PartTransform[]
  #receiver: FlowReceiver<Parts> | undefined
  #broken = false
  /** A stage may take out what was meaningful, or hold it back. */
  #meaningful = false

  constructor(parts: AnswerFlow<Parts>, transforms: readonly PartTransform[]) {
    this.#parts = parts
    this.#transforms = transforms
  }

  get meaningful(): boolean {
    return this.#meaningful
  }

  start(receiver: FlowReceiver<Parts>): void {
    this.#receiver = receiver
    this.#parts.start({
      item: (parts) => this.#pass(parts),
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

  interruption(error: GatewayError): Parts | undefined {
    return this.#parts.interruption(error)
  }

  report(): FlowReport {
    return this.#parts.report()
  }

  #pass(parts: Parts): void {
    if (this.#broken) return
    let changed = parts
    try {
      for (const transform of this.#transforms) changed = transform(changed)
    } catch (thrown) {
      // The stage failed, not the provider: no other target would do better.
      this.#broken = true
      const error = toGatewayError(thrown)
      this.#parts.cancel(error)
      this.#receiver?.fail(error, false)
      return
    }
    if (changed.length === 0) return
    this.#meaningful ||= changed.some(isMeaningful)
    this.#receiver?.item(changed)
  }
}
