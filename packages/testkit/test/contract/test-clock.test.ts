import { describe, expect, it } from 'vitest'
import { createTestClock } from '../../src/index.ts'

describe('the test clock', () => {
  it('runs with the real time until it is told to skip some', () => {
    const clock = createTestClock()
    const [now, monotonic] = [clock.now(), clock.monotonic()]

    clock.skip(60_000)

    expect(Math.abs(now - Date.now())).toBeLessThan(1_000)
    expect(clock.now() - now).toBeGreaterThanOrEqual(60_000)
    expect(clock.monotonic() - monotonic).toBeGreaterThanOrEqual(60_000)
  })

  it('calls back in order, timers that are made meanwhile included', () => {
    const clock = createTestClock()
    const called: string[] = []
    clock.after(2_000, () => called.push('later'))
    clock.after(1_000, () => {
      called.push('first')
      clock.after(0, () => called.push('made meanwhile'))
    })
    clock.after(9_000, () => called.push('not yet'))

    clock.skip(5_000)

    expect(called).toEqual(['first', 'later', 'made meanwhile'])
    expect(clock.pending).toBe(1)
  })

  it('does not call back what was cancelled', () => {
    const clock = createTestClock()
    const called: string[] = []
    const timer = clock.after(10, () => called.push('never'))

    timer.cancel()
    clock.skip(1_000)

    expect(called).toEqual([])
    expect(clock.pending).toBe(0)
  })

  it('calls back in real time too', async () => {
    await new Promise<void>((resolve) => createTestClock().after(1, resolve))
  })
})
