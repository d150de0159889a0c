import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { median, pairRatios, percentile, spread } from '../../src/report/statistics.ts'

const numbers = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1 })

describe('percentile', () => {
  it('is the nearest rank of the sorted values', () => {
    const values = [5, 1, 4, 2, 3, 10, 9, 8, 7, 6]

    expect(percentile(values, 0.5)).toBe(5)
    expect(percentile(values, 0.9)).toBe(9)
    expect(percentile(values, 0.99)).toBe(10)
    expect(percentile(values, 0)).toBe(1)
    expect(percentile([7], 0.5)).toBe(7)
  })

  it('is a measured value at or below which that share lies', () => {
    fc.assert(
      fc.property(numbers, fc.double({ min: 0, max: 1, noNaN: true }), (values, p) => {
        const result = percentile(values, p)

        expect(values).toContain(result)
        const atOrBelow = values.filter((value) => value <= result).length
        expect(atOrBelow).toBeGreaterThanOrEqual(p * values.length)
      }),
    )
  })

  it('refuses to guess from nothing', () => {
    expect(() => percentile([], 0.5)).toThrow(RangeError)
    expect(() => median([])).toThrow(RangeError)
  })
})

describe('median', () => {
  it('is the middle value, or the mean of the two in the middle', () => {
    expect(median([9, 1, 5])).toBe(5)
    expect(median([4, 1, 3, 2])).toBe(2.5)
  })

  it('leaves the values in their order', () => {
    const values = [3, 1, 2]

    spread(values)

    expect(values).toEqual([3, 1, 2])
  })
})

describe('pairRatios', () => {
  it('compares each round with the same round of the yardstick', () => {
    expect(pairRatios([10, 30, 50], [10, 15, 100])).toEqual([1, 2, 0.5])
  })

  it('is untouched by what slows a whole round down', () => {
    const calm = pairRatios([12, 12, 12], [10, 10, 10])
    const disturbed = pairRatios([12, 60, 12], [10, 50, 10])

    expect(disturbed).toEqual(calm)
  })

  it('refuses rounds that do not pair', () => {
    expect(() => pairRatios([1, 2], [1])).toThrow(RangeError)
  })
})
