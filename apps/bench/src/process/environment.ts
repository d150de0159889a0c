import { readFileSync } from 'node:fs'
import { availableParallelism, cpus, loadavg } from 'node:os'
import type { Cores, findCores } from './cores.ts'
import { parseOpenFileLimit, parseStolenTicks } from './proc-files.ts'
import { cpuSource } from './usage.ts'

/** What a reader must know about the machine before believing a number. */
export interface Environment {
  readonly node: string
  readonly processor: string
  readonly cores: number
  readonly pinned: string
  readonly cpuSource: string
  readonly loadAtStart: number
  readonly openFiles: number
}

/** Describes the machine and where the processes will run. */
export function describeEnvironment(cores: ReturnType<typeof findCores>): Environment {
  return {
    node: process.version,
    processor: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    pinned: describePinning(cores),
    cpuSource: cpuSource(),
    loadAtStart: loadavg()[0] ?? 0,
    openFiles: parseOpenFileLimit(readFileSync('/proc/self/limits', 'utf8')) ?? 0,
  }
}

function describePinning(cores: Cores | { readonly unpinned: string }): string {
  return 'unpinned' in cores
    ? `not pinned: ${cores.unpinned}; ratios are worth less`
    : `target on core ${cores.target}, upstream and driver on core ${cores.load}`
}

/** Starts a count of the time that the host takes away; the result tells its share since then, 0 to 1. */
export function watchStolenTime(): () => number {
  const read = () => parseStolenTicks(readFileSync('/proc/stat', 'utf8')) ?? { stolen: 0, all: 0 }
  const before = read()
  return () => {
    const now = read()
    return now.all === before.all ? 0 : (now.stolen - before.stolen) / (now.all - before.all)
  }
}
