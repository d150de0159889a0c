import { runClosedLoop } from '../load/closed-loop.ts'
import { closeAll, openConnections } from '../load/connection.ts'
import { runStreams } from '../load/streams.ts'
import { recordSeries, type ScenarioResult } from '../report/series.ts'
import { frameCount } from '../workload/answer.ts'
import { type BenchContext, inTurn, type StandingTarget } from './context.ts'
import { expectTraffic, measureCpu } from './measured.ts'
import { streamRequest, unaryRequest } from './requests.ts'

const intervalMs = 5
const requestBytes = 10_000

/**
 * CPU of the target per frame of a stream. Every frame is a chunk and a write of its own upstream, and the frames of one stream are 5 ms
 * apart: written at once they would be read at once, and no provider sends like that.
 */
export async function runStream(
  context: BenchContext,
  targets: readonly StandingTarget[],
): Promise<ScenarioResult> {
  const cpu = recordSeries('CPU per frame of 270 B', 'µs', { kind: 'ratio', most: 1.05 })
  const reads = recordSeries('frames per read at the client', '')
  for (const target of targets) await measureOnce(context, target)
  for (let round = 0; round < context.profile.rounds; round += 1) {
    for (const target of inTurn(targets, round)) {
      const { microseconds, framesPerRead } = await measureOnce(context, target)
      cpu.add(target.label, microseconds)
      reads.add(target.label, framesPerRead)
    }
  }
  return { title: 'CPU per streamed frame', series: [cpu, reads], notes: [], failures: [] }
}

async function measureOnce(
  { upstream, profile }: BenchContext,
  target: StandingTarget,
): Promise<{ readonly microseconds: number; readonly framesPerRead: number }> {
  const { streams, contents } = profile.stream
  const checked = streamRequest(requestBytes, { contents, intervalMs })
  const connections = await openConnections(target.port, streams)
  try {
    await runClosedLoop(connections, unaryRequest(200), 2 * streams)
    const traffic = { requests: streams, bodyBytes: streams * checked.request.body.length }
    let reads = 0
    const [microseconds = Number.NaN] = await measureCpu([target], () =>
      expectTraffic(upstream, traffic, async () => {
        const opensPerMs = Math.ceil(streams / intervalMs)
        const result = await runStreams(connections, checked, { opensPerMs })
        if (result.failures[0] !== undefined) throw result.failures[0]
        reads = result.reads
      }),
    )
    const frames = streams * frameCount(contents)
    return { microseconds: microseconds / frames, framesPerRead: frames / reads }
  } finally {
    closeAll(connections)
  }
}
