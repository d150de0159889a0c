import { isMeaningful } from '../chat/stream-part.ts'
import type { GatewayError } from '../errors/gateway-error.ts'
import type { PartTransform } from '../pipeline/stage.ts'
import type { AnswerFlow, FlowReceiver, FlowReport, Parts } from './answer-flow.ts'
import { asInvalidAnswer } from './forward-flow.ts'

/** Parts that pass the transforms of stages, batch by batch, in order. */
export class TransformFlow implements AnswerFlow<Parts> {
  readonly #parts: AnswerFlow<Parts>
  readonly #transforms: readonly PartTransform[]
  #meaningful = false

  constructor(parts: AnswerFlow<Parts>, transforms: readonly PartTransform[]) {
    this.#parts = parts
    this.#transforms = transforms
  }

  get meaningful(): boolean {
    return this.#meaningful
  }

  start(receiver: FlowReceiver<Parts>): void {
    let broken = false
    this.#parts.start({
      item: (parts) => {
        if (broken) return
        try {
          const changed = this.#transforms.reduce((batch, transform) => transform(batch), parts)
          this.#meaningful ||= changed.some(isMeaningful)
          if (changed.length > 0) receiver.item(changed)
        } catch (error) {
          broken = true
          this.#parts.cancel(asInvalidAnswer(error))
          receiver.fail(asInvalidAnswer(error), false)
        }
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

  interruption(error: GatewayError): Parts | undefined {
    return this.#parts.interruption(error)
  }

  report(): FlowReport {
    return this.#parts.report()
  }
}
