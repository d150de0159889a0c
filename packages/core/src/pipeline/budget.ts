import type { Clock } from '../clock.ts'
import type { CallLimits } from '../config.ts'
import type { GatewayError } from '../errors/gateway-error.ts'

/** Targets that one call may cool, so that a poisonous request cannot take a whole pool out. */
const maxCooled = 2

/** What one call may spend on attempts, together with all calls that virtual backends make for it. */
export class Budget {
  readonly #clock: Clock
  readonly #limits: CallLimits
  readonly #started: number
  readonly #cooled: string[] = []
  #tries = 0

  constructor(clock: Clock, limits: CallLimits) {
    this.#clock = clock
    this.#limits = limits
    this.#started = clock.monotonic()
  }

  get tries(): number {
    return this.#tries
  }

  get spent(): boolean {
    return this.#tries >= this.#limits.maxTries || this.#remainingMs() <= 0
  }

  /** Counts an attempt and returns its number. */
  take(): number {
    this.#tries += 1
    return this.#tries
  }

  /** Whether there is time for a wait, and patience. */
  allowsWait(ms: number): boolean {
    return ms <= this.#limits.maxWaitMs && ms < this.#remainingMs()
  }

  /** Whether a failure may still cool its target. A rejected credential always may: no request can fake one. */
  mayCool(targetId: string, error: GatewayError): boolean {
    const { cools } = error.policy
    if (cools === 'nothing' || cools === 'target-disabled') return true
    if (this.#cooled.includes(targetId)) return true
    if (this.#cooled.length >= maxCooled) return false
    this.#cooled.push(targetId)
    return true
  }

  #remainingMs(): number {
    if (this.#limits.maxAttemptsMs === 0) return Number.POSITIVE_INFINITY
    return this.#limits.maxAttemptsMs - (this.#clock.monotonic() - this.#started)
  }
}
