import type { Timeouts } from '@jackfield/core'
import { describe, expect, it } from 'vitest'
import { Deadlines } from '../../src/transport/deadlines.ts'
import { FakeClock } from '../doubles/fake-clock.ts'

const limits: Timeouts = {
  connectMs: 10,
  firstByteMs: 300,
  firstTokenMs: 0,
  idleMs: 120,
  totalMs: 600,
}

function start(timeouts: Partial<Timeouts> = {}, whole = false) {
  const clock = new FakeClock()
  const expired: string[] = []
  const deadlines = new Deadlines(
    clock,
    { ...limits, ...timeouts },
    { whole, expire: (limit, ms) => expired.push(`${limit} ${ms} at ${clock.monotonic()}`) },
  )
  return { clock, deadlines, expired }
}

describe('Deadlines', () => {
  it('ends a connection attempt exactly at its limit', () => {
    const { clock, expired } = start()

    clock.advance(9)
    expect(expired).toEqual([])
    clock.advance(1000)

    expect(expired).toEqual(['connect 10 at 10'])
    expect(clock.timers).toBe(0)
  })

  it('counts the first byte from sending, not from the start', () => {
    const { clock, deadlines, expired } = start()

    clock.advance(8)
    deadlines.sent()
    clock.advance(299)
    expect(expired).toEqual([])
    clock.advance(1)

    expect(expired).toEqual(['first_byte 300 at 308'])
  })

  it('counts idleness from the last progress', () => {
    const { clock, deadlines, expired } = start()
    deadlines.sent()
    deadlines.answered(false)

    for (let chunk = 0; chunk < 50; chunk += 1) {
      clock.advance(119)
      deadlines.progress()
    }
    expect(expired).toEqual([])
    clock.advance(120)

    expect(expired).toEqual(['idle 120 at 6070'])
  })

  it('does not count while suspended', () => {
    const { clock, deadlines, expired } = start()
    deadlines.sent()
    deadlines.answered(false)

    deadlines.suspend()
    clock.advance(10_000)
    deadlines.resume()
    clock.advance(119)
    expect(expired).toEqual([])
    clock.advance(1)

    expect(expired).toEqual(['idle 120 at 10120'])
  })

  it('bounds the whole of an answer in one piece, even while it flows or is suspended', () => {
    const { clock, deadlines, expired } = start({}, true)
    deadlines.sent()
    deadlines.answered(true)

    for (let chunk = 0; chunk < 5; chunk += 1) {
      clock.advance(100)
      deadlines.progress()
    }
    deadlines.suspend()
    clock.advance(200)

    expect(expired).toEqual(['total 600 at 600'])
  })

  it('forgets the total when the answer turns out to be a stream', () => {
    const { clock, deadlines, expired } = start({}, true)
    deadlines.sent()
    deadlines.answered(false)

    for (let chunk = 0; chunk < 20; chunk += 1) {
      clock.advance(100)
      deadlines.progress()
    }

    expect(expired).toEqual([])
  })

  it('switches a limit off with 0', () => {
    const { clock, deadlines, expired } = start({ connectMs: 0, firstByteMs: 0, idleMs: 0 })

    clock.advance(1e6)
    deadlines.sent()
    clock.advance(1e6)
    deadlines.answered(false)
    clock.advance(1e6)

    expect(expired).toEqual([])
  })

  it('needs no timer when everything is off', () => {
    const { clock } = start({ connectMs: 0, firstByteMs: 0, idleMs: 0, totalMs: 0 })

    expect(clock.timers).toBe(0)
  })

  it('keeps one timer however many chunks come, and none when stopped', () => {
    const { clock, deadlines } = start()
    deadlines.sent()
    deadlines.answered(false)

    for (let chunk = 0; chunk < 1000; chunk += 1) deadlines.progress()

    expect(clock.timers).toBe(1)
    deadlines.stop()
    expect(clock.timers).toBe(0)
  })

  it.each(['connect', 'first_byte', 'idle'])(
    'fires %s although another limit is shorter',
    (limit) => {
      const { clock, deadlines, expired } = start({
        connectMs: 500,
        firstByteMs: 700,
        idleMs: 900,
        [limit === 'idle' ? 'connectMs' : 'idleMs']: 7,
      })
      if (limit !== 'connect') deadlines.sent()
      if (limit === 'idle') deadlines.answered(false)

      clock.advance(5000)

      const ms = { connect: 500, first_byte: 700, idle: 900 }[limit]
      expect(expired).toEqual([`${limit} ${ms} at ${ms}`])
    },
  )
})
