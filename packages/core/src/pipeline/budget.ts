import type { Clock } from '../clock.ts'
import type { CallLimits } from '../config.ts'
import type { GatewayError } from '../errors/gateway-error.ts'
import type { Route } from '../outcome.ts'

/** Targets that one call may cool, so that a poisonous request cannot take a whole pool out. */
const maxCooled = 2

/** What a call and all calls that virtual backends make for it have spent. */
interface Ledger {
  attempts: number
  tries: number
  /** Answers with nothing in them that were not delivered. */
  empties: number
  readonly cooled: string[]
}

/** How the calls of a virtual backend share the budget of the call that they belong to. */
interface Share {
  readonly parent: Budget
  /** Tries that they leave to others. */
  readonly reserve: number
}

/** What one call may spend on attempts, together with all calls that virtual backends make for it. */
export class Budget {
  readonly #clock: Clock
  readonly #limits: CallLimits
  readonly #ledger: Ledger
  readonly #started: number
  readonly #reserve: number
  /** A call that a virtual backend makes may begin whenever that asks for it: only what repeats it can come too late. */
  #isInTime: boolean

  constructor(clock: Clock, limits: CallLimits, share?: Share) {
    this.#clock = clock
    this.#limits = limits
    this.#isInTime = share !== undefined
    if (share === undefined) {
      this.#ledger = { attempts: 0, tries: 0, empties: 0, cooled: [] }
      this.#started = clock.monotonic()
      this.#reserve = 0
    } else {
      this.#ledger = share.parent.#ledger
      this.#started = share.parent.#started
      this.#reserve = share.parent.#reserve + share.reserve
    }
  }

  /** The same budget for a call that a virtual backend makes, which leaves some tries to those that it makes later. */
  share(reserve: number): Budget {
    return new Budget(this.#clock, this.#limits, { parent: this, reserve })
  }

  /** Attempts so far, those of virtual backends too. */
  get attempts(): number {
    return this.#ledger.attempts
  }

  get spent(): boolean {
    if (this.#ledger.tries + this.#reserve >= this.#limits.maxTries) return true
    return !this.#isInTime && this.#remainingMs() <= 0
  }

  /** Counts an attempt and returns its number. What a virtual backend does is no try: the calls are that it makes. */
  take(way: Route['way']): number {
    this.#ledger.attempts += 1
    if (way !== 'virtual') this.#ledger.tries += 1
    this.#isInTime = false
    return this.#ledger.attempts
  }

  /** Whether there is time for a wait, and patience. */
  allowsWait(ms: number): boolean {
    return ms <= this.#limits.maxWaitMs && ms < this.#remainingMs()
  }

  /** Whether an answer with nothing in it is worth another try. Counts it then. */
  refuseEmpty(): boolean {
    if (this.spent || this.#ledger.empties >= this.#limits.retryEmptyAnswers) return false
    this.#ledger.empties += 1
    return true
  }

  /** Whether a failure may still cool its target. A rejected credential always may: no request can fake one. */
  mayCool(targetId: string, error: GatewayError): boolean {
    const { cools } = error.policy
    if (cools === 'nothing' || cools === 'target-disabled') return true
    const { cooled } = this.#ledger
    if (cooled.includes(targetId)) return true
    if (cooled.length >= maxCooled) return false
    cooled.push(targetId)
    return true
  }

  #remainingMs(): number {
    if (this.#limits.maxAttemptsMs === 0) return Number.POSITIVE_INFINITY
    return this.#limits.maxAttemptsMs - (this.#clock.monotonic() - this.#started)
  }
}
