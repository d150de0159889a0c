import { type Spread, spread } from '../report/statistics.ts'

/** A piece of work whose price per call is to be known. `call` may return a promise; then each call is awaited. */
export interface MicroCase {
  readonly name: string
  readonly call: () => unknown
}

export interface MeasureOptions {
  readonly rounds: number
  /** How long one round of one case should last, in milliseconds: long against the clock, short against the machine's moods. */
  readonly roundMs?: number
  /** Milliseconds; injected by tests. */
  readonly now?: () => number
}

/** A case's price in microseconds per call, without that of an empty call. */
export interface MicroResult {
  readonly name: string
  readonly microseconds: Spread
}

type Loop = (count: number) => number | Promise<number>

const defaultRoundMs = 10
const mostCalls = 2 ** 24
const emptyCall: MicroCase = { name: 'empty call', call: () => undefined }

/**
 * Measures cases against an empty call: every round runs each case once, one after another, and subtracts the empty call of the same
 * round. All cases are calibrated first, which also warms them.
 */
export async function measureAll(
  cases: readonly MicroCase[],
  options: MeasureOptions,
): Promise<readonly MicroResult[]> {
  const now = options.now ?? (() => performance.now())
  const roundMs = options.roundMs ?? defaultRoundMs
  const runs: Run[] = []
  for (const { call, name } of cases) {
    const asynchronous = isPromise(call())
    const loop = createLoop(call, asynchronous, now)
    const empty = createLoop(
      asynchronous ? async () => undefined : emptyCall.call,
      asynchronous,
      now,
    )
    await empty(1_000)
    runs.push({ name, loop, empty, count: await calibrate(loop, roundMs), added: [] })
  }
  for (let round = 0; round < options.rounds; round += 1) {
    for (const run of runs) run.added.push(await measureRound(run))
  }
  return runs.map(({ name, added }) => ({ name, microseconds: spread(added) }))
}

/** Measures one case alone. */
export async function measure(
  name: string,
  call: () => unknown,
  options: MeasureOptions,
): Promise<MicroResult> {
  const [result] = await measureAll([{ name, call }], options)
  if (result === undefined) throw new Error('one case gives one result')
  return result
}

interface Run {
  readonly name: string
  readonly loop: Loop
  readonly empty: Loop
  readonly count: number
  readonly added: number[]
}

async function measureRound({ loop, empty, count }: Run): Promise<number> {
  const baseline = await empty(count)
  const whole = await loop(count)
  return ((whole - baseline) / count) * 1_000
}

/** Doubles the calls until a round lasts long enough. */
async function calibrate(loop: Loop, roundMs: number): Promise<number> {
  let count = 1
  while (count < mostCalls && (await loop(count)) < roundMs) count *= 2
  return count
}

let sink: unknown

/** The last result is kept where the compiler cannot prove it unused, or it might remove the call. */
export function lastResult(): unknown {
  return sink
}

function createLoop(call: () => unknown, asynchronous: boolean, now: () => number): Loop {
  if (asynchronous) {
    return async (count) => {
      const start = now()
      for (let index = 0; index < count; index += 1) sink = await call()
      return now() - start
    }
  }
  return (count) => {
    const start = now()
    for (let index = 0; index < count; index += 1) sink = call()
    return now() - start
  }
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value
}
