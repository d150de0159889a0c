import { fileURLToPath } from 'node:url'
import { withDeadline } from '../deadline.ts'
import type { Children } from '../process/children.ts'
import type { UpstreamCommand, UpstreamReport } from './control.ts'
import type { UpstreamCounters } from './fake-upstream.ts'

/** The fake upstream in its own process. */
export interface UpstreamProcess {
  readonly port: number
  counters(): Promise<UpstreamCounters>
  /** Sends the next frame of the open `lockstep` stream. */
  step(): void
}

const entry = fileURLToPath(new URL('./main.ts', import.meta.url))
const patienceMs = 10_000

/** Starts the fake upstream; `children` owns the process. */
export async function startUpstream(children: Children, core?: number): Promise<UpstreamProcess> {
  const { process: child } = children.start({
    name: 'upstream',
    entry,
    args: [],
    channel: true,
    ...(core === undefined ? {} : { core }),
  })
  const port = Promise.withResolvers<number>()
  const waiting = new Map<number, (counters: UpstreamCounters) => void>()
  child.on('message', (report: UpstreamReport) => {
    if (report.type === 'listening') return port.resolve(report.port)
    waiting.get(report.id)?.(report.counters)
    waiting.delete(report.id)
  })

  let lastId = 0
  const send = (command: UpstreamCommand) => child.send(command)
  return {
    port: await withDeadline(port.promise, patienceMs, 'the start of the fake upstream'),
    counters: () => {
      lastId += 1
      const id = lastId
      const answer = Promise.withResolvers<UpstreamCounters>()
      waiting.set(id, answer.resolve)
      send({ type: 'counters', id })
      return withDeadline(answer.promise, patienceMs, 'the counters of the fake upstream')
    },
    step: () => send({ type: 'step' }),
  }
}
