import { runClosedLoop } from '../load/closed-loop.ts'
import { type Connection, closeAll, openConnections } from '../load/connection.ts'
import type { CheckedRequest } from '../load/exchange.ts'
import { recordSeries, type ScenarioResult, type SeriesRecorder } from '../report/series.ts'
import type { ModelPosition } from '../workload/request-body.ts'
import { type BenchContext, inTurn, type StandingTarget } from './context.ts'
import { expectTraffic, measureCpu } from './measured.ts'
import { unaryRequest } from './requests.ts'

interface UnaryCase {
  readonly series: SeriesRecorder
  readonly checked: CheckedRequest
  readonly count: number
}

interface ConnectedTarget extends StandingTarget {
  readonly connections: readonly Connection[]
}

const connectionCount = 8
const slices = 8

/** CPU of the target per request that is answered whole, for each size of request. */
export async function runUnary(
  context: BenchContext,
  targets: readonly StandingTarget[],
): Promise<ScenarioResult> {
  const cases = unaryCases(context)
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
  const connected = await Promise.all(targets.map(connectTarget))
  try {
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

async function connectTarget(target: StandingTarget): Promise<ConnectedTarget> {
  return { ...target, connections: await openConnections(target.port, connectionCount) }
}

function unaryCases({ profile }: BenchContext): readonly UnaryCase[] {
  const positions: readonly ModelPosition[] = ['head', 'tail']
  return positions.flatMap((modelAt) =>
    profile.unary
      .filter(({ name }) => modelAt === 'head' || profile.tailSizes.has(name))
      .map(({ name, bytes, count }) => ({
        series: recordSeries(`${name}, model at ${modelAt}`, 'µs', { kind: 'ratio', most: 1.2 }),
        checked: unaryRequest(bytes, modelAt),
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
  { checked, count }: UnaryCase,
): Promise<readonly number[]> {
  const perSlice = Math.ceil(count / slices)
  const requests = perSlice * slices * targets.length
  const traffic = { requests, bodyBytes: requests * checked.request.body.length }
  const microseconds = await measureCpu(targets, () =>
    expectTraffic(upstream, traffic, async () => {
      for (let slice = 0; slice < slices; slice += 1) {
        for (const { connections } of inTurn(targets, slice)) {
          await runClosedLoop(connections, checked, perSlice)
        }
      }
    }),
  )
  return microseconds.map((cost) => cost / (perSlice * slices))
}
