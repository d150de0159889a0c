import type { Clock } from '../clock.ts'
import { SlidingCount } from './sliding-count.ts'

/** How many attempts a provider in trouble gets besides the first ones of its calls. */
export interface RetryRules {
  /** Share of the calls that began in the window. */
  readonly ratio: number
  /** What is allowed in any case. */
  readonly minimum: number
  readonly windowMs: number
}

export const defaultRetryRules: RetryRules = { ratio: 0.2, minimum: 10, windowMs: 10_000 }

/**
 * Keeps retries from multiplying the load of a backend that fails under it. First attempts are never refused, and attempts that
 * have another reason than trouble (a rejected key, a limit that is reached, a model that is lacking) are not counted.
 */
export class RetryBudget {
  readonly #clock: Clock
  readonly #rules: RetryRules
  readonly #calls: SlidingCount
  readonly #retries: SlidingCount

  constructor(clock: Clock, rules: RetryRules) {
    this.#clock = clock
    this.#rules = rules
    this.#calls = new SlidingCount(rules.windowMs)
    this.#retries = new SlidingCount(rules.windowMs)
  }

  /** Whether one more retry may start now. */
  get allows(): boolean {
    const now = this.#clock.monotonic()
    const { ratio, minimum } = this.#rules
    const limit = Math.max(minimum, ratio * this.#calls.total(now))
    return this.#retries.total(now) + 1 <= limit
  }

  /** A call makes its first attempt here. */
  began(): void {
    this.#calls.add(this.#clock.monotonic())
  }

  /** A retry starts. */
  spend(): void {
    this.#retries.add(this.#clock.monotonic())
  }
}
