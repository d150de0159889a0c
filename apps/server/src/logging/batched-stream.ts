import type { DestinationStream } from 'pino'

/** Milliseconds that a line may wait for company, and characters after which none wait. */
const patience = { ms: 20, characters: 16_384 } as const

/**
 * Writes lines in batches: under load one system call serves many of them. A line waits 20 ms at most; `flush` writes what
 * waits, for the end of the process.
 */
export function batchedStream(output: DestinationStream): DestinationStream & { flush(): void } {
  let waiting = ''
  let timer: NodeJS.Timeout | undefined

  const flush = () => {
    clearTimeout(timer)
    timer = undefined
    if (waiting === '') return
    const lines = waiting
    waiting = ''
    output.write(lines)
  }
  return {
    write(line) {
      waiting += line
      if (waiting.length >= patience.characters) flush()
      else timer ??= setTimeout(flush, patience.ms)
    },
    flush,
  }
}
