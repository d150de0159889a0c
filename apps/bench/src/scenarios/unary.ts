import { runClosedLoop } from '../load/closed-loop.ts'
import { type Connection, closeAll, openConnections } from '../load/connection.ts'
import type { CheckedRequest } from '../load/exchange.ts'
import { recordSeries, type ScenarioResult, type SeriesRecorder } from '../report/series.ts'
import type { ModelPosition } from '../workload/request-body.ts'
import { type BenchContext, inTurn, type StandingTarget } from './context.ts'
import { bytesUpstream, expectTraffic, measureCpu } from './measured.ts'
import { unaryRequest } from './requests.ts'

interface UnaryCase {
  readonly series: SeriesRecorder
  readonly bytes: number
  readonly modelAt: ModelPosition
  readonly count: number
}

interface ConnectedTarget extends StandingTarget {
  readonly connections: readonly Connection[]
  readonly checked: CheckedRequest
  /** Of the request's body, as it reaches the upstream. */
  readonly upstreamBytes: number
}

const connectionCount = 8
const slices = 8

/** CPU of the target per request that is answered whole, for each size of request. */
export function runUnary(
  context: BenchContext,
  targets: readonly StandingTarget[],
): Promise<ScenarioResult> {
  return measureCases(context, targets, unaryCases(context))
}

/** The same for requests that are translated, which cost what reading and writing them costs: no goal in times of the yardstick. */
export function runTranslatedUnary(
  context: BenchContext,
  targets: readonly StandingTarget[],
): Promise<ScenarioResult> {
  const cases = context.profile.translated.map(({ name, bytes, count }) => ({
    series: recordSeries(name, 'µs'),
    bytes,
    modelAt: 'head' as const,
    count,
  }))
  return measureCases(context, targets, cases)
}

async function measureCases(
  context: BenchContext,
  targets: readonly StandingTarget[],
  cases: readonly UnaryCase[],
): Promise<ScenarioResult> {
  for (const unary of cases) await measureCase(context, targets, unary)
  return {
    title: 'CPU per unary request',
    series: cases.map(({ series }) => series),
    notes: [],
    failures: [],
  }
}

/** All rounds of one size, so that the connections stay in use and nothing of opening them is measured; the first round is not kept. */
async function measureCase(
  context: BenchContext,
  targets: readonly StandingTarget[],
  unary: UnaryCase,
): Promise<void> {
  const connected: ConnectedTarget[] = []
  try {
    for (const target of targets) connected.push(await connectTarget(context, target, unary))
    await measureRound(context, connected, unary)
    for (let round = 0; round < context.profile.rounds; round += 1) {
      const costs = await measureRound(context, connected, unary)
      for (const [index, target] of connected.entries()) {
        unary.series.add(target.label, costs[index] ?? Number.NaN)
      }
    }
  } finally {
    for (const { connections } of connected) closeAll(connections)
  }
}

async function connectTarget(
  { upstream }: BenchContext,
  target: StandingTarget,
  { bytes, modelAt }: UnaryCase,
): Promise<ConnectedTarget> {
  const checked = unaryRequest(target.way, bytes, modelAt)
  const upstreamBytes = await bytesUpstream(upstream, target, checked)
  const connections = await openConnections(target.port, connectionCount)
  return { ...target, checked, upstreamBytes, connections }
}

function unaryCases({ profile }: BenchContext): readonly UnaryCase[] {
  const positions: readonly ModelPosition[] = ['head', 'tail']
  return positions.flatMap((modelAt) =>
    profile.unary
      .filter(({ name }) => modelAt === 'head' || profile.tailSizes.has(name))
      .map(({ name, bytes, count }) => ({
        series: recordSeries(`${name}, model at ${modelAt}`, 'µs', { kind: 'ratio', most: 1.2 }),
        bytes,
        modelAt,
        count,
      })),
  )
}

/**
 * One round: the targets take turns slice by slice, a few milliseconds each, so that what the host does to this machine meanwhile is done
 * to all of them. CPU time is counted per process, so nothing has to be read between the slices.
 */
async function measureRound(
  { upstream }: BenchContext,
  targets: readonly ConnectedTarget[],
  { count }: UnaryCase,
): Promise<readonly number[]> {
  const perSlice = Math.ceil(count / slices)
  const each = perSlice * slices
  const sizes = targets.map(({ upstreamBytes }) => upstreamBytes)
  const traffic = {
    requests: each * targets.length,
    bodyBytes: each * sizes.reduce((sum, size) => sum + size, 0),
  }
  const microseconds = await measureCpu(targets, () =>
    expectTraffic(upstream, traffic, async () => {
      for (let slice = 0; slice < slices; slice += 1) {
        for (const { connections, checked } of inTurn(targets, slice)) {
          await runClosedLoop(connections, checked, perSlice)
        }
      }
    }),
  )
  return microseconds.map((cost) => cost / each)
}
