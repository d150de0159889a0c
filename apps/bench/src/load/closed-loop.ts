import type { BenchFailure } from '../failure.ts'
import type { Connection } from './connection.ts'
import { type CheckedRequest, sendChecked } from './exchange.ts'

/** Sends `count` requests over the connections, each connection its next one as soon as the last is answered. */
export function runClosedLoop(
  connections: readonly Connection[],
  checked: CheckedRequest,
  count: number,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  let sent = 0
  let done = 0
  const next = (connection: Connection) => {
    if (sent === count) return
    sent += 1
    sendChecked(connection, checked, {
      onDone: () => {
        done += 1
        if (done === count) resolve()
        else next(connection)
      },
      onFailure: (error: BenchFailure) => reject(error),
    })
  }
  for (const connection of connections) next(connection)
  return promise
}
