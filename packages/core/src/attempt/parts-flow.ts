import type { GatewayError } from '../errors/gateway-error.ts'
import type { AnswerFlow, FlowReceiver, FlowReport, Parts } from './answer-flow.ts'
import { asInvalidAnswer, truncated } from './forward-flow.ts'
import { PartsObserver } from './parts-observer.ts'

/** Where the batches of a flow go. */
export interface PartsIntake {
  /** Hands on a batch. `produce` may throw what is wrong with the answer. */
  deliver(produce: () => Parts): void
  /** The origin ended. Legal only after `finish`. */
  conclude(): void
  /** The origin broke. Behind `finish` that takes nothing from the answer. */
  break(error: GatewayError): void
  /** Whether the answer has ended: nothing more is wanted. */
  readonly over: boolean
}

/** Where the batches of a flow come from. */
export interface PartsOrigin {
  begin(intake: PartsIntake): void
  pause(): void
  resume(): void
  /** The answer was cancelled or broke: stop at once. */
  stop(reason: GatewayError): void
}

/** An answer in parts: checks every batch, splits off what came before a break, and ends exactly once. */
export class PartsFlow implements AnswerFlow<Parts>, PartsIntake {
  readonly #origin: PartsOrigin
  readonly #observer = new PartsObserver()
  #receiver: FlowReceiver<Parts> | undefined
  #over = false

  constructor(origin: PartsOrigin) {
    this.#origin = origin
  }

  get meaningful(): boolean {
    return this.#observer.meaningful
  }

  get over(): boolean {
    return this.#over
  }

  start(receiver: FlowReceiver<Parts>): void {
    this.#receiver = receiver
    this.#origin.begin(this)
  }

  cancel(reason: GatewayError): void {
    this.#over = true
    this.#origin.stop(reason)
  }

  interruption(error: GatewayError): Parts {
    return [{ type: 'error', error }]
  }

  report(): FlowReport {
    return this.#observer.report()
  }

  pause(): void {
    this.#origin.pause()
  }

  resume(): void {
    this.#origin.resume()
  }

  deliver(produce: () => Parts): void {
    if (this.#over) return
    try {
      const parts = produce()
      const { good, error } = splitAtError(parts)
      if (good.length > 0) {
        this.#observer.see(good)
        this.#receiver?.item(good)
      }
      if (error !== undefined) this.#fail(error)
    } catch (error) {
      this.#fail(asInvalidAnswer(error))
    }
  }

  conclude(): void {
    if (this.#over) return
    if (!this.#observer.finished) {
      this.#fail(truncated())
      return
    }
    this.#over = true
    this.#receiver?.end()
  }

  break(error: GatewayError): void {
    if (this.#observer.finished) this.conclude()
    else this.#fail(error)
  }

  #fail(error: GatewayError): void {
    if (this.#over) return
    this.#over = true
    this.#origin.stop(error)
    this.#receiver?.fail(error, false)
  }
}

function splitAtError(parts: Parts): { readonly good: Parts; readonly error?: GatewayError } {
  const at = parts.findIndex((part) => part.type === 'error')
  const broken = parts[at]
  if (broken?.type !== 'error') return { good: parts }
  return { good: parts.slice(0, at), error: broken.error }
}
