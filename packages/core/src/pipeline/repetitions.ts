import type { GatewayError } from '../errors/gateway-error.ts'
import type { PreparedLeaf } from './prepared-leaf.ts'

/** Milliseconds of our own back-off before the same target is used again, without a hint. */
const backOff = { no: 0, refresh: 0, once: 100, delay: 500 } as const

/** Repetitions on one target, by what the error table allows. */
const maxRepeats = { no: 0, refresh: 0, once: 1, delay: 2 } as const

interface Repetition {
  readonly leaf: PreparedLeaf
  readonly targetId: string
  /** Monotonic time from which it may happen. */
  readonly at: number
}

/** The targets that a call may use again, and from when on. */
export class Repetitions {
  readonly #random: () => number
  readonly #due: Repetition[] = []
  readonly #counts = new Map<string, number>()

  constructor(random: () => number) {
    this.#random = random
  }

  /** Notes a repetition after a failure, if the error table allows one more. */
  allow(
    leaf: PreparedLeaf,
    targetId: string,
    { error, now }: { readonly error: GatewayError; readonly now: number },
  ): void {
    const { retry } = error.policy
    const key = `${leaf.instance.name} ${targetId}`
    const count = this.#counts.get(key) ?? 0
    if (error.final === true || count >= maxRepeats[retry]) return
    this.#counts.set(key, count + 1)
    const jitter = 0.8 + 0.4 * this.#random()
    const hint = error.retryAfterMs
    const own = Math.round(backOff[retry] * 2 ** count * jitter)
    const wait = hint !== undefined && hint >= 0 ? hint : own
    this.#due.push({ leaf, targetId, at: now + wait })
  }

  /** Milliseconds until the first of them; infinite when there is none. */
  nextIn(now: number): number {
    return Math.max(0, (this.#next()?.at ?? Number.POSITIVE_INFINITY) - now)
  }

  /** Gives the first target back to its leaf, if its time has come, to the millisecond. */
  release(now: number): void {
    const next = this.#next()
    if (next === undefined || next.at - now >= 1) return
    this.#due.splice(this.#due.indexOf(next), 1)
    next.leaf.used.splice(next.leaf.used.indexOf(next.targetId), 1)
  }

  #next(): Repetition | undefined {
    let first: Repetition | undefined
    for (const repetition of this.#due) {
      if (repetition.leaf.exhausted) continue
      if (first === undefined || repetition.at < first.at) first = repetition
    }
    return first
  }
}
