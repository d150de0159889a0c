import type { Clock, Timeouts, Timer } from '@jackfield/core'

/** The limit that was reached, as operators write it below `timeouts`. */
export type Limit = 'connect' | 'first_byte' | 'idle' | 'total'

/**
 * The time limits of one request, on one timer. The timer is armed for the shortest limit and finds out when it fires
 * what the request is waiting for, so that a call that stays within its limits costs one timer however many chunks come.
 */
export class Deadlines {
  readonly #clock: Clock
  readonly #timeouts: Timeouts
  readonly #expire: (limit: Limit, ms: number) => void
  #phase: Exclude<Limit, 'total'> = 'connect'
  /** Monotonic time from which the phase's limit counts. */
  #since: number
  #sentAt: number | undefined
  #whole: boolean
  #suspended = false
  #timer: Timer | undefined

  /** `whole`: the answer is expected in one piece, so that the total limit holds. Starts with connecting. */
  constructor(
    clock: Clock,
    timeouts: Timeouts,
    options: {
      readonly whole: boolean
      readonly expire: (limit: Limit, ms: number) => void
    },
  ) {
    this.#clock = clock
    this.#timeouts = timeouts
    this.#expire = options.expire
    this.#whole = options.whole
    this.#since = clock.monotonic()
    this.#arm(this.#since)
  }

  /** The connection stands and the request goes out: the first byte is awaited. */
  sent(): void {
    this.#phase = 'first_byte'
    this.#since = this.#clock.monotonic()
    this.#sentAt = this.#since
  }

  /** The answer's head is there; from now on its bytes are awaited. */
  answered(whole: boolean): void {
    this.#phase = 'idle'
    this.#whole = whole
    this.#suspended = false
    this.#since = this.#clock.monotonic()
  }

  /** Something moved: the phase's limit counts from now. */
  progress(): void {
    this.#since = this.#clock.monotonic()
  }

  /** What happens next is not up to the upstream. The total limit goes on. */
  suspend(): void {
    this.#suspended = true
  }

  resume(): void {
    this.#suspended = false
    this.progress()
  }

  stop(): void {
    this.#timer?.cancel()
    this.#timer = undefined
  }

  #arm(now: number): void {
    const wait = Math.min(this.#phaseLeft(now), this.#totalLeft(now), this.#shortestLimit())
    if (wait === Number.POSITIVE_INFINITY) return
    this.#timer = this.#clock.after(Math.max(1, Math.ceil(wait)), () => this.#check())
  }

  #check(): void {
    this.#timer = undefined
    const now = this.#clock.monotonic()
    if (this.#phaseLeft(now) <= 0) this.#expire(this.#phase, this.#phaseLimit())
    else if (this.#totalLeft(now) <= 0) this.#expire('total', this.#timeouts.totalMs)
    else this.#arm(now)
  }

  #phaseLeft(now: number): number {
    const limit = this.#phaseLimit()
    if (this.#suspended || limit === 0) return Number.POSITIVE_INFINITY
    return limit - (now - this.#since)
  }

  #totalLeft(now: number): number {
    const { totalMs } = this.#timeouts
    if (!this.#whole || totalMs === 0 || this.#sentAt === undefined) return Number.POSITIVE_INFINITY
    return totalMs - (now - this.#sentAt)
  }

  /** No phase that is still to come can end sooner than after this time. */
  #shortestLimit(): number {
    const { connectMs, firstByteMs, idleMs, totalMs } = this.#timeouts
    const later = Math.min(orForever(firstByteMs), orForever(idleMs), orForever(totalMs))
    return this.#phase === 'connect' ? Math.min(orForever(connectMs), later) : later
  }

  #phaseLimit(): number {
    switch (this.#phase) {
      case 'connect':
        return this.#timeouts.connectMs
      case 'first_byte':
        return this.#timeouts.firstByteMs
      case 'idle':
        return this.#timeouts.idleMs
    }
  }
}

function orForever(ms: number): number {
  return ms === 0 ? Number.POSITIVE_INFINITY : ms
}
