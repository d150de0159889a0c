import { type Clock, systemClock } from '@jackfield/core'
import type { DestinationStream } from 'pino'

/** Milliseconds that a line may wait for company, and characters after which none wait. */
const patience = { ms: 20, characters: 16_384 } as const

/**
 * Writes lines in batches: under load one system call serves many of them. The first line after a pause is written at
 * once, those behind it wait 20 ms at most. `flush` writes what waits, for the end of the process.
 */
export function batchedStream(
  output: DestinationStream,
  clock: Pick<Clock, 'after'> = systemClock,
): DestinationStream & { flush(): void } {
  let waiting = ''
  let isPausing = true

  const flush = () => {
    const lines = waiting
    waiting = ''
    if (lines !== '') output.write(lines)
  }
  const gather = () => {
    isPausing = false
    clock.after(patience.ms, () => {
      isPausing = waiting === ''
      flush()
      if (!isPausing) gather()
    })
  }
  return {
    write(line) {
      waiting += line
      if (isPausing) gather()
      else if (waiting.length < patience.characters) return
      flush()
    },
    flush,
  }
}
