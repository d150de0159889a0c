import { setTimeout as delay } from 'node:timers/promises'
import type { BenchFailure } from '../failure.ts'
import type { Connection } from './connection.ts'
import { type CheckedRequest, sendChecked } from './exchange.ts'

export interface StreamsOptions {
  /** How many streams are opened in each millisecond, so that their frames are spread over time as they would be between strangers. */
  readonly opensPerMs: number
  /** After each read of a stream. */
  onRead?(stream: number): void
  /** When all are open. */
  onOpened?(): void
  /** When one has ended, well or not. */
  onStreamEnd?(): void
}

/** How a set of streams ended. */
export interface StreamsResult {
  readonly complete: number
  readonly reads: number
  readonly failures: readonly BenchFailure[]
}

/** Runs one stream on each connection and checks every frame of it. Resolves when all have ended, also those that failed. */
export async function runStreams(
  connections: readonly Connection[],
  checked: CheckedRequest,
  options: StreamsOptions,
): Promise<StreamsResult> {
  const failures: BenchFailure[] = []
  let complete = 0
  let reads = 0
  const { promise: ended, resolve } = Promise.withResolvers<void>()
  const settle = () => {
    options.onStreamEnd?.()
    if (complete + failures.length === connections.length) resolve()
  }

  for (const [index, connection] of connections.entries()) {
    sendChecked(connection, checked, {
      onProgress: () => {
        reads += 1
        options.onRead?.(index)
      },
      onDone: () => {
        complete += 1
        settle()
      },
      onFailure: (error) => {
        failures.push(error)
        settle()
      },
    })
    if ((index + 1) % options.opensPerMs === 0) await delay(1)
  }
  options.onOpened?.()
  await ended
  return { complete, reads, failures }
}
