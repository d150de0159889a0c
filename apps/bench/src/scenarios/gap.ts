import { withDeadline } from '../deadline.ts'
import { closeAll, openConnections } from '../load/connection.ts'
import { runOpenLoop } from '../load/open-loop.ts'
import { runStreams } from '../load/streams.ts'
import { recordSeries, type ScenarioResult } from '../report/series.ts'
import { percentile } from '../report/statistics.ts'
import { forwarded } from '../workload/protocols/way.ts'
import { type BenchContext, inTurn, type StandingTarget } from './context.ts'
import { streamRequest, unaryRequest } from './requests.ts'

const streams = 20
const intervalMs = 10
const large = { bytes: 400_000, perSecond: 25 }
const limitMs = 60_000
const slices = 3

/** A target and the times between its frames. */
interface Lane {
  readonly port: number
  readonly quiet: number[]
  readonly busy: number[]
}

/** The p99 time between two frames of a small stream: alone, and while requests of 400 KB arrive. */
export async function runGap(
  context: BenchContext,
  targets: readonly StandingTarget[],
): Promise<ScenarioResult> {
  const alone = recordSeries('p99 gap alone', 'ms')
  const loaded = recordSeries('p99 gap while 400 KB arrive', 'ms')
  const growth = recordSeries('with 400 KB, to alone', '×', { kind: 'value', most: 2 })
  const { contents, rounds } = context.profile.gap
  for (let round = 0; round < rounds; round += 1) {
    const lanes = targets.map(({ label, port }) => ({ label, port, quiet: [], busy: [] }))
    for (let slice = 0; slice < slices; slice += 1) {
      for (const lane of inTurn(lanes, slice)) await measureSlice(lane, contents)
    }
    for (const { label, quiet, busy } of lanes) {
      alone.add(label, percentile(quiet, 0.99))
      loaded.add(label, percentile(busy, 0.99))
      growth.add(label, percentile(busy, 0.99) / percentile(quiet, 0.99))
    }
  }
  return {
    title: 'Gap between frames',
    series: [alone, loaded, growth],
    notes: [
      `${streams} streams with a frame each ${intervalMs} ms; ${large.perSecond} large requests per second`,
    ],
    failures: [],
  }
}

async function measureSlice({ port, quiet, busy }: Lane, contents: number): Promise<void> {
  await collectGaps(port, contents, quiet)
  await Promise.all([collectGaps(port, contents, busy), sendLarge(port, contents)])
}

async function collectGaps(port: number, contents: number, gaps: number[]): Promise<void> {
  const checked = streamRequest(forwarded, 400, { contents, intervalMs })
  const connections = await openConnections(port, streams)
  const last: number[] = []
  try {
    const run = runStreams(connections, checked, {
      opensPerMs: Math.ceil(streams / intervalMs),
      onRead: (stream) => {
        const now = performance.now()
        const before = last[stream]
        if (before !== undefined) gaps.push(now - before)
        last[stream] = now
      },
    })
    const { failures } = await withDeadline(run, limitMs, 'the small streams')
    if (failures[0] !== undefined) throw failures[0]
  } finally {
    closeAll(connections)
  }
}

/** For as long as the small streams last. */
async function sendLarge(port: number, contents: number): Promise<void> {
  const seconds = (contents * intervalMs) / 1_000
  const run = runOpenLoop({
    port,
    checked: unaryRequest(forwarded, large.bytes),
    perSecond: large.perSecond,
    count: Math.max(1, Math.round(seconds * large.perSecond)),
  })
  await withDeadline(run, limitMs, 'the large requests')
}
