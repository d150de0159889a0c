import type { Clock, Timer } from '../clock.ts'
import type { GatewayError } from '../errors/gateway-error.ts'
import { AffinityTable } from './affinity.ts'
import { type CooldownRules, defaultCooldownRules, type Exclusion } from './exclusion.ts'
import type { CallFeatures, Candidate, PlacementEvent, Strategy } from './strategy.ts'
import type { Target, TargetSource } from './target.ts'
import { TargetState } from './target-state.ts'

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
  /** Milliseconds until the first hard exclusion with a known end is over. */
  readonly retryAfterMs?: number
  /** Whether a softly excluded target would be left. */
  readonly soft: boolean
}

export type Selection = { readonly lease: TargetLease } | { readonly unavailable: Unavailable }

/** Milliseconds between two probes of a rejected target: doubles from the first to the second. */
const probeDelays = { first: 60_000, longest: 600_000 } as const

/**
 * The one balancing mechanism: chooses among a backend's targets, counts what is in flight, excludes what failed and
 * lets it come back by one trial at a time.
 */
export class Pool {
  readonly #options: PoolOptions
  readonly #rules: CooldownRules
  readonly #affinity = new AffinityTable()
  readonly #probes = new Map<string, Timer>()
  #closed = false

  constructor(options: PoolOptions) {
    this.#options = options
    this.#rules = options.rules ?? defaultCooldownRules
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
    return { lease: this.#lease(chosen, options, !groups.ready.includes(chosen)) }
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
      const exclusion = state.exclusion('')
      const active = exclusion !== undefined && exclusion.until > now
      return { target, inFlight: state.inFlight, ...(active ? { exclusion } : {}) }
    })
  }

  /** Takes over an exclusion that another replica, or an operator, decided. */
  exclude(targetId: string, model: string, exclusion: Exclusion): void {
    this.#options.states.get(targetId)?.exclude(model, exclusion)
  }

  /** Ends timers. Targets in use can still be released. */
  close(): void {
    this.#closed = true
    for (const timer of this.#probes.values()) timer.cancel()
    this.#probes.clear()
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
    const until = (candidate: Candidate) =>
      this.#state(candidate.target).exclusion(model)?.until ?? 0
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
    state.start(trial)
    const observe = (event: PlacementEvent['event']) =>
      this.#options.strategy.observe?.({
        target,
        model: options.model,
        event,
        afterMs: clock.monotonic() - started,
      })
    observe('start')
    return {
      target,
      firstPart: () => observe('first-part'),
      release: (result, { blame } = { blame: true }) => {
        if (!open) return
        open = false
        state.stop(trial)
        observe(typeof result === 'string' ? result : 'failed')
        if (result === 'done') this.#succeeded(target, state, options)
        else if (result !== 'cancelled' && blame) this.#blame(target, options.model, result)
      },
    }
  }

  #succeeded(target: Target, state: TargetState, { model, call }: SelectOptions): void {
    if (this.#options.affinity === 'soft' && this.#options.source.current().length > 1) {
      this.#affinity.set(call.affinityKey, target.id)
    }
    if (state.heal(model)) this.#options.onChange({ target, state: 'ready' })
  }

  #blame(target: Target, model: string, error: GatewayError): void {
    const { clock, random, probe } = this.#options
    const state = this.#state(target)
    const result = state.blame(error, model, { now: clock.now(), rules: this.#rules, random })
    if (result === undefined) return
    const rejected = result.exclusion.rejected === true
    if (rejected && probe !== undefined) {
      state.exclude('', { ...result.exclusion, until: Number.POSITIVE_INFINITY })
      this.#probeLater(target, probeDelays.first)
    }
    this.#options.onChange({
      target,
      state: rejected ? 'down' : 'cooling',
      ...(result.key === '' ? {} : { model: result.key }),
      exclusion: result.exclusion,
    })
  }

  #probeLater(target: Target, delay: number): void {
    if (this.#closed) return
    this.#probes.get(target.id)?.cancel()
    this.#probes.set(
      target.id,
      this.#options.clock.after(delay, () => void this.#probe(target, delay)),
    )
  }

  async #probe(target: Target, delay: number): Promise<void> {
    this.#probes.delete(target.id)
    const known = this.#options.source.current().some(({ id }) => id === target.id)
    if (this.#closed || !known) return
    const failure = await this.#options.probe?.(target).catch((error: GatewayError) => error)
    if (failure !== undefined) {
      this.#probeLater(target, Math.min(delay * 2, probeDelays.longest))
      return
    }
    if (this.#state(target).heal('')) this.#options.onChange({ target, state: 'ready' })
  }

  #explain(options: SelectOptions, now: number): Unavailable {
    const wanted = this.#options.source.current().filter((target) => isWanted(target, options))
    const reasons: string[] = []
    const rejected: string[] = []
    let soft = false
    let recovers = Number.POSITIVE_INFINITY
    for (const target of wanted) {
      const exclusion = this.#state(target).exclusion(options.model)
      if (options.tried.has(target.id)) continue
      if (exclusion?.rejected === true) rejected.push(target.name)
      if (exclusion?.kind === 'soft') soft = true
      else if (exclusion !== undefined) recovers = Math.min(recovers, exclusion.until - now)
      reasons.push(describe(target, exclusion, now))
    }
    if (wanted.length === 0) reasons.push(describeNothing(options))
    return {
      reasons,
      rejected,
      soft,
      ...(Number.isFinite(recovers) ? { retryAfterMs: Math.max(0, recovers) } : {}),
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
  if (exclusion === undefined) return `${target.name}: used by this call already`
  const seconds = Math.ceil((exclusion.until - now) / 1_000)
  const until = Number.isFinite(seconds)
    ? `for ${Math.max(seconds, 0)} s more`
    : 'until it is probed'
  return `${target.name}: ${exclusion.reason}, left out ${until}`
}

function describeNothing({ targetName, model }: SelectOptions): string {
  return targetName === undefined
    ? `no target serves the model "${model}"`
    : `no target is named "${targetName}"`
}
