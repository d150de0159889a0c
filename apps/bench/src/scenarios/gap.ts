import { withDeadline } from '../deadline.ts'
import { closeAll, openConnections } from '../load/connection.ts'
import { runOpenLoop } from '../load/open-loop.ts'
import { runStreams } from '../load/streams.ts'
import { recordSeries, type ScenarioResult } from '../report/series.ts'
import { percentile } from '../report/statistics.ts'
import { type BenchContext, inTurn, type StandingTarget } from './context.ts'
import { streamRequest, unaryRequest } from './requests.ts'

const streams = 20
const intervalMs = 10
const large = { bytes: 400_000, perSecond: 25 }
const limitMs = 60_000

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
    for (const target of inTurn(targets, round)) {
      const quiet = await measureGap(target.port, contents)
      const [busy] = await Promise.all([
        measureGap(target.port, contents),
        sendLarge(target.port, contents),
      ])
      alone.add(target.label, quiet)
      loaded.add(target.label, busy)
      growth.add(target.label, busy / quiet)
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

async function measureGap(port: number, contents: number): Promise<number> {
  const checked = streamRequest(400, { contents, intervalMs })
  const connections = await openConnections(port, streams)
  const gaps: number[] = []
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
    return percentile(gaps, 0.99)
  } finally {
    closeAll(connections)
  }
}

/** For as long as the small streams last. */
async function sendLarge(port: number, contents: number): Promise<void> {
  const seconds = (contents * intervalMs) / 1_000
  const run = runOpenLoop({
    port,
    checked: unaryRequest(large.bytes),
    perSecond: large.perSecond,
    count: Math.max(1, Math.round(seconds * large.perSecond)),
  })
  await withDeadline(run, limitMs, 'the large requests')
}
