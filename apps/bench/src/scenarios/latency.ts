import { withDeadline } from '../deadline.ts'
import type { CheckedRequest } from '../load/exchange.ts'
import { runOpenLoop } from '../load/open-loop.ts'
import { recordSeries, type ScenarioResult, type SeriesRecorder } from '../report/series.ts'
import { percentile } from '../report/statistics.ts'
import { forwarded } from '../workload/protocols/way.ts'
import { type BenchContext, inTurn, type StandingTarget } from './context.ts'
import { streamRequest, unaryRequest } from './requests.ts'

interface LatencyCase {
  readonly name: string
  readonly checked: CheckedRequest
  readonly untilFrames?: number
  readonly p50: SeriesRecorder
  readonly p99: SeriesRecorder
}

/** One way to the upstream and the waits that it took. */
interface Lane {
  readonly label: string
  readonly port: number
  readonly waits: number[]
}

const slices = 6
const perSecond = 200
/** Waits without anything between driver and upstream: kept with the samples, not a column. */
const directLabel = 'direct'
const requestBytes = 10_000
const streamContents = 4

/**
 * What a target adds to a call's time at a moderate, steady rate. Each round also drives the upstream without a target; the difference of
 * the two percentiles is what was added.
 */
export async function runLatency(
  context: BenchContext,
  targets: readonly StandingTarget[],
): Promise<ScenarioResult> {
  const cases = latencyCases()
  for (let round = 0; round < context.profile.latencyRounds; round += 1) {
    for (const latency of cases) await measureRound(context, inTurn(targets, round), latency)
  }
  return {
    title: 'Added latency',
    series: cases.flatMap(({ p50, p99 }) => [p50, p99]),
    notes: [],
    failures: [],
  }
}

function latencyCases(): readonly LatencyCase[] {
  const goal = { kind: 'ratio', most: 1 } as const
  const answer = 'unary 10 KB, 200/s'
  const part = 'first part of a stream, 200/s'
  return [
    {
      name: answer,
      checked: unaryRequest(forwarded, requestBytes),
      p50: recordSeries(`${answer}: added p50`, 'ms', goal),
      p99: recordSeries(`${answer}: added p99`, 'ms'),
    },
    {
      name: part,
      checked: streamRequest(forwarded, requestBytes, { contents: streamContents, intervalMs: 5 }),
      // The role and the first content.
      untilFrames: 2,
      p50: recordSeries(`${part}: added p50`, 'ms', goal),
      p99: recordSeries(`${part}: added p99`, 'ms'),
    },
  ]
}

/** The targets, and no target at all, take turns slice by slice; what disturbs the machine for a second disturbs all of them. */
async function measureRound(
  { upstream, profile }: BenchContext,
  targets: readonly StandingTarget[],
  latency: LatencyCase,
): Promise<void> {
  const lanes = [{ label: directLabel, port: upstream.port }, ...targets].map(
    ({ label, port }): Lane => ({ label, port, waits: [] }),
  )
  const perSlice = Math.ceil(profile.latencyRequests / slices)
  for (let slice = 0; slice < slices; slice += 1) {
    for (const lane of inTurn(lanes, slice)) {
      for (const wait of await measureWaits(lane.port, latency, perSlice)) lane.waits.push(wait)
    }
  }
  recordAdded(latency.p50, lanes, 0.5)
  recordAdded(latency.p99, lanes, 0.99)
}

/** Of the first lane, which has no target, the percentile itself; of the others what they are above it. */
function recordAdded(series: SeriesRecorder, lanes: readonly Lane[], p: number): void {
  let direct = 0
  for (const [index, { label, waits }] of lanes.entries()) {
    const wait = percentile(waits, p)
    series.add(label, wait - direct)
    if (index === 0) direct = wait
  }
}

function measureWaits(port: number, latency: LatencyCase, count: number): Promise<Float64Array> {
  const { checked, untilFrames } = latency
  const options = { port, checked, perSecond, count, ...(untilFrames ? { untilFrames } : {}) }
  const limitMs = (count / perSecond) * 1_000 + 20_000
  return withDeadline(runOpenLoop(options), limitMs, `a round of ${latency.name}`)
}
