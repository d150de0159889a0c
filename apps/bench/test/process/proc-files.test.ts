import { describe, expect, it } from 'vitest'
import {
  parseAllowedCores,
  parseOpenFileLimit,
  parseResidentBytes,
  parseSchedstat,
  parseStatTicks,
  parseStolenTicks,
} from '../../src/process/proc-files.ts'

describe('parsers of /proc', () => {
  it('read nanoseconds on a CPU from schedstat', () => {
    expect(parseSchedstat('396409123 53371 2\n')).toBe(396_409_123)
    expect(parseSchedstat('')).toBeUndefined()
    expect(parseSchedstat('0 0\n')).toBeUndefined()
  })

  it('read ticks from stat whatever the command is called', () => {
    const rest = 'S 1 2 3 4 5 6 7 8 9 10 120 30 0 0 20 0 11 0 1 2 3'

    expect(parseStatTicks(`42 (node) ${rest}`)).toBe(150)
    expect(parseStatTicks(`42 (a b) (c) 1 2) ${rest}`)).toBe(150)
    expect(parseStatTicks('42 (node) S 1')).toBeUndefined()
  })

  it('read resident memory in bytes', () => {
    const status = 'Name:\tnode\nVmHWM:\t  99 kB\nVmRSS:\t   51200 kB\nThreads:\t11\n'

    expect(parseResidentBytes(status)).toBe(52_428_800)
    expect(parseResidentBytes('Name:\tkthreadd\n')).toBeUndefined()
  })

  it('read the allowed cores, ranges and gaps included', () => {
    const status = (list: string) => `Cpus_allowed:\tff\nCpus_allowed_list:\t${list}\nMems:\t0\n`

    expect(parseAllowedCores(status('0-3'))).toEqual([0, 1, 2, 3])
    expect(parseAllowedCores(status('1,4-5,9'))).toEqual([1, 4, 5, 9])
    expect(parseAllowedCores(status('7'))).toEqual([7])
    expect(parseAllowedCores('')).toEqual([])
  })

  it('read the hard limit of open files', () => {
    const limits = (hard: string) =>
      `Limit Soft Limit Hard Limit Units\nMax open files            1024                 ${hard}                files\n`

    expect(parseOpenFileLimit(limits('20000'))).toBe(20_000)
    expect(parseOpenFileLimit(limits('unlimited'))).toBe(Number.POSITIVE_INFINITY)
    expect(parseOpenFileLimit('')).toBeUndefined()
  })

  it('read stolen time without counting guests twice', () => {
    expect(parseStolenTicks('cpu  10 0 20 60 1 2 3 4 500 600\ncpu0 1 1 1\n')).toEqual({
      stolen: 4,
      all: 100,
    })
    expect(parseStolenTicks('intr 0\n')).toBeUndefined()
  })
})
