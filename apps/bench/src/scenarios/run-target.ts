import { setTimeout as delay } from 'node:timers/promises'
import { BenchFailure } from '../failure.ts'
import { runClosedLoop } from '../load/closed-loop.ts'
import { Connection, closeAll, openConnections } from '../load/connection.ts'
import { type CheckedRequest, exchangeChecked } from '../load/exchange.ts'
import { runStreams } from '../load/streams.ts'
import type { Target } from '../targets/target.ts'
import type { BenchContext, Contender } from './context.ts'
import { streamRequest, unaryRequest } from './requests.ts'

const startPatienceMs = 30_000
const pollMs = 5
const warmStreams = { streams: 10, contents: 60, intervalMs: 2 }

/** Starts a process of the contender's kind; it may not listen yet. */
export function spawnTarget(context: BenchContext, contender: Contender): Promise<Target> {
  return contender.kind.spawn({
    children: context.children,
    upstreamPort: context.upstream.port,
    ...(context.cores === undefined ? {} : { core: context.cores.target }),
  })
}

/** Waits until a target gives a right answer to a small request. Throws with its last failure when it does not within half a minute. */
export async function firstAnswer(target: Target): Promise<void> {
  const request = unaryRequest(target.way, 200)
  const end = performance.now() + startPatienceMs
  let last: unknown
  while (performance.now() < end) {
    last = await tryOnce(target.port, request)
    if (last === undefined) return
    await delay(pollMs)
  }
  throw new BenchFailure(`${target.child.name} gave no right answer within 30 s of its start`, {
    cause: last,
  })
}

async function tryOnce(port: number, request: CheckedRequest): Promise<unknown> {
  let connection: Connection | undefined
  try {
    connection = await Connection.open(port)
    await exchangeChecked(connection, request)
    return undefined
  } catch (error) {
    return error ?? new BenchFailure('no reason given')
  } finally {
    connection?.close()
  }
}

/** Sends `count` small requests and a few hundred frames: the same number for every target, so that none is measured less optimised. */
export async function warmUp(target: Target, count: number): Promise<void> {
  const connections = await openConnections(target.port, warmStreams.streams)
  try {
    await runClosedLoop(connections, unaryRequest(target.way, 200), count)
    const request = streamRequest(target.way, 200, warmStreams)
    const { failures } = await runStreams(connections, request, { opensPerMs: 1 })
    if (failures[0] !== undefined) throw failures[0]
  } finally {
    closeAll(connections)
  }
}
