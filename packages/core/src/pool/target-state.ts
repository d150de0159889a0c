import type { GatewayError } from '../errors/gateway-error.ts'
import { type CooldownRules, type Exclusion, stronger } from './exclusion.ts'

/** Whether a target may be chosen for a model. `trial`: its exclusion ran out; one call at a time finds out. */
export type Availability = 'ready' | 'trial' | 'soft' | 'hard'

/** One use of a target. */
export interface TargetUse {
  /** Place in the order of everything that happens to the target: what a use tells is about what came before it. */
  readonly order: number
  /** Whether it decides about the target's return. */
  readonly trial: boolean
}

/** What a failure is judged with. */
export interface BlameContext {
  readonly now: number
  readonly rules: CooldownRules
  readonly random: () => number
  /** Whether a probe will tell when a rejected credential works again. */
  readonly probed: boolean
}

interface Held {
  readonly exclusion: Exclusion
  readonly order: number
}

/**
 * What a pool knows of one target. Kept by `Target.id`, so that it survives a reload. `exclusions` are keyed by model;
 * the empty key is for all models.
 */
export class TargetState {
  inFlight = 0
  readonly #exclusions = new Map<string, Held>()
  #order = 0
  /** Failures in a row without a hint; sets the length of the next back-off. */
  #failures = 0
  #lastFailure = 0
  #trial = false

  /** The exclusion that decides for a model, also after it ran out and until a trial succeeded. */
  exclusion(model: string, now: number): Exclusion | undefined {
    const general = this.#exclusions.get('')?.exclusion
    const specific = this.#exclusions.get(model)?.exclusion
    if (general === undefined || specific === undefined) return general ?? specific
    if (general.until > now && specific.until > now) return stronger(specific, general)
    return general.until > now ? general : specific
  }

  availability(model: string, now: number): Availability {
    const exclusion = this.exclusion(model, now)
    if (exclusion === undefined) return 'ready'
    if (exclusion.until > now) return exclusion.kind
    if (!this.#trial) return 'trial'
    return exclusion.rejected === true ? 'hard' : 'soft'
  }

  /** A call starts. */
  start(trial: boolean): TargetUse {
    this.inFlight += 1
    if (trial) this.#trial = true
    return { order: this.#next(), trial }
  }

  /** A call ended, whichever way. */
  stop({ trial }: TargetUse): void {
    this.inFlight -= 1
    if (trial) this.#trial = false
  }

  /**
   * It works: what was held against it for this model before the use began is forgotten. An answer that had begun
   * earlier proves nothing. Returns the keys of what is forgotten.
   */
  heal(model: string, since = Number.POSITIVE_INFINITY): readonly string[] {
    if (since > this.#lastFailure) this.#failures = 0
    return [...new Set(['', model])].filter((key) => {
      const held = this.#exclusions.get(key)
      return held !== undefined && held.order < since && this.#exclusions.delete(key)
    })
  }

  /** Remembers the failure of a use. Returns the model key and the exclusion that now holds, if any follows. */
  blame(
    error: GatewayError,
    model: string,
    context: BlameContext & { readonly since: number },
  ): { readonly key: string; readonly exclusion: Exclusion } | undefined {
    const exclusion = this.#exclusionFor(error, context)
    if (exclusion === undefined) return undefined
    const key =
      error.policy.cools === 'target-model' || error.code === 'upstream_rate_limited' ? model : ''
    return { key, exclusion: this.exclude(key, exclusion, context.now) }
  }

  /** Excludes it, unless a stronger exclusion holds. Returns the one that holds. */
  exclude(key: string, exclusion: Exclusion, now: number): Exclusion {
    const present = this.#exclusions.get(key)?.exclusion
    const active = present !== undefined && present.until > now ? present : undefined
    const holds = stronger(active, exclusion)
    this.#exclusions.delete(key)
    this.#exclusions.set(key, { exclusion: holds, order: this.#next() })
    this.#forgetOldest()
    return holds
  }

  /** Ends one exclusion. Returns whether there was one. */
  readmit(key: string): boolean {
    return this.#exclusions.delete(key)
  }

  #next(): number {
    this.#order += 1
    return this.#order
  }

  #forgetOldest(): void {
    if (this.#exclusions.size <= maxExclusions) return
    for (const key of this.#exclusions.keys()) {
      if (key === '') continue
      this.#exclusions.delete(key)
      return
    }
  }

  #exclusionFor(
    error: GatewayError,
    context: BlameContext & { readonly since: number },
  ): Exclusion | undefined {
    const { now, rules, probed } = context
    const reason = error.code
    const hint = error.retryAfterMs
    const { cools } = error.policy
    if (cools === 'nothing') return undefined
    if (cools === 'target-disabled') {
      const until = probed ? Number.POSITIVE_INFINITY : now + rules.rejectedMs
      return { kind: 'hard', until, reason, rejected: true }
    }
    if (cools === 'target-model') return { kind: 'soft', until: now + rules.modelMs, reason }
    if (hint !== undefined) {
      return { kind: 'hard', until: now + Math.min(hint, rules.maxHintMs), reason }
    }
    const own = cools === 'target-long' ? rules.quotaMs : this.#backOff(context)
    return { kind: 'soft', until: now + own, reason }
  }

  /** Longer with every failure in a row. Calls that were under way together when it broke count as one. */
  #backOff({ rules, random, since }: BlameContext & { readonly since: number }): number {
    if (since > this.#lastFailure || this.#failures === 0) {
      this.#failures += 1
      this.#lastFailure = this.#next()
    }
    const plain = Math.min(rules.baseMs * 2 ** (this.#failures - 1), rules.maxMs)
    return plain * (0.8 + 0.4 * random())
  }
}

/** Exclusions that one target may have at a time; the oldest of a model is forgotten first. */
const maxExclusions = 1_000
