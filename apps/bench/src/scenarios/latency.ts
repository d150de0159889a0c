import { withDeadline } from '../deadline.ts'
import type { CheckedRequest } from '../load/exchange.ts'
import { runOpenLoop } from '../load/open-loop.ts'
import { recordSeries, type ScenarioResult, type SeriesRecorder } from '../report/series.ts'
import { percentile } from '../report/statistics.ts'
import { streamFrames } from '../workload/answer.ts'
import { type BenchContext, inTurn, type StandingTarget } from './context.ts'
import { streamRequest, unaryRequest } from './requests.ts'

interface LatencyCase {
  readonly name: string
  readonly checked: CheckedRequest
  readonly untilBytes?: number
  readonly p50: SeriesRecorder
  readonly p99: SeriesRecorder
}

interface Waits {
  readonly p50: number
  readonly p99: number
}

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
  const [role, first] = streamFrames(streamContents)
  const answer = 'unary 10 KB, 200/s'
  const part = 'first part of a stream, 200/s'
  return [
    {
      name: answer,
      checked: unaryRequest(requestBytes),
      p50: recordSeries(`${answer}: added p50`, 'ms', goal),
      p99: recordSeries(`${answer}: added p99`, 'ms'),
    },
    {
      name: part,
      checked: streamRequest(requestBytes, { contents: streamContents, intervalMs: 5 }),
      untilBytes: (role?.length ?? 0) + (first?.length ?? 0),
      p50: recordSeries(`${part}: added p50`, 'ms', goal),
      p99: recordSeries(`${part}: added p99`, 'ms'),
    },
  ]
}

async function measureRound(
  { upstream, profile }: BenchContext,
  targets: readonly StandingTarget[],
  latency: LatencyCase,
): Promise<void> {
  const direct = await measureWaits(upstream.port, latency, profile.latencyRequests)
  latency.p50.add(directLabel, direct.p50)
  latency.p99.add(directLabel, direct.p99)
  for (const target of targets) {
    const waits = await measureWaits(target.port, latency, profile.latencyRequests)
    latency.p50.add(target.label, waits.p50 - direct.p50)
    latency.p99.add(target.label, waits.p99 - direct.p99)
  }
}

async function measureWaits(port: number, latency: LatencyCase, count: number): Promise<Waits> {
  const { checked, untilBytes } = latency
  const options = { port, checked, perSecond, count, ...(untilBytes ? { untilBytes } : {}) }
  const limitMs = (count / perSecond) * 1_000 + 20_000
  const waits = await withDeadline(runOpenLoop(options), limitMs, `a round of ${latency.name}`)
  return { p50: percentile(waits, 0.5), p99: percentile(waits, 0.99) }
}
