import type { GatewayError } from '../errors/gateway-error.ts'
import { type CooldownRules, type Exclusion, stronger } from './exclusion.ts'

/** Whether a target may be chosen for a model. `trial`: its exclusion ran out; one call at a time finds out. */
export type Availability = 'ready' | 'trial' | 'soft' | 'hard'

/**
 * What a pool knows of one target. Kept by `Target.id`, so that it survives a reload. `exclusions` are keyed by model;
 * the empty key is for all models.
 */
export class TargetState {
  inFlight = 0
  readonly #exclusions = new Map<string, Exclusion>()
  /** Failures in a row without a hint; sets the length of the next back-off. */
  #failures = 0
  #trial = false

  /** The exclusion that decides for a model, also after it ran out and until a trial succeeded. */
  exclusion(model: string): Exclusion | undefined {
    const general = this.#exclusions.get('')
    const specific = this.#exclusions.get(model)
    if (general === undefined) return specific
    return specific === undefined ? general : stronger(specific, general)
  }

  availability(model: string, now: number): Availability {
    const exclusion = this.exclusion(model)
    if (exclusion === undefined) return 'ready'
    if (exclusion.until > now) return exclusion.kind
    return this.#trial ? 'soft' : 'trial'
  }

  /** A call starts. Returns whether it is the trial that decides about the target's return. */
  start(trial: boolean): void {
    this.inFlight += 1
    if (trial) this.#trial = true
  }

  /** A call ended, whichever way. */
  stop(trial: boolean): void {
    this.inFlight -= 1
    if (trial) this.#trial = false
  }

  /** It works: everything that was held against it for this model is forgotten. */
  heal(model: string): boolean {
    this.#failures = 0
    const model_ = this.#exclusions.delete(model)
    return this.#exclusions.delete('') || model_
  }

  /** Remembers a failure. Returns the model key and exclusion that follow from it, if any. */
  blame(
    error: GatewayError,
    model: string,
    context: { readonly now: number; readonly rules: CooldownRules; readonly random: () => number },
  ): { readonly key: string; readonly exclusion: Exclusion } | undefined {
    const exclusion = this.#exclusionFor(error, context)
    if (exclusion === undefined) return undefined
    const key =
      error.policy.cools === 'target-model' || error.code === 'upstream_rate_limited' ? model : ''
    this.exclude(key, exclusion)
    return { key, exclusion }
  }

  exclude(key: string, exclusion: Exclusion): void {
    this.#exclusions.set(key, exclusion)
    if (this.#exclusions.size > maxModels) this.#exclusions.delete(firstKey(this.#exclusions))
  }

  #exclusionFor(
    error: GatewayError,
    {
      now,
      rules,
      random,
    }: { readonly now: number; readonly rules: CooldownRules; readonly random: () => number },
  ): Exclusion | undefined {
    const reason = error.code
    const hint = error.retryAfterMs
    switch (error.policy.cools) {
      case 'nothing':
        return undefined
      case 'target-disabled':
        return { kind: 'hard', until: now + rules.rejectedMs, reason, rejected: true }
      case 'target-model':
        return { kind: 'soft', until: now + rules.modelMs, reason }
      default:
    }
    if (hint !== undefined) {
      return { kind: 'hard', until: now + Math.min(hint, rules.maxHintMs), reason }
    }
    if (error.policy.cools === 'target-long') {
      return { kind: 'soft', until: now + rules.quotaMs, reason }
    }
    this.#failures += 1
    const backOff = Math.min(rules.baseMs * 2 ** (this.#failures - 1), rules.maxMs)
    return { kind: 'soft', until: now + backOff * (0.8 + 0.4 * random()), reason }
  }
}

/** Models that one target may be excluded for at a time; the oldest is forgotten first. */
const maxModels = 1_000

function firstKey(map: ReadonlyMap<string, unknown>): string {
  return map.keys().next().value ?? ''
}
