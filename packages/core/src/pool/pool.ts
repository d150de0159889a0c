import type { Clock } from '../clock.ts'
import type { GatewayError } from '../errors/gateway-error.ts'
import { AffinityTable } from './affinity.ts'
import { type CooldownRules, defaultCooldownRules, type Exclusion } from './exclusion.ts'
import { Lease, type LeaseOwner, type TargetLease } from './lease.ts'
import { type Probe, Prober } from './prober.ts'
import { defaultRetryRules, RetryBudget, type RetryRules } from './retry-budget.ts'
import type { SelectOptions } from './select-options.ts'
import type { ExclusionChange, ExclusionSharing } from './shared-exclusions.ts'
import type { Candidate, PlacementEvent, Strategy } from './strategy.ts'
import type { Target, TargetSource } from './target.ts'
import type { ModelExclusion, TargetState } from './target-state.ts'
import type { TargetStates } from './target-states.ts'
import { describe, type LeftOut, type Unavailable, unavailable } from './unavailable.ts'

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
  readonly states: TargetStates
  /** Tells other replicas what this one learns of targets. */
  readonly sharing: ExclusionSharing
  readonly rules?: CooldownRules
  readonly retries?: RetryRules
  /** Asks the provider whether a rejected credential works again. Without it a call tries. */
  readonly probe?: Probe
  readonly onChange: (change: TargetChange) => void
  /** Hears of a strategy that fails at observing: that costs no call. */
  readonly onError: (error: unknown) => void
}

export type Selection = { readonly lease: TargetLease } | { readonly unavailable: Unavailable }

/** What people may know of a target. */
export interface TargetReport {
  readonly target: Target
  readonly inFlight: number
  /** What excludes it now, for all models or for one. */
  readonly exclusions: readonly ModelExclusion[]
}

/** Milliseconds that a rejected target stays out after its probe is due, so that no call comes before the answer. */
const probeGraceMs = 30_000

const noNames: readonly string[] = []
const nobody: readonly Excluded[] = []

/**
 * The one balancing mechanism: chooses among a backend's targets, counts what is in flight, excludes what failed and
 * lets it come back by one trial at a time.
 */
export class Pool implements LeaseOwner {
  readonly #options: PoolOptions
  readonly #rules: CooldownRules
  readonly #affinity = new AffinityTable()
  readonly #prober: Prober | undefined
  readonly #endings: readonly (() => void)[]
  /** Of calls that fail because the provider is in trouble. */
  readonly retries: RetryBudget
  #current: readonly Target[] = []
  #members: readonly Member[] = []
  #closed = false

  constructor(options: PoolOptions) {
    this.#options = options
    const { probe, rules = defaultCooldownRules, retries = defaultRetryRules, clock } = options
    this.retries = new RetryBudget(clock, retries)
    this.#rules =
      probe === undefined ? rules : { ...rules, rejectedMs: rules.probeMs + probeGraceMs }
    this.#prober = probe === undefined ? undefined : this.#createProber(probe)
    this.#endings = [
      options.source.subscribe(() => this.#refresh()),
      options.sharing.follow((change) => this.#follow(change)),
    ]
    this.#refresh()
  }

  /** Chooses a target for a call and counts it as in flight. */
  select(options: SelectOptions): Selection {
    const now = this.#options.clock.now()
    this.#refresh()
    const { eligible, leftOut } = this.#sort(options, now)
    const chosen =
      this.#choose(eligible, options) ?? (options.allowSoft ? firstToRecover(leftOut) : undefined)
    if (chosen === undefined) return { unavailable: this.#explain(leftOut, options, now) }
    const { target, state } = chosen
    const lease = new Lease(this, {
      target,
      state,
      trial: state.availability(options.model, now) === 'trial',
      leftOut: leftOut.length === 0 ? noNames : leftOut.map((one) => describe(one, now)),
      options,
      startedAt: this.#options.clock.monotonic(),
    })
    return { lease }
  }

  /** State of every target now, for people. */
  health(): readonly TargetReport[] {
    const now = this.#options.clock.now()
    this.#refresh()
    return this.#members.map(({ target, state }) => ({
      target,
      inFlight: state.inFlight,
      exclusions: state.exclusions(now),
    }))
  }

  /** Ends timers and lets go of the targets' states. Targets in use can still be released. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    for (const end of this.#endings) end()
    this.#prober?.close()
    for (const { target } of this.#members) this.#options.states.drop(target.id)
  }

  mustRest({ state, options }: Lease): boolean {
    const now = this.#options.clock.now()
    const exclusion = state.exclusion(options.model, now)
    return exclusion !== undefined && exclusion.kind === 'hard' && exclusion.until > now
  }

  observed(lease: Lease, event: PlacementEvent['event']): void {
    const { strategy, clock, onError } = this.#options
    if (strategy.observe === undefined) return
    const { target, options, startedAt } = lease
    try {
      strategy.observe({
        target,
        model: options.model,
        event,
        afterMs: clock.monotonic() - startedAt,
      })
    } catch (error) {
      onError(error)
    }
  }

  worked({ target, state, use, options }: Lease): void {
    if (this.#options.affinity === 'soft' && this.#members.length > 1) {
      this.#affinity.set(options.call.affinityKey, target.id)
    }
    for (const model of state.worked(use, options.model)) {
      this.#options.sharing.tell({ targetId: target.id, model })
      this.#changed(target, { model })
    }
  }

  succeeded({ state, use }: Lease): void {
    state.succeeded(use, { at: this.#options.clock.monotonic(), rules: this.#rules })
  }

  failed({ target, state, use, options }: Lease, error: GatewayError): void {
    const { clock, random, affinity } = this.#options
    if (error.policy.cools === 'nothing') return
    if (affinity === 'soft') this.#affinity.leave(options.call.affinityKey, target.id)
    const context = { at: clock.monotonic(), now: clock.now(), rules: this.#rules, random }
    const change = state.blame(use, { error, model: options.model }, context)
    if (change === undefined) return
    this.#options.sharing.tell({ targetId: target.id, ...change })
    this.#changed(target, change)
  }

  ended({ target, state }: Lease): void {
    this.#options.states.forgetUnused(target.id, state)
  }

  /** Follows the source: new targets are held, those that left are let go. */
  #refresh(): void {
    const { source, states } = this.#options
    const current = source.current()
    if (current === this.#current || this.#closed) return
    const old = this.#members
    this.#current = current
    this.#members = current.map(
      (target, index) => new Member(target, { index, state: states.hold(target.id) }),
    )
    for (const { target } of old) states.drop(target.id)
    const known = new Set(old.map(({ target }) => target.id))
    for (const { target, state } of this.#members) {
      if (!known.has(target.id)) this.#adopt(target, state)
    }
  }

  /** Goes on with what is known of a target from before: from another pool, and from other replicas. */
  #adopt(target: Target, state: TargetState): void {
    const { clock, sharing } = this.#options
    if (state.exclusion('', clock.now())?.rejected === true) this.#prober?.watch(target)
    sharing.recall(target.id, (change) => this.#follow(change))
  }

  /** Does what another replica has decided. */
  #follow({ targetId, model, exclusion }: ExclusionChange): void {
    const member = this.#members.find(({ target }) => target.id === targetId)
    if (member === undefined) return
    const { target, state } = member
    const isNews =
      exclusion === undefined
        ? state.heal(model)
        : state.exclude(model, exclusion, this.#options.clock.now())
    if (isNews) this.#changed(target, { model, ...(exclusion === undefined ? {} : { exclusion }) })
  }

  /** The targets that may be chosen now, and those that are left out for a while. */
  #sort(
    options: SelectOptions,
    now: number,
  ): { readonly eligible: readonly Member[]; readonly leftOut: readonly Excluded[] } {
    const eligible: Member[] = []
    let leftOut: Excluded[] | undefined
    for (const member of this.#members) {
      const { target, state } = member
      if (!isWanted(target, options)) continue
      const availability = state.availability(options.model, now)
      if (availability === 'ready' || availability === 'trial') {
        eligible.push(member)
        continue
      }
      const exclusion = state.exclusion(options.model, now)
      if (exclusion === undefined) continue
      leftOut ??= []
      leftOut.push({ name: target.name, exclusion, member, isSoft: availability === 'soft' })
    }
    return { eligible, leftOut: leftOut ?? nobody }
  }

  #choose(eligible: readonly Member[], options: SelectOptions): Member | undefined {
    if (eligible.length === 0) return undefined
    const { affinity, strategy } = this.#options
    if (affinity === 'soft' && eligible.length > 1) {
      const id = this.#affinity.get(options.call.affinityKey)
      const warm = eligible.find(({ target }) => target.id === id)
      if (warm !== undefined) return warm
    }
    const chosen = strategy.choose(eligible, options)
    return eligible.find((member) => member === chosen)
  }

  #createProber(probe: Probe): Prober {
    const { clock } = this.#options
    return new Prober({
      clock,
      rules: this.#rules,
      probe,
      isNeeded: ({ id }) => this.#find(id)?.exclusion('', clock.now())?.rejected === true,
      onWorks: (target) => {
        if (this.#find(target.id)?.heal('') !== true) return
        this.#options.sharing.tell({ targetId: target.id, model: '' })
        this.#changed(target, { model: '' })
      },
      onFails: (target, nextMs) => this.#stillRejected(target, clock.now() + nextMs + probeGraceMs),
    })
  }

  #stillRejected(target: Target, until: number): void {
    const { clock, sharing } = this.#options
    const state = this.#find(target.id)
    const present = state?.exclusion('', clock.now())
    if (state === undefined || present === undefined) return
    const exclusion = { ...present, until }
    state.exclude('', exclusion, clock.now())
    sharing.tell({ targetId: target.id, model: '', exclusion })
  }

  /** The state of a target that the pool still has. */
  #find(id: string): TargetState | undefined {
    return this.#members.find(({ target }) => target.id === id)?.state
  }

  #changed(target: Target, { model, exclusion }: Omit<ExclusionChange, 'targetId'>): void {
    const isDown = exclusion?.rejected === true
    if (isDown) this.#prober?.watch(target)
    this.#options.onChange({
      target,
      state: exclusion === undefined ? 'ready' : isDown ? 'down' : 'cooling',
      ...(model === '' ? {} : { model }),
      ...(exclusion === undefined ? {} : { exclusion }),
    })
  }

  #explain(leftOut: readonly LeftOut[], options: SelectOptions, now: number): Unavailable {
    if (leftOut.length > 0) return unavailable(leftOut, now)
    const targets = this.#members.map(({ target }) => target)
    return { reasons: [describeNothing(targets, options)], rejected: noNames }
  }
}

/** A target that is left out, and whether it gives way when nothing else is left. */
interface Excluded extends LeftOut {
  readonly member: Member
  readonly isSoft: boolean
}

/** A target with its state, as strategies see it. */
class Member implements Candidate {
  readonly target: Target
  readonly index: number
  readonly state: TargetState

  constructor(
    target: Target,
    { index, state }: { readonly index: number; readonly state: TargetState },
  ) {
    this.target = target
    this.index = index
    this.state = state
  }

  get inFlight(): number {
    return this.state.inFlight
  }
}

function isWanted(target: Target, { targetName, targetId, model, tried }: SelectOptions): boolean {
  if (targetName !== undefined && target.name !== targetName) return false
  if (targetId !== undefined && target.id !== targetId) return false
  return !tried.includes(target.id) && (target.serves?.(model) ?? true)
}

/** The softly excluded target that recovers first. */
function firstToRecover(leftOut: readonly Excluded[]): Member | undefined {
  let first: Excluded | undefined
  for (const one of leftOut) {
    if (!one.isSoft) continue
    if (first === undefined || one.exclusion.until < first.exclusion.until) first = one
  }
  return first?.member
}

function describeNothing(
  targets: readonly Target[],
  { targetName, targetId, model, tried }: SelectOptions,
): string {
  const named = targets.filter(({ name }) => targetName === undefined || name === targetName)
  if (targets.length === 0) return 'there is no target'
  if (targetId !== undefined && !targets.some(({ id }) => id === targetId)) {
    return 'the target that holds what the call names is gone'
  }
  if (named.length === 0) return `no target is named "${targetName}"`
  return named.some(({ id }) => tried.includes(id))
    ? 'every target has been tried'
    : `no target serves the model "${model}"`
}
