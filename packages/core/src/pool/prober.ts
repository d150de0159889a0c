import type { Clock, Timer } from '../clock.ts'
import type { GatewayError } from '../errors/gateway-error.ts'
import type { CooldownRules } from './exclusion.ts'
import type { Target } from './target.ts'

/** Asks the provider whether a target works. Rejects or resolves with the failure if not; bounded in time. */
export type Probe = (target: Target) => Promise<GatewayError | undefined>

export interface ProberOptions {
  readonly clock: Clock
  readonly rules: CooldownRules
  readonly probe: Probe
  /** Whether the target is still there and still rejected: otherwise it is left alone. */
  readonly isNeeded: (target: Target) => boolean
  readonly onWorks: (target: Target) => void
  /** It still does not; the next probe comes after `nextMs`. */
  readonly onFails: (target: Target, nextMs: number) => void
}

/** Probes rejected targets until they work again, at distances that double. */
export class Prober {
  readonly #options: ProberOptions
  /** Targets that are waiting for a probe (with its timer) or are being probed. */
  readonly #watched = new Map<string, Timer | undefined>()
  #closed = false

  constructor(options: ProberOptions) {
    this.#options = options
  }

  /** Probes a target from now on. Does nothing for one that is being probed already. */
  watch(target: Target): void {
    if (!this.#watched.has(target.id)) this.#wait(target, this.#options.rules.probeMs)
  }

  close(): void {
    this.#closed = true
    for (const timer of this.#watched.values()) timer?.cancel()
    this.#watched.clear()
  }

  #wait(target: Target, ms: number): void {
    if (this.#closed) return
    const timer = this.#options.clock.after(ms, () => void this.#run(target, ms))
    this.#watched.set(target.id, timer)
  }

  async #run(target: Target, waited: number): Promise<void> {
    const { rules, isNeeded, onWorks, onFails } = this.#options
    this.#watched.set(target.id, undefined)
    const works = isNeeded(target) && (await this.#works(target))
    if (this.#closed) return
    this.#watched.delete(target.id)
    if (!isNeeded(target)) return
    if (works) {
      onWorks(target)
      return
    }
    const next = Math.min(waited * 2, rules.maxProbeMs)
    onFails(target, next)
    this.#wait(target, next)
  }

  async #works(target: Target): Promise<boolean> {
    try {
      return (await this.#options.probe(target)) === undefined
    } catch {
      return false
    }
  }
}
