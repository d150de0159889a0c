import { SlidingCount } from './sliding-count.ts'
import type { TargetUse } from './target-use.ts'

/** When a target that fails is left alone for longer than its back-off, and for how long. */
export interface BreakerRules {
  /** Failures in a row that open it. */
  readonly failures: number
  /** Share of the outcomes in the window, 0 to 1, above which it opens. */
  readonly failureRate: number
  /** Outcomes in the window below which the share means nothing. */
  readonly minimum: number
  /** `0`: only failures in a row count. */
  readonly windowMs: number
  /** For how long it opens; doubles whenever it opens again before a call has ended well. */
  readonly openMs: number
  readonly maxOpenMs: number
}

export const defaultBreakerRules: BreakerRules = {
  failures: 5,
  failureRate: 0.5,
  minimum: 10,
  windowMs: 30_000,
  openMs: 30_000,
  maxOpenMs: 300_000,
}

/** What people read as the reason of an exclusion. */
export const breakerOpen = 'breaker open'

/** When an outcome came, in monotonic milliseconds, and what holds then. */
export interface OutcomeContext {
  readonly at: number
  readonly rules: BreakerRules
}

/**
 * Counts how the uses of one target end. While it is open only a trial decides: what others see then is known already, and what
 * began before is old news.
 */
export class Breaker {
  #counts: { readonly ended: SlidingCount; readonly failed: SlidingCount } | undefined
  #inRow = 0
  /** Times that it opened since a call ended well. */
  #openings = 0
  #isOpen = false
  #openedEra = 0

  get isOpen(): boolean {
    return this.#isOpen
  }

  succeeded(use: TargetUse, { at, rules }: OutcomeContext): void {
    if (this.#isOpen || use.era < this.#openedEra) return
    this.#inRow = 0
    this.#openings = 0
    this.#count(rules).ended.add(at)
  }

  /** Returns the milliseconds for which it should open now; `undefined` where nothing changes. */
  failed(use: TargetUse, { at, rules }: OutcomeContext): number | undefined {
    if (use.era < this.#openedEra) return undefined
    if (this.#isOpen) return use.isTrial ? this.#duration(rules) : undefined
    this.#inRow += 1
    const { ended, failed } = this.#count(rules)
    ended.add(at)
    failed.add(at)
    const all = rules.windowMs > 0 ? ended.total(at) : 0
    const isTooMuch = all >= rules.minimum && failed.total(at) > rules.failureRate * all
    return isTooMuch || this.#inRow >= rules.failures ? this.#duration(rules) : undefined
  }

  /** It is open from now on. `era`: uses of an earlier one count no more. */
  open(era: number): void {
    this.#isOpen = true
    this.#openedEra = era
    this.#openings += 1
  }

  /** A trial got a meaningful answer. Only a call that ends well makes everything forgotten. */
  close(): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    this.#counts?.ended.clear()
    this.#counts?.failed.clear()
  }

  #duration({ openMs, maxOpenMs }: BreakerRules): number {
    return Math.min(openMs * 2 ** this.#openings, maxOpenMs)
  }

  #count({ windowMs }: BreakerRules) {
    if (this.#counts?.ended.windowMs !== windowMs) {
      this.#counts = { ended: new SlidingCount(windowMs), failed: new SlidingCount(windowMs) }
    }
    return this.#counts
  }
}
