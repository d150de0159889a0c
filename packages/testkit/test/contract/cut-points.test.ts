import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cutPoints } from '../../src/contract/cut-points.ts'

describe('places to cut bytes in two', () => {
  it('are all of them where there are few', () => {
    expect(cutPoints(Buffer.from('abcd'), 10)).toEqual([1, 2, 3])
  })

  it('are inside characters and at line ends before they are anywhere else', () => {
    const bytes = Buffer.from(`${'x'.repeat(100)}ü\r\n${'y'.repeat(100)}`)

    expect(cutPoints(bytes, 8)).toEqual(expect.arrayContaining([101, 102, 103, 104]))
  })

  it('are inside the bytes, in order, each once, and about as many as were asked for', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 2, maxLength: 400 }), fc.nat(50), (bytes, wanted) => {
        const count = wanted + 2
        const points = cutPoints(bytes, count)

        expect(points.every((at) => at >= 1 && at < bytes.length)).toBe(true)
        expect(points).toEqual([...new Set(points)].sort((a, b) => a - b))
        expect(points.length).toBeLessThanOrEqual(count + 1)
        expect(points.length).toBeGreaterThanOrEqual(Math.min(bytes.length - 1, count) / 2)
      }),
    )
  })
})
