import { runClosedLoop } from '../load/closed-loop.ts'
import { closeAll, openConnections } from '../load/connection.ts'
import { runStreams } from '../load/streams.ts'
import { recordSeries, type ScenarioResult } from '../report/series.ts'
import { frameCount } from '../workload/answer.ts'
import { type BenchContext, inTurn, type StandingTarget } from './context.ts'
import { bytesUpstream, expectTraffic, measureCpu } from './measured.ts'
import { streamRequest, unaryRequest } from './requests.ts'

const intervalMs = 5

/** What is streamed in a round, and the goal, as a ratio to the yardstick. */
export interface StreamLoad {
  readonly streams: number
  /** Of each stream, so that the price of its request is shared by as many frames. */
  readonly contents: number
  readonly requestBytes: number
  /** Rounds that are run first and not kept: the same for every target, until V8 has optimised what a frame takes. */
  readonly warmRounds: number
  readonly most: number
}

/**
 * CPU of the target per frame of a stream. Every frame is a chunk and a write of its own upstream, and the frames of one stream are 5 ms
 * apart: written at once they would be read at once, and no provider sends like that.
 */
export async function runStream(
  context: BenchContext,
  targets: readonly StandingTarget[],
  load: StreamLoad = { ...context.profile.stream, requestBytes: 10_000, warmRounds: 1, most: 1.05 },
): Promise<ScenarioResult> {
  const cpu = recordSeries('CPU per frame of 270 B', 'µs', { kind: 'ratio', most: load.most })
  const reads = recordSeries('frames per read at the client', '')
  for (let round = 0; round < load.warmRounds; round += 1) {
    for (const target of inTurn(targets, round)) await measureOnce(context, target, load)
  }
  for (let round = 0; round < context.profile.rounds; round += 1) {
    for (const target of inTurn(targets, round)) {
      const { microseconds, framesPerRead } = await measureOnce(context, target, load)
      cpu.add(target.label, microseconds)
      reads.add(target.label, framesPerRead)
    }
  }
  return { title: 'CPU per streamed frame', series: [cpu, reads], notes: [], failures: [] }
}

async function measureOnce(
  { upstream }: BenchContext,
  target: StandingTarget,
  { streams, contents, requestBytes }: StreamLoad,
): Promise<{ readonly microseconds: number; readonly framesPerRead: number }> {
  const checked = streamRequest(target.way, requestBytes, { contents, intervalMs })
  const connections = await openConnections(target.port, streams)
  try {
    await runClosedLoop(connections, unaryRequest(target.way, 200), 2 * streams)
    const bodyBytes = streams * (await bytesUpstream(upstream, target, checked))
    const traffic = { requests: streams, bodyBytes }
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
