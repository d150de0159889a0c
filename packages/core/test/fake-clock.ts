import type { Clock, Timer } from '../src/clock.ts'

interface Pending {
  readonly at: number
  readonly callback: () => void
}

/** Some moment, so that a mix-up of the two clocks shows. */
const epoch = 1_800_000_000_000

/** Time that stands still until a test moves it. */
export class FakeClock implements Clock {
  readonly #pending = new Set<Pending>()
  #elapsed = 0

  now(): number {
    return epoch + this.#elapsed
  }

  monotonic(): number {
    return this.#elapsed
  }

  after(ms: number, callback: () => void): Timer {
    const pending = { at: this.#elapsed + ms, callback }
    this.#pending.add(pending)
    return { cancel: () => this.#pending.delete(pending) }
  }

  /** Timers that have neither run nor been cancelled. */
  get timers(): number {
    return this.#pending.size
  }

  /** Lets time pass: runs every timer at its time, and lets promises settle before and after each. */
  async advance(ms: number): Promise<void> {
    const end = this.#elapsed + ms
    await settle()
    for (let next = this.#next(end); next !== undefined; next = this.#next(end)) {
      this.#elapsed = Math.max(this.#elapsed, next.at)
      this.#pending.delete(next)
      next.callback()
      await settle()
    }
    this.#elapsed = end
  }

  #next(end: number): Pending | undefined {
    return [...this.#pending]
      .filter(({ at }) => at <= end)
      .reduce<Pending | undefined>(
        (first, one) => (first === undefined || one.at < first.at ? one : first),
        undefined,
      )
  }
}

/** Lets everything run that waits for promises only. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}
