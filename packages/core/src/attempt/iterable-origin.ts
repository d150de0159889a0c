import type { GatewayError } from '../errors/gateway-error.ts'
import type { Parts } from './answer-flow.ts'
import { asInvalidAnswer } from './invalid-answer.ts'
import type { PartsIntake, PartsOrigin } from './parts-flow.ts'

/** Parts that are pulled from an iterable: the answer of a virtual backend. */
export function iterableOrigin(
  source: AsyncIterable<Parts>,
  /** The error that stands for what the iterable threw. */
  asError: (thrown: unknown) => GatewayError = asInvalidAnswer,
): PartsOrigin {
  return new IterableOrigin(source[Symbol.asyncIterator](), asError)
}

class IterableOrigin implements PartsOrigin {
  readonly #iterator: AsyncIterator<Parts>
  readonly #asError: (thrown: unknown) => GatewayError
  #paused = false
  #draining = false
  #wake: (() => void) | undefined

  constructor(iterator: AsyncIterator<Parts>, asError: (thrown: unknown) => GatewayError) {
    this.#iterator = iterator
    this.#asError = asError
  }

  begin(intake: PartsIntake): void {
    void this.#pump(intake)
  }

  pause(): void {
    this.#paused = true
  }

  resume(): void {
    this.#paused = false
    this.#wake?.()
    this.#wake = undefined
  }

  stop(): void {
    this.resume()
    void this.#close()
  }

  drain(): void {
    this.#draining = true
    this.resume()
  }

  async #pump(intake: PartsIntake): Promise<void> {
    try {
      while (!intake.over) {
        const next = await this.#iterator.next()
        if (next.done === true) return intake.conclude()
        intake.deliver(() => next.value)
        if (this.#paused) await this.#resumed()
      }
      if (this.#draining) await this.#runOut()
    } catch (error) {
      if (!intake.over) intake.break(this.#asError(error))
    }
  }

  #resumed(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve
    })
  }

  /** Lets the backend do what it does behind its answer. Whoever goes on answering is stopped. */
  async #runOut(): Promise<void> {
    const next = await this.#iterator.next()
    if (next.done !== true) await this.#close()
  }

  /** Complaints about being closed concern nobody: the answer is over. */
  async #close(): Promise<void> {
    try {
      await this.#iterator.return?.()
    } catch {}
  }
}
