import { type Clock, GatewayError, type Timer } from '@jackfield/core'

/** One limit at a time, on the host's clock. */
export class Deadline {
  readonly #clock: Clock
  readonly #expire: (error: GatewayError) => void
  #timer: Timer | undefined
  #ms = 0

  constructor(clock: Clock, expire: (error: GatewayError) => void) {
    this.#clock = clock
    this.#expire = expire
  }

  /** From now on this limit counts; `0`: none. */
  set(ms: number): void {
    this.#ms = ms
    this.progress()
  }

  /** The limit counts from now. */
  progress(): void {
    this.suspend()
    if (this.#ms === 0) return
    this.#timer = this.#clock.after(this.#ms, () =>
      this.#expire(new GatewayError('upstream_timeout', 'The provider took too long.')),
    )
  }

  suspend(): void {
    this.#timer?.cancel()
    this.#timer = undefined
  }
}
