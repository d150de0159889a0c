import type { CallLimits } from '../../src/config.ts'
import type { ErrorCode } from '../../src/errors/codes.ts'
import type { BreakerRules } from '../../src/pool/breaker.ts'
import type { RetryRules } from '../../src/pool/retry-budget.ts'
import type { Dice } from './dice.ts'
import { drawFault, type Fault } from './fault.ts'

/** One backend of a simulation. */
export interface BackendPlan {
  readonly name: string
  readonly targets: readonly string[]
  readonly affinity: 'none' | 'soft'
  /** Whether it speaks the clients' protocol. */
  readonly speaks: 'same' | 'other'
  readonly streaming: 'as-asked' | 'always' | 'never'
  /** Whether its credentials can be renewed, and whether it can be probed. */
  readonly renews: boolean
  readonly probes: boolean
}

/** A time in which one target, or a whole backend, has a fault. */
export interface FaultWindow {
  readonly backend: string
  readonly target?: string
  readonly from: number
  readonly to: number
  readonly fault: Fault
}

/** One place that a call may go to. */
export interface Leaf {
  readonly backend: string
  readonly target?: string
  readonly model: string
  /** Seconds. */
  readonly ttft?: number
}

/** One call of the traffic. `poison`: what it is answered with everywhere. */
export interface PlannedCall {
  readonly name: string
  readonly at: number
  readonly leaves: readonly Leaf[]
  readonly joiner: '|' | '^' | '!'
  readonly stream: boolean
  readonly poison?: ErrorCode
  readonly leavesAfterMs?: number
}

/** Everything that happens in one simulation. Milliseconds of virtual time. */
export interface Schedule {
  readonly seed: number
  readonly backends: readonly BackendPlan[]
  readonly limits: Pick<
    CallLimits,
    'maxTries' | 'maxAttemptsMs' | 'maxWaitMs' | 'holdMs' | 'retryEmptyAnswers'
  >
  readonly breaker: Partial<BreakerRules> | false
  readonly retries: Partial<RetryRules>
  readonly firstTokenMs: number
  readonly windows: readonly FaultWindow[]
  readonly calls: readonly PlannedCall[]
  /** From then on every provider is well. */
  readonly calmAt: number
  /** When a configuration is applied that replaces every backend. */
  readonly reloadAt?: number
}

const models = ['m', 'n']

/** The schedule of a seed. */
export function drawSchedule(seed: number, dice: Dice): Schedule {
  const backends = dice.many(1, 3, (index) => drawBackend(dice, 'abc'.charAt(index)))
  const calmAt = dice.pick([20_000, 60_000, 300_000, 1_800_000])
  const length = calmAt * 1.1 + 10_000
  return {
    seed,
    backends,
    limits: {
      maxTries: dice.int(1, 6),
      maxAttemptsMs: dice.pick([0, 10_000, 90_000]),
      maxWaitMs: dice.pick([0, 1_000, 10_000]),
      holdMs: dice.pick([0, 2_000, 15_000]),
      retryEmptyAnswers: dice.pick([0, 0, 1, 2]),
    },
    breaker: dice.pick<Schedule['breaker']>([{}, {}, false, { failures: 2, openMs: 5_000 }]),
    retries: dice.pick<Schedule['retries']>([{}, { ratio: 1_000 }, { ratio: 0, minimum: 2 }]),
    firstTokenMs: dice.pick([0, 0, 5_000]),
    windows: dice.many(1, 8, () => drawWindow(dice, backends, calmAt)),
    calls: drawCalls(dice, backends, { length, calmAt }),
    calmAt,
    ...(dice.chance(0.1) ? { reloadAt: dice.int(0, calmAt) } : {}),
  }
}

function drawBackend(dice: Dice, name: string): BackendPlan {
  return {
    name,
    targets: dice.many(1, 4, (index) => `${index + 1}`),
    affinity: dice.pick(['none', 'soft']),
    speaks: dice.pick(['same', 'other']),
    streaming: dice.pick(['as-asked', 'as-asked', 'always', 'never']),
    renews: dice.chance(0.3),
    probes: dice.chance(0.5),
  }
}

function drawWindow(dice: Dice, backends: readonly BackendPlan[], calmAt: number): FaultWindow {
  const { name: backend, targets } = dice.pick(backends)
  const from = dice.chance(0.3) ? 0 : dice.int(0, calmAt)
  return {
    backend,
    ...(dice.chance(0.3) ? {} : { target: dice.pick(targets) }),
    from,
    to: dice.chance(0.3) ? calmAt : dice.int(from, calmAt),
    fault: drawFault(dice),
  }
}

/** Calls that come one by one, and in bursts. */
function drawCalls(
  dice: Dice,
  backends: readonly BackendPlan[],
  { length, calmAt }: { readonly length: number; readonly calmAt: number },
): PlannedCall[] {
  const calls: PlannedCall[] = []
  const draw = (at: number) => {
    calls.push(drawCall(dice, backends, { at, name: `c${calls.length}` }))
  }
  for (const _ of dice.many(10, 30, () => 0)) draw(dice.int(0, length))
  for (const at of dice.many(0, 3, () => dice.int(0, calmAt))) {
    for (const offset of dice.many(3, 12, () => dice.int(0, 300))) draw(at + offset)
  }
  for (const offset of dice.many(2, 4, () => dice.int(0, 10_000))) draw(calmAt + offset)
  return calls
}

function drawCall(
  dice: Dice,
  backends: readonly BackendPlan[],
  { at, name }: { readonly at: number; readonly name: string },
): PlannedCall {
  const leaves = dice.many(1, 3, () => drawLeaf(dice, backends))
  const poisons = ['upstream_error', 'invalid_request', 'context_length_exceeded'] as const
  return {
    name,
    at,
    leaves,
    joiner: dice.pick(['|', '|', '|', '^', '!']),
    stream: dice.chance(0.6),
    ...(dice.chance(0.06) ? { poison: dice.pick(poisons) } : {}),
    ...(dice.chance(0.12) ? { leavesAfterMs: dice.int(0, dice.pick([20, 1_000, 40_000])) } : {}),
  }
}

function drawLeaf(dice: Dice, backends: readonly BackendPlan[]): Leaf {
  const { name: backend, targets } = dice.pick(backends)
  return {
    backend,
    model: dice.pick(models),
    ...(dice.chance(0.1) ? { target: dice.pick(targets) } : {}),
    ...(dice.chance(0.1) ? { ttft: dice.int(1, 5) } : {}),
  }
}

/** What the call names as its model. */
export function selectorOf({ leaves, joiner }: PlannedCall): string {
  return leaves
    .map(({ backend, target, model, ttft }) => {
      const limit = ttft === undefined ? '' : `[ttft_timeout=${ttft}]`
      return `${limit}${backend}${target === undefined ? '' : `.${target}`}:${model}`
    })
    .join(joiner)
}
