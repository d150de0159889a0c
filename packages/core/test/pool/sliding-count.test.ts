import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SlidingCount } from '../../src/pool/sliding-count.ts'

describe('a sliding count', () => {
  it('forgets what is older than its window', () => {
    const count = new SlidingCount(1_000)
    count.add(0)
    count.add(500)

    expect([count.total(999), count.total(1_250), count.total(2_000)]).toEqual([2, 1, 0])
  })

  it('begins anew when it is cleared', () => {
    const count = new SlidingCount(1_000)
    count.add(100)
    count.clear()
    count.add(150)

    expect(count.total(200)).toBe(1)
  })

  it('holds everything of the window, and nothing that is a tenth older', () => {
    const steps = fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 200 })
    fc.assert(
      fc.property(steps, fc.constantFrom(10, 333, 1_000), (gaps, windowMs) => {
        const count = new SlidingCount(windowMs)
        const times: number[] = []
        let now = 0
        for (const gap of gaps) {
          now += gap
          count.add(now)
          times.push(now)
          const within = (ms: number) => times.filter((time) => now - time < ms).length

          expect(count.total(now)).toBeGreaterThanOrEqual(within(windowMs))
          expect(count.total(now)).toBeLessThanOrEqual(within(windowMs * 1.1 + 0.001))
        }
      }),
    )
  })
})
