import type { Clock, Timer } from '../clock.ts'
import type { Target } from './target.ts'

/** Milliseconds between two probes of a rejected target: doubles from the first to the second. */
const delays = { first: 60_000, longest: 600_000 } as const

export interface ProberOptions {
  readonly clock: Clock
  /** Asks the provider whether the credential works again: resolves to a failure, or to nothing. May reject. */
  readonly probe: (target: Target) => Promise<unknown>
  /** Whether the answer still matters: asked before every probe. */
  readonly isWanted: (target: Target) => boolean
  readonly onWorks: (target: Target) => void
}

/** Asks again and again, ever more rarely, whether targets with a rejected credential work. */
export class Prober {
  readonly #options: ProberOptions
  /** Targets that are watched; with a timer except while their probe runs. */
  readonly #watched = new Map<string, Timer | undefined>()
  #closed = false

  constructor(options: ProberOptions) {
    this.#options = options
  }

  /** Starts probing, unless it has been started already. */
  watch(target: Target): void {
    if (!this.#watched.has(target.id)) this.#later(target, delays.first)
  }

  close(): void {
    this.#closed = true
    for (const timer of this.#watched.values()) timer?.cancel()
    this.#watched.clear()
  }

  #later(target: Target, delay: number): void {
    if (this.#closed) return
    const timer = this.#options.clock.after(delay, () => void this.#ask(target, delay))
    this.#watched.set(target.id, timer)
  }

  async #ask(target: Target, delay: number): Promise<void> {
    this.#watched.set(target.id, undefined)
    const works = this.#options.isWanted(target) && (await this.#works(target))
    if (this.#closed) return
    if (!works && this.#options.isWanted(target)) {
      this.#later(target, Math.min(delay * 2, delays.longest))
      return
    }
    this.#watched.delete(target.id)
    if (works) this.#options.onWorks(target)
  }

  async #works(target: Target): Promise<boolean> {
    try {
      return (await this.#options.probe(target)) === undefined
    } catch {
      // A probe that fails for whatever reason says that the target does not work yet.
      return false
    }
  }
}
