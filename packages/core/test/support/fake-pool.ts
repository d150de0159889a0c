import type { CallView } from '../../src/call.ts'
import type { ErrorCode } from '../../src/errors/codes.ts'
import { GatewayError, type GatewayErrorOptions } from '../../src/errors/gateway-error.ts'
import type { TargetLease } from '../../src/pool/lease.ts'
import { Pool, type PoolOptions, type TargetChange } from '../../src/pool/pool.ts'
import type { SelectOptions } from '../../src/pool/select-options.ts'
import type { ExclusionSharing } from '../../src/pool/shared-exclusions.ts'
import { createRoundRobin } from '../../src/pool/strategies/round-robin.ts'
import { fixedTargets, type Target, type TargetSource } from '../../src/pool/target.ts'
import { TargetStates } from '../../src/pool/target-states.ts'
import type { Unavailable } from '../../src/pool/unavailable.ts'
import { FakeClock } from '../fake-clock.ts'
import { fakeTarget } from './fake-provider.ts'

/** Shares nothing with anybody. */
const alone: ExclusionSharing = {
  tell: () => {},
  follow: () => () => {},
  recall: () => {},
}

const defaults = { strategy: 'round-robin', affinity: 'none' } as const

/** A source whose targets a test changes. */
export class ChangingSource implements TargetSource {
  #targets: readonly Target[]
  #listeners = new Set<(targets: readonly Target[]) => void>()
  readonly defaults = defaults

  constructor(names: readonly string[]) {
    this.#targets = names.map((name) => fakeTarget(name))
  }

  get subscribers(): number {
    return this.#listeners.size
  }

  current(): readonly Target[] {
    return this.#targets
  }

  subscribe(listener: (targets: readonly Target[]) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  become(...names: readonly string[]): void {
    this.#targets = names.map((name) => fakeTarget(name))
    for (const listener of this.#listeners) listener(this.#targets)
  }
}

type Wish = Partial<Omit<SelectOptions, 'call'>> & { readonly affinityKey?: string }

/** A pool on virtual time. Randomness always answers the middle, so that back-off is exact. */
export class FakePool {
  readonly clock: FakeClock
  readonly states: TargetStates
  readonly changes: TargetChange[] = []
  readonly errors: unknown[] = []
  readonly pool: Pool

  constructor(
    targets: readonly string[] | readonly Target[] | TargetSource,
    options: Partial<PoolOptions> & { readonly clock?: FakeClock } = {},
  ) {
    this.clock = options.clock ?? new FakeClock()
    this.states = options.states ?? new TargetStates()
    this.pool = new Pool({
      source: 'current' in targets ? targets : fixedTargets(targets.map(asTarget), defaults),
      strategy: createRoundRobin(),
      affinity: 'none',
      random: () => 0.5,
      sharing: alone,
      onChange: (change) => this.changes.push(change),
      onError: (error) => this.errors.push(error),
      ...options,
      clock: this.clock,
      states: this.states,
    })
  }

  /** Takes a target; throws where there is none. */
  take(wish: Wish = {}): TargetLease {
    const selection = this.pool.select(asked(wish))
    if ('lease' in selection) return selection.lease
    throw new Error(selection.unavailable.reasons.join('; '))
  }

  /** Name of the target that a call would get; it is used, successfully, at once. */
  use(wish: Wish = {}): string {
    const lease = this.take(wish)
    lease.firstPart()
    lease.release('done')
    return lease.target.name
  }

  /** Why a call would get nothing. */
  refusal(wish: Wish = {}): Unavailable {
    const selection = this.pool.select(asked(wish))
    if ('unavailable' in selection) return selection.unavailable
    selection.lease.release('cancelled')
    throw new Error(`${selection.lease.target.name} could be chosen`)
  }

  /** Lets one target of this name fail. */
  fail(name: string, code: ErrorCode, options: GatewayErrorOptions & Wish = {}): void {
    this.take({ allowSoft: true, ...options, targetName: name }).release(failure(code, options))
  }

  get inFlight(): number {
    return this.pool.health().reduce((sum, { inFlight }) => sum + inFlight, 0)
  }
}

export function failure(code: ErrorCode, options: GatewayErrorOptions = {}): GatewayError {
  return new GatewayError(code, code, options)
}

function asTarget(target: string | Target): Target {
  return typeof target === 'string' ? fakeTarget(target) : target
}

function asked({ affinityKey = 'a', ...wish }: Wish): SelectOptions {
  return {
    model: 'm',
    tried: [],
    allowSoft: false,
    call: { affinityKey } as CallView,
    ...wish,
  }
}
