import type { AnswerFlow, FlowReceiver } from '../../src/attempt/answer-flow.ts'
import { Attempt, type AttemptFailure, type OpenedAnswer } from '../../src/attempt/attempt.ts'
import type { CallLimits } from '../../src/config.ts'
import { defaultLimits } from '../../src/config.ts'
import { type GatewayError, isGatewayError } from '../../src/errors/gateway-error.ts'
import type { AttemptEnd } from '../../src/events.ts'
import { AttemptLoop } from '../../src/pipeline/attempt-loop.ts'
import { Budget } from '../../src/pipeline/budget.ts'
import type { PreparedLeaf } from '../../src/pipeline/prepared-leaf.ts'
import type { TargetLease } from '../../src/pool/lease.ts'
import type { Target } from '../../src/pool/target.ts'
import { TargetStates } from '../../src/pool/target-states.ts'
import type { BackendInstance } from '../../src/registry/backend-instance.ts'
import { createRefresher, type Refresh } from '../../src/registry/refresher.ts'
import { FakeClock } from '../fake-clock.ts'
import { poolOf, tinyTarget, tinyView } from './pool-parts.ts'
import { tinyDialect } from './tiny-dialect.ts'

/** A flow that a test pushes by hand. */
export class HandFlow implements AnswerFlow<Uint8Array> {
  receiver: FlowReceiver<Uint8Array> | undefined
  cancelled: GatewayError | undefined
  paused = false
  meaningful = false
  readonly #greeting: string

  /** Says the greeting as soon as somebody listens. */
  constructor(greeting = '') {
    this.#greeting = greeting
  }

  start(receiver: FlowReceiver<Uint8Array>): void {
    this.receiver = receiver
    if (this.#greeting !== '') this.say(this.#greeting)
  }

  /** An item that commits. */
  say(text: string): void {
    this.meaningful = true
    this.receiver?.item(Buffer.from(text))
  }

  pause(): void {
    this.paused = true
  }

  resume(): void {
    this.paused = false
  }

  cancel(reason: GatewayError): void {
    this.cancelled = reason
  }

  interruption(error: GatewayError): Uint8Array {
    return Buffer.from(`[${error.code}]`)
  }

  report() {
    return { complete: false, usage: { source: 'unknown' as const } }
  }
}

/** What a place does with an attempt: fail so, answer, never open, or open and say nothing. */
export type Play = GatewayError | AttemptFailure | 'good' | 'silent' | 'mute'

export interface LoopSetup {
  /** Backends in the order of the plan, with the names of their targets. */
  readonly plan: Readonly<Record<string, readonly (string | Target)[]>>
  /** What happens at `backend.target`; `attempt` counts from 1 over all places. */
  readonly play: (place: string, attempt: number) => Play
  readonly limits?: Partial<CallLimits>
  readonly random?: () => number
  readonly refresh?: Refresh
  readonly claim?: () => boolean
  /** How all places handle the call. Default: `relay`. */
  readonly way?: 'relay' | 'virtual'
  /** Runs before an attempt is made. */
  readonly beforeStart?: () => void
}

/** An attempt loop over made-up backends on a clock that stands still. */
export function loopOf({
  plan,
  play,
  limits,
  random = () => 0.5,
  refresh,
  claim,
  way = 'relay',
  beforeStart,
}: LoopSetup) {
  const clock = new FakeClock()
  const states = new TargetStates()
  const budget = new Budget(clock, { ...defaultLimits, ...limits })
  const started: string[] = []
  const ends: AttemptEnd[] = []
  const flows: HandFlow[] = []
  const decision: string[] = []
  const pools = Object.entries(plan).map(([backend, targets]) => {
    const made = targets.map((target) =>
      typeof target === 'string' ? tinyTarget(`${backend}.${target}`, { name: target }) : target,
    )
    return { backend, ...poolOf(made, { clock, states, random }) }
  })
  const handling: PreparedLeaf['handling'] =
    way === 'virtual' ? { way } : { way, surface: 'main', dialect: tinyDialect() }
  const leaves = pools.map(({ backend, pool }): PreparedLeaf => {
    // The loop uses no more of an instance than its name, pool and models.
    const instance = { name: backend, pool, catalog: { models: [] } } as unknown as BackendInstance
    return {
      leaf: { backend, model: 'm', parameters: {} } as PreparedLeaf['leaf'],
      instance,
      head: tinyView().head,
      handling,
      used: [],
      exhausted: false,
    }
  })
  const open = async (
    place: string,
  ): Promise<OpenedAnswer<Uint8Array> | { failure: AttemptFailure }> => {
    const what = play(place, started.length)
    if (isGatewayError(what)) return { failure: { error: what } }
    if (typeof what === 'object') return { failure: what }
    if (what === 'silent') return await new Promise(() => {})
    const flow = new HandFlow(what === 'good' ? 'hello' : '')
    flows.push(flow)
    return { flow, status: 200, headers: {}, framing: 'sse' }
  }
  const start = (leaf: PreparedLeaf, lease: TargetLease) => {
    const place = `${leaf.instance.name}.${lease.target.name}`
    beforeStart?.()
    started.push(`${place}@${Math.round(clock.monotonic())}`)
    return new Attempt<Uint8Array>({
      route: { backend: leaf.instance.name, target: lease.target.name, model: 'm', way },
      attribution: { backend: leaf.instance.name },
      open: () => open(place),
      clock,
      maxHeldBytes: 1_000,
      guardMs: 0,
      dropped: [],
      onFirstPart: () => lease.firstPart(),
    })
  }
  const loop = new AttemptLoop<Uint8Array>({
    call: tinyView(),
    leaves,
    budget,
    clock,
    random,
    start,
    isRepeatable: () => true,
    dropStates: () => false,
    refresh: refresh ?? createRefresher(clock),
    ...(claim === undefined ? {} : { claim }),
    onAttemptEnd: (end) => ends.push(end),
    decision,
  })
  const inFlight = () =>
    pools.flatMap(({ pool }) => pool.health()).reduce((sum, target) => sum + target.inFlight, 0)
  const cooled = () =>
    pools.flatMap(({ backend, changes }) =>
      changes
        .filter(({ state }) => state !== 'ready')
        .map(({ target }) => `${backend}.${target.name}`),
    )
  return { loop, clock, budget, pools, started, ends, flows, decision, inFlight, cooled }
}
