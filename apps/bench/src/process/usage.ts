import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { BenchFailure } from '../failure.ts'
import { parseResidentBytes, parseSchedstat, parseStatTicks } from './proc-files.ts'

const nanosecondsPerTick = 10_000_000

/**
 * CPU time that all threads of a process have used, in nanoseconds. Summed over the threads' `schedstat`, which counts nanoseconds;
 * `/proc/<pid>/stat` counts in steps of 10 ms and is read only where the kernel keeps no `schedstat`. Needs nothing from the process.
 */
export function readCpuNanoseconds(pid: number): number {
  return sumThreads(pid) ?? readTicks(pid) * nanosecondsPerTick
}

/** Which of the two sources `readCpuNanoseconds` uses on this machine. */
export function cpuSource(): 'schedstat' | 'stat' {
  return sumThreads(process.pid) === undefined ? 'stat' : 'schedstat'
}

/** Resident memory of a process in bytes. */
export function readResidentBytes(pid: number): number {
  const bytes = parseResidentBytes(readProc(`/proc/${pid}/status`))
  if (bytes === undefined) throw new BenchFailure(`/proc/${pid}/status names no resident memory`)
  return bytes
}

/**
 * Waits until a process rests (it used less than 0.1 ms in 5 ms), so that what a call costs after its last byte (logging, accounting)
 * is in the figure. Gives up after 0.5 s: a target with work of its own never rests.
 */
export async function settled(pid: number): Promise<number> {
  let before = readCpuNanoseconds(pid)
  for (let attempt = 0; attempt < 100; attempt += 1) {
    await delay(5)
    const now = readCpuNanoseconds(pid)
    if (now - before < 100_000) return now
    before = now
  }
  return before
}

function sumThreads(pid: number): number | undefined {
  let sum = 0
  for (const thread of listThreads(pid)) {
    const text = readThread(`/proc/${pid}/task/${thread}/schedstat`)
    if (text === undefined) continue
    const nanoseconds = parseSchedstat(text)
    if (nanoseconds === undefined) return undefined
    sum += nanoseconds
  }
  return sum === 0 ? undefined : sum
}

function listThreads(pid: number): readonly string[] {
  try {
    return readdirSync(`/proc/${pid}/task`)
  } catch (cause) {
    throw new BenchFailure(`process ${pid} cannot be read in /proc: is it alive, is this Linux?`, {
      cause,
    })
  }
}

/** A thread may end between listing and reading; then there is nothing left to count. */
function readThread(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

function readTicks(pid: number): number {
  const ticks = parseStatTicks(readProc(`/proc/${pid}/stat`))
  if (ticks === undefined) throw new BenchFailure(`/proc/${pid}/stat has no times`)
  return ticks
}

function readProc(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new BenchFailure(`${path} cannot be read: is the process alive, is this Linux?`, {
      cause,
    })
  }
}
