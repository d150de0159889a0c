import type { GatewayError } from '../errors/gateway-error.ts'
import type { AnswerFlow, FlowReceiver, FlowReport, Parts } from './answer-flow.ts'
import { asInvalidAnswer, truncated } from './invalid-answer.ts'
import { PartsObserver } from './parts-observer.ts'

/** Where the batches of a flow go. */
export interface PartsIntake {
  /** Hands on a batch. `produce` may throw what is wrong with the answer. */
  deliver(produce: () => Parts): void
  /** The origin ended. That is the end of the answer only behind `finish`, which the flow has seen then. */
  conclude(): void
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
  /** The answer is whole: let what is behind it run out, so that a connection can serve others. */
  drain(): void
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
    let good: Parts
    let error: GatewayError | undefined
    try {
      const parts = produce()
      const length = this.#observer.see(parts)
      good = length === parts.length ? parts : parts.slice(0, length)
      const next = parts[length]
      error = next?.type === 'error' ? next.error : undefined
    } catch (failure) {
      this.break(asInvalidAnswer(failure))
      return
    }
    if (good.length > 0) this.#receiver?.item(good)
    if (this.#observer.finished) this.#end()
    else if (error !== undefined) this.break(error)
  }

  conclude(): void {
    if (!this.#over) this.break(truncated())
  }

  break(error: GatewayError): void {
    if (this.#over) return
    this.#over = true
    this.#origin.stop(error)
    this.#receiver?.fail(error, false)
  }

  /** Nothing that comes behind the end of an answer can spoil it: not a hard close, not a word too many. */
  #end(): void {
    if (this.#over) return
    this.#over = true
    this.#receiver?.end()
    this.#origin.drain()
  }
}
