import type { Clock } from '../clock.ts'
import type { GatewayError } from '../errors/gateway-error.ts'
import { type Logger, silentLogger } from '../log.ts'
import { AffinityTable } from './affinity.ts'
import { type CooldownRules, defaultCooldownRules, type Exclusion } from './exclusion.ts'
import { Prober } from './prober.ts'
import type { ExclusionChange, ExclusionExchange } from './shared-exclusions.ts'
import type { CallFeatures, Candidate, PlacementEvent, Strategy } from './strategy.ts'
import type { Target, TargetSource } from './target.ts'
import { TargetState, type TargetUse } from './target-state.ts'

/** What a pool tells about a target that changed. */
export interface TargetChange {
  readonly target: Target
  readonly state: 'ready' | 'cooling' | 'down'
  /** The model that it concerns; absent: all. */
  readonly model?: string
  readonly exclusion?: Exclusion
}

export interface PoolOptions {
  readonly source: TargetSource
  readonly strategy: Strategy
  readonly affinity: 'none' | 'soft'
  readonly clock: Clock
  readonly random: () => number
  /** States by `Target.id`, shared by all pools of the gateway and kept over reloads. */
  readonly states: Map<string, TargetState>
  readonly rules?: CooldownRules
  /** Asks the provider whether a rejected credential works again. Without it a call tries. */
  readonly probe?: (target: Target) => Promise<GatewayError | undefined>
  /** What other replicas decide, and hear. Absent: this pool is on its own. */
  readonly exchange?: ExclusionExchange
  readonly log?: Logger
  readonly onChange: (change: TargetChange) => void
}

/** What a call asks of a pool. */
export interface SelectOptions extends CallFeatures {
  /** Only the target of this name. */
  readonly targetName?: string
  /** Ids of targets that this call has used already. */
  readonly tried: ReadonlySet<string>
  /** Use a softly excluded target if no other is left. */
  readonly allowSoft: boolean
}

/** A target in use. Exactly one `release` ends it. */
export interface TargetLease {
  readonly target: Target
  /** The first meaningful part came. */
  firstPart(): void
  /** Ends the use. `blame: false`: the call has cooled enough targets already. */
  release(result: 'done' | 'cancelled' | GatewayError, options?: { readonly blame: boolean }): void
}

/** Why no target could be chosen. */
export interface Unavailable {
  /** Sentence pieces for people, one per target that was left out. */
  readonly reasons: readonly string[]
  /** Names of targets whose credential was rejected. */
  readonly rejected: readonly string[]
  /** Milliseconds until the first exclusion by a provider's hint is over. A rejected credential has no such end. */
  readonly retryAfterMs?: number
  /** Whether a softly excluded target would be left. */
  readonly soft: boolean
}

export type Selection = { readonly lease: TargetLease } | { readonly unavailable: Unavailable }

/**
 * The one balancing mechanism: chooses among a backend's targets, counts what is in flight, excludes what failed and
 * lets it come back by one trial at a time.
 */
export class Pool {
  readonly #options: PoolOptions
  readonly #rules: CooldownRules
  readonly #affinity = new AffinityTable()
  readonly #prober: Prober | undefined
  readonly #log: Logger
  readonly #endings: (() => void)[] = []
  /** Ids of targets whose shared exclusions were asked for. */
  readonly #recalled = new Set<string>()

  constructor(options: PoolOptions) {
    this.#options = options
    this.#rules = options.rules ?? defaultCooldownRules
    this.#log = options.log ?? silentLogger
    this.#prober = this.#createProber(options)
    this.#endings.push(options.source.subscribe((targets) => this.#adopt(targets)))
    if (options.exchange !== undefined) {
      this.#endings.push(options.exchange.subscribe((change) => this.#follow(change)))
    }
    this.#adopt(options.source.current())
  }

  /** Chooses a target for a call and counts it as in flight. */
  select(options: SelectOptions): Selection {
    const now = this.#options.clock.now()
    const groups = this.#group(options, now)
    const eligible = [...groups.ready, ...groups.trial]
    const chosen =
      this.#sticky(eligible, options) ??
      (eligible.length > 0 ? this.#options.strategy.choose(eligible, options) : undefined) ??
      (options.allowSoft ? this.#firstToRecover(groups.soft, options.model) : undefined)
    if (chosen === undefined) return { unavailable: this.#explain(options, now) }
    return { lease: this.#lease(chosen, options, groups.trial.includes(chosen)) }
  }

  /** State of every target now, for people. */
  health(): readonly {
    readonly target: Target
    readonly inFlight: number
    readonly exclusion?: Exclusion
  }[] {
    const now = this.#options.clock.now()
    return this.#options.source.current().map((target) => {
      const state = this.#state(target)
      const exclusion = state.exclusion('', now)
      const active = exclusion !== undefined && exclusion.until > now
      return { target, inFlight: state.inFlight, ...(active ? { exclusion } : {}) }
    })
  }

  /** Excludes a target on the word of another replica or an operator; the empty model is for all models. */
  exclude(targetId: string, model: string, exclusion: Exclusion): void {
    this.#follow({ targetId, model, exclusion })
  }

  /** Ends timers and subscriptions. Targets in use can still be released. */
  close(): void {
    this.#prober?.close()
    for (const end of this.#endings.splice(0)) end()
  }

  #createProber({ probe, clock }: PoolOptions): Prober | undefined {
    if (probe === undefined) return undefined
    return new Prober({
      clock,
      probe: async (target) => await probe(target),
      isWanted: (target) => this.#knows(target.id) && this.#awaitsProbe(target),
      onWorks: (target) => this.#announceHealed(target, this.#state(target).heal('')),
    })
  }

  /** Goes on with what is known of targets from before: from an older pool, and from other replicas. */
  #adopt(targets: readonly Target[]): void {
    const { exchange } = this.#options
    for (const target of targets) {
      this.#keepProbing(target)
      if (exchange === undefined || this.#recalled.has(target.id)) continue
      this.#recalled.add(target.id)
      exchange.recall(target.id, (change) => this.#follow(change))
    }
  }

  /** A change that was decided elsewhere. */
  #follow({ targetId, model, exclusion }: ExclusionChange): void {
    const target = this.#options.source.current().find(({ id }) => id === targetId)
    if (target === undefined) return
    const state = this.#state(target)
    if (exclusion === undefined) {
      if (state.readmit(model)) this.#options.onChange({ target, state: 'ready' })
      return
    }
    const holds = state.exclude(model, exclusion, this.#options.clock.now())
    this.#keepProbing(target)
    this.#options.onChange(describeChange(target, model, holds))
  }

  #knows(targetId: string): boolean {
    return this.#options.source.current().some(({ id }) => id === targetId)
  }

  #awaitsProbe(target: Target): boolean {
    const exclusion = this.#state(target).exclusion('', this.#options.clock.now())
    return exclusion?.rejected === true && exclusion.until === Number.POSITIVE_INFINITY
  }

  /** An exclusion without an end must have somebody who ends it: the prober, or else a call after a while. */
  #keepProbing(target: Target): void {
    if (!this.#awaitsProbe(target)) return
    if (this.#prober !== undefined) {
      this.#prober.watch(target)
      return
    }
    const now = this.#options.clock.now()
    const state = this.#state(target)
    const exclusion = state.exclusion('', now)
    if (exclusion === undefined) return
    state.readmit('')
    state.exclude('', { ...exclusion, until: now + this.#rules.rejectedMs }, now)
  }

  #group(options: SelectOptions, now: number): Record<'ready' | 'trial' | 'soft', Candidate[]> {
    const groups: Record<'ready' | 'trial' | 'soft', Candidate[]> = {
      ready: [],
      trial: [],
      soft: [],
    }
    this.#options.source.current().forEach((target, index) => {
      if (!isWanted(target, options) || options.tried.has(target.id)) return
      const state = this.#state(target)
      const availability = state.availability(options.model, now)
      if (availability === 'hard') return
      groups[availability].push({ target, index, inFlight: state.inFlight })
    })
    return groups
  }

  #sticky(eligible: readonly Candidate[], { call }: SelectOptions): Candidate | undefined {
    if (this.#options.affinity === 'none' || eligible.length < 2) return undefined
    const id = this.#affinity.get(call.affinityKey)
    return eligible.find((candidate) => candidate.target.id === id)
  }

  #firstToRecover(candidates: readonly Candidate[], model: string): Candidate | undefined {
    const now = this.#options.clock.now()
    const until = (candidate: Candidate) =>
      this.#state(candidate.target).exclusion(model, now)?.until ?? 0
    return candidates.reduce<Candidate | undefined>(
      (best, candidate) =>
        best === undefined || until(candidate) < until(best) ? candidate : best,
      undefined,
    )
  }

  #lease({ target }: Candidate, options: SelectOptions, trial: boolean): TargetLease {
    const { clock } = this.#options
    const state = this.#state(target)
    const started = clock.monotonic()
    let open = true
    const use = state.start(trial)
    const observe = (event: PlacementEvent['event']) =>
      this.#observe({ target, model: options.model, event, afterMs: clock.monotonic() - started })
    observe('start')
    return {
      target,
      firstPart: () => observe('first-part'),
      release: (result, { blame } = { blame: true }) => {
        if (!open) return
        open = false
        state.stop(use)
        observe(typeof result === 'string' ? result : 'failed')
        if (result === 'done') this.#succeeded(target, use, options)
        else if (result !== 'cancelled' && blame) this.#blame(target, use, [options.model, result])
      },
    }
  }

  /** Strategies come from outside: what they do wrong must cost no call. */
  #observe(event: PlacementEvent): void {
    try {
      this.#options.strategy.observe?.(event)
    } catch (error) {
      this.#log.error({ target: event.target.name, err: error }, 'strategy failed')
    }
  }

  #succeeded(target: Target, use: TargetUse, { model, call }: SelectOptions): void {
    if (this.#options.affinity === 'soft' && this.#options.source.current().length > 1) {
      this.#affinity.set(call.affinityKey, target.id)
    }
    this.#announceHealed(target, this.#state(target).heal(model, use.order))
  }

  #announceHealed(target: Target, keys: readonly string[]): void {
    if (keys.length === 0) return
    for (const model of keys) this.#options.exchange?.publish({ targetId: target.id, model })
    this.#options.onChange({ target, state: 'ready' })
  }

  #blame(
    target: Target,
    { order }: TargetUse,
    [model, error]: readonly [string, GatewayError],
  ): void {
    const { clock, random, exchange } = this.#options
    const result = this.#state(target).blame(error, model, {
      now: clock.now(),
      rules: this.#rules,
      random,
      probed: this.#prober !== undefined,
      since: order,
    })
    if (result === undefined) return
    const { key, exclusion } = result
    this.#keepProbing(target)
    exchange?.publish({ targetId: target.id, model: key, exclusion })
    this.#options.onChange(describeChange(target, key, exclusion))
  }

  #explain(options: SelectOptions, now: number): Unavailable {
    const wanted = this.#options.source.current().filter((target) => isWanted(target, options))
    const reasons: string[] = []
    const rejected: string[] = []
    let soft = false
    let recovers = Number.POSITIVE_INFINITY
    for (const target of wanted) {
      if (options.tried.has(target.id)) {
        reasons.push(`${target.name}: used by this call already`)
        continue
      }
      const state = this.#state(target)
      const exclusion = state.exclusion(options.model, now)
      const availability = state.availability(options.model, now)
      if (exclusion?.rejected === true) rejected.push(target.name)
      else if (exclusion !== undefined && availability === 'hard') {
        recovers = Math.min(recovers, exclusion.until - now)
      }
      if (availability === 'soft') soft = true
      reasons.push(describe(target, exclusion, now))
    }
    if (wanted.length === 0) reasons.push(describeNothing(options))
    return {
      reasons,
      rejected,
      soft,
      ...(Number.isFinite(recovers) ? { retryAfterMs: recovers } : {}),
    }
  }

  #state(target: Target): TargetState {
    const known = this.#options.states.get(target.id)
    if (known !== undefined) return known
    const state = new TargetState()
    this.#options.states.set(target.id, state)
    return state
  }
}

function isWanted(target: Target, { targetName, model }: SelectOptions): boolean {
  if (targetName !== undefined && target.name !== targetName) return false
  return target.serves?.(model) ?? true
}

function describe(target: Target, exclusion: Exclusion | undefined, now: number): string {
  if (exclusion === undefined) return `${target.name}: not chosen`
  const { reason, until } = exclusion
  if (until <= now) return `${target.name}: ${reason}, a trial is under way`
  const left = Number.isFinite(until)
    ? `for ${Math.ceil((until - now) / 1_000)} s more`
    : 'until it is probed'
  return `${target.name}: ${reason}, left out ${left}`
}

function describeChange(target: Target, model: string, exclusion: Exclusion): TargetChange {
  return {
    target,
    state: exclusion.rejected === true ? 'down' : 'cooling',
    ...(model === '' ? {} : { model }),
    exclusion,
  }
}

function describeNothing({ targetName, model }: SelectOptions): string {
  return targetName === undefined
    ? `no target serves the model "${model}"`
    : `no target is named "${targetName}"`
}
