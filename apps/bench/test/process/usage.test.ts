import { describe, expect, it } from 'vitest'
import { BenchFailure } from '../../src/failure.ts'
import { readCpuNanoseconds, readResidentBytes } from '../../src/process/usage.ts'

describe('usage of a process', () => {
  it('counts the CPU time of all threads as the process itself does', () => {
    const before = { proc: readCpuNanoseconds(process.pid), own: process.cpuUsage() }
    let sum = 0
    while (process.cpuUsage(before.own).user < 100_000) sum += Math.sqrt(sum + 1)
    const own = process.cpuUsage(before.own)
    const counted = (readCpuNanoseconds(process.pid) - before.proc) / 1_000

    // The kernel brings a running thread's figure up to date with its tick, 10 ms at most.
    expect(Math.abs(counted - own.user - own.system)).toBeLessThan(30_000)
  })

  it('reads resident memory', () => {
    const bytes = readResidentBytes(process.pid)

    expect(bytes / process.memoryUsage.rss()).toBeCloseTo(1, 0)
  })

  it('says which process is gone', () => {
    expect(() => readCpuNanoseconds(2 ** 30)).toThrow(BenchFailure)
    expect(() => readResidentBytes(2 ** 30)).toThrow(/1073741824/)
  })
})
