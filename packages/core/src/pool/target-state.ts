import { BoundedMap } from '../bounded-map.ts'
import type { GatewayError } from '../errors/gateway-error.ts'
import { Breaker, breakerOpen } from './breaker.ts'
import { type CooldownRules, decisive, type Exclusion } from './exclusion.ts'
import type { TargetUse } from './target-use.ts'

/** Whether a target may be chosen for a model. `trial`: its exclusion ran out; one call at a time finds out. */
export type Availability = 'ready' | 'trial' | 'soft' | 'hard'

/** An exclusion and the model that it concerns; the empty text is for all models. */
export interface ModelExclusion {
  readonly model: string
  readonly exclusion: Exclusion
}

/** What holds when a use ends. */
export interface EndContext {
  /** Monotonic time. */
  readonly at: number
  readonly rules: CooldownRules
}

/** What the length of an exclusion depends on. */
export interface BlameContext extends EndContext {
  /** Milliseconds since the epoch. */
  readonly now: number
  readonly random: () => number
}

/** Models that one target may be excluded for at a time; the oldest is forgotten first. */
const maxModels = 1_000

/** Models come from clients: a name longer than any real one is not remembered. */
const maxModelLength = 256

/**
 * What a pool knows of one target. Kept by `Target.id`, so that it survives a reload. Exclusions are keyed by model; the
 * empty key is for all models.
 */
export class TargetState {
  inFlight = 0
  /** Pools that have the target at present. */
  holders = 0
  /** For all models, and for single ones. */
  #general: Entry | undefined
  readonly #models = new BoundedMap<string, Entry>(maxModels)
  readonly #breaker = new Breaker()
  /** Failures in a row without a hint; sets the length of the next back-off. */
  #failures = 0
  /** Rises with every exclusion and every failure that counts; and where it stood after the last such failure. */
  #era = 0
  #failedEra = 0
  #trial: TargetUse | undefined

  /** The exclusion that decides for a model, also after it ran out and until a trial succeeded. */
  exclusion(model: string, now: number): Exclusion | undefined {
    const general = this.#general?.exclusion
    if (this.#models.size === 0) return general
    return decisive(general, this.#models.get(model)?.exclusion, now)
  }

  /** Every exclusion that holds now. */
  exclusions(now: number): ModelExclusion[] {
    const general: [string, Entry][] = this.#general === undefined ? [] : [['', this.#general]]
    return [...general, ...this.#models]
      .map(([model, { exclusion }]) => ({ model, exclusion }))
      .filter(({ exclusion }) => exclusion.until > now)
  }

  availability(model: string, now: number): Availability {
    const exclusion = this.exclusion(model, now)
    if (exclusion === undefined) return 'ready'
    if (exclusion.until > now) return exclusion.kind
    if (this.#trial === undefined) return 'trial'
    // Nobody else may use a credential that was rejected before it is known to work.
    return exclusion.rejected === true ? 'hard' : 'soft'
  }

  /** A call starts. `trial`: it decides about the target's return. */
  start(trial: boolean): TargetUse {
    const use: TargetUse = { era: this.#era, isTrial: trial }
    this.inFlight += 1
    if (trial) this.#trial = use
    return use
  }

  /** A call ended, whichever way. */
  stop(use: TargetUse): void {
    this.inFlight -= 1
    this.#endTrial(use)
  }

  /**
   * A call got a meaningful answer: what was held against the target when the call began is forgotten. Returns the models
   * that it is back for.
   */
  worked(use: TargetUse, model: string): readonly string[] {
    this.#endTrial(use)
    if (this.#general === undefined && this.#models.size === 0) return noModels
    const keys = model === '' ? [''] : ['', model]
    return keys.filter((key) => {
      const entry = this.#entry(key)
      return entry !== undefined && entry.era <= use.era && this.heal(key)
    })
  }

  /** A call ended well: the next failure is the first in a row. */
  succeeded(use: TargetUse, { at, rules: { breaker: rules } }: EndContext): void {
    if (use.era >= this.#failedEra) this.#failures = 0
    if (rules !== undefined) this.#breaker.succeeded(use, { at, rules })
  }

  /** Remembers a failure. Returns what follows from it, if anything does that did not hold already. */
  blame(
    use: TargetUse,
    { error, model }: { readonly error: GatewayError; readonly model: string },
    context: BlameContext,
  ): ModelExclusion | undefined {
    if (countsAsFailure(error)) this.#count(use)
    const exclusion = this.#exclusionFor(use, error, context)
    if (exclusion === undefined) return undefined
    const key = error.policy.cools.startsWith('target-model') ? model : ''
    if (this.exclude(key, exclusion, context.now)) return { model: key, exclusion }
    // Something stronger holds, and what follows it is a trial all the same.
    if (exclusion.reason === breakerOpen) this.#openBreaker()
    return undefined
  }

  /** Takes an exclusion over, unless a stronger one holds. Returns whether it did. */
  exclude(model: string, exclusion: Exclusion, now: number): boolean {
    if (model.length > maxModelLength) return false
    const present = this.#entry(model)?.exclusion
    if (present !== undefined && present.until > now) {
      if (decisive(present, exclusion, now) === present) return false
    }
    this.#era += 1
    if (exclusion.reason === breakerOpen) this.#openBreaker()
    const entry = { exclusion, era: this.#era }
    if (model === '') this.#general = entry
    else this.#models.set(model, entry)
    return true
  }

  /** Takes an exclusion back. Returns whether there was one. */
  heal(model: string): boolean {
    if (model !== '') return this.#models.delete(model)
    const present = this.#general !== undefined
    this.#general = undefined
    this.#breaker.close()
    return present
  }

  /** While the breaker is open a failure adds nothing to it. */
  #exclusionFor(use: TargetUse, error: GatewayError, context: BlameContext): Exclusion | undefined {
    const { at, now, rules } = context
    if (rules.breaker !== undefined && isTrouble(error)) {
      const openMs = this.#breaker.failed(use, { at, rules: rules.breaker })
      if (openMs !== undefined) return { kind: 'soft', until: now + openMs, reason: breakerOpen }
      if (this.#breaker.isOpen) return undefined
    }
    return exclusionFor(error, this.#failures, context)
  }

  #openBreaker(): void {
    this.#era += 1
    this.#breaker.open(this.#era)
  }

  #entry(model: string): Entry | undefined {
    return model === '' ? this.#general : this.#models.get(model)
  }

  /** Calls that were under way together fail together: the first of them counts. */
  #count(use: TargetUse): void {
    if (this.#failures > 0 && use.era < this.#failedEra) return
    this.#failures += 1
    this.#era += 1
    this.#failedEra = this.#era
  }

  #endTrial(use: TargetUse): void {
    if (this.#trial === use) this.#trial = undefined
  }
}

interface Entry {
  readonly exclusion: Exclusion
  readonly era: number
}

const noModels: readonly string[] = []

function isHint(ms: number | undefined): ms is number {
  return ms !== undefined && ms >= 0
}

/** Whether the provider is in trouble and says nothing about its end: what a breaker is for. */
function isTrouble(error: GatewayError): boolean {
  return error.policy.cools === 'target' && !isHint(error.retryAfterMs)
}

/** Whether only our own back-off answers this failure. */
function countsAsFailure(error: GatewayError): boolean {
  const { cools } = error.policy
  return (cools === 'target' || cools === 'target-model') && !isHint(error.retryAfterMs)
}

function exclusionFor(
  error: GatewayError,
  failures: number,
  { now, rules, random }: BlameContext,
): Exclusion | undefined {
  const reason = error.code
  const hint = error.retryAfterMs
  const { cools } = error.policy
  switch (cools) {
    case 'nothing':
      return undefined
    case 'target-disabled':
      return { kind: 'hard', until: now + rules.rejectedMs, reason, rejected: true }
    case 'target-model-long':
      return { kind: 'soft', until: now + rules.modelMs, reason }
    case 'target-long':
    case 'target-model':
    case 'target':
      if (isHint(hint)) {
        return { kind: 'hard', until: now + Math.min(hint, rules.maxHintMs), reason }
      }
      if (cools === 'target-long') return { kind: 'soft', until: now + rules.quotaMs, reason }
      return { kind: 'soft', until: now + backOff(failures, rules, random), reason }
    default:
      return cools satisfies never
  }
}

function backOff(failures: number, rules: CooldownRules, random: () => number): number {
  const steps = Math.max(failures, 1) - 1
  return Math.min(rules.baseMs * 2 ** steps, rules.maxMs) * (0.8 + 0.4 * random())
}
