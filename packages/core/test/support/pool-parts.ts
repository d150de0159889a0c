import type { CallView } from '../../src/call.ts'
import { type ErrorCode, errorPolicies } from '../../src/errors/codes.ts'
import { GatewayError, type GatewayErrorOptions } from '../../src/errors/gateway-error.ts'
import type { Exclusion } from '../../src/pool/exclusion.ts'
import type { TargetLease } from '../../src/pool/lease.ts'
import { Pool, type PoolOptions, type Selection, type TargetChange } from '../../src/pool/pool.ts'
import type { SelectOptions } from '../../src/pool/select-options.ts'
import { createRoundRobin } from '../../src/pool/strategies/round-robin.ts'
import type { Target, TargetSource } from '../../src/pool/target.ts'
import { TargetStates } from '../../src/pool/target-states.ts'
import { FakeClock } from '../fake-clock.ts'

/** A target that is called as its id. */
export function tinyTarget(id: string, rest: Partial<Target> = {}): Target {
  return { id, name: id, weight: 1, stateScope: 'tiny', ...rest }
}

/** Targets that a test may change. */
class TinySource implements TargetSource {
  readonly defaults = { strategy: 'round-robin', affinity: 'none' } as const
  readonly listeners = new Set<(targets: readonly Target[]) => void>()
  #targets: readonly Target[]

  constructor(targets: readonly Target[]) {
    this.#targets = targets
  }

  current(): readonly Target[] {
    return this.#targets
  }

  subscribe(listener: (targets: readonly Target[]) => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  change(targets: readonly Target[]): void {
    this.#targets = targets
    for (const listener of this.listeners) listener(targets)
  }
}

/** The view of a call of which only the conversation matters. */
export function tinyView(affinityKey = 'conversation'): CallView {
  return {
    id: 'call',
    operation: 'chat',
    dialect: 'tiny',
    path: '/tiny',
    query: '',
    headers: {},
    head: { operation: 'chat', stream: false, framing: 'json', includeUsage: false },
    principal: { id: 'local', name: 'local' },
    bodyBytes: 0,
    session: 'session',
    affinityKey,
    field: () => undefined,
  }
}

/** A pool on a clock that stands still, with everything that a test may look at. */
export function poolOf(targets: readonly (string | Target)[], rest: Partial<PoolOptions> = {}) {
  const clock = new FakeClock()
  const source = new TinySource(
    targets.map((target) => (typeof target === 'string' ? tinyTarget(target) : target)),
  )
  const states = new TargetStates()
  const changes: TargetChange[] = []
  const errors: unknown[] = []
  const options: PoolOptions = {
    source,
    strategy: createRoundRobin(),
    affinity: 'none',
    clock,
    random: () => 0.5,
    states,
    sharing: { tell: () => {}, follow: () => () => {}, recall: () => {} },
    onChange: (change) => changes.push(change),
    onError: (error) => errors.push(error),
    ...rest,
  }
  return { pool: new Pool(options), clock, source, states, changes, errors, options }
}

/** What a call asks that has tried nothing and does not insist. */
export function asks(rest: Partial<SelectOptions> = {}): SelectOptions {
  return { model: 'm', call: tinyView(), tried: [], allowSoft: false, ...rest }
}

export function leased(selection: Selection): TargetLease {
  if ('lease' in selection) return selection.lease
  throw new Error(`no target: ${selection.unavailable.reasons.join('; ')}`)
}

export function unavailable(selection: Selection) {
  if ('unavailable' in selection) return selection.unavailable
  throw new Error(`chose ${selection.lease.target.name}`)
}

/** Chooses once and ends the use at once. Returns the target's id. */
export function use(
  pool: Pool,
  rest: Partial<SelectOptions> = {},
  result: 'done' | 'cancelled' | GatewayError = 'cancelled',
): string {
  const lease = leased(pool.select(asks(rest)))
  lease.release(result)
  return lease.target.id
}

/** What excludes the first target for all models, or for one. */
export function exclusionOf(pool: Pool): Exclusion | undefined {
  return pool.health()[0]?.exclusions[0]?.exclusion
}

export function failure(code: ErrorCode, rest: GatewayErrorOptions = {}): GatewayError {
  return new GatewayError(code, `it failed: ${code}`, rest)
}

export const codes = Object.keys(errorPolicies) as readonly ErrorCode[]
