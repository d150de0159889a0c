import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { quantityPatterns, readQuantity } from '../../src/config/quantities.ts'

describe('durations', () => {
  it.each([
    ['500ms', 500],
    ['30s', 30_000],
    ['5m', 300_000],
    ['1h', 3_600_000],
    ['1.5s', 1_500],
    ['2 s', 2_000],
    ['7', 7_000],
    ['0', 0],
    [30, 30_000],
    [0.25, 250],
    [0, 0],
  ])('reads %o as %i ms', (value, milliseconds) => {
    expect(readQuantity('duration', value)).toBe(milliseconds)
  })

  it.each([
    '',
    's',
    '-1s',
    '1 week',
    '1e3',
    '0x10',
    'Infinity',
    '5 parsecs',
    '1s1',
    '1'.repeat(50),
  ])('refuses %o', (value) => {
    expect(readQuantity('duration', value)).toBeUndefined()
  })

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY, 1e9])('refuses the number %d', (value) => {
    expect(readQuantity('duration', value)).toBeUndefined()
  })

  it('never takes something small for "off"', () => {
    expect(readQuantity('duration', '0.1ms')).toBe(1)
  })

  it('refuses what no timer can count', () => {
    expect(readQuantity('duration', '24d')).toBe(24 * 86_400_000)
    expect(readQuantity('duration', '25d')).toBeUndefined()
  })
})

describe('sizes', () => {
  it.each([
    ['32MB', 33_554_432],
    ['512 kb', 524_288],
    ['1GiB', 1_073_741_824],
    ['10B', 10],
    [1024, 1024],
    ['2048', 2048],
  ])('reads %o as %i bytes', (value, bytes) => {
    expect(readQuantity('size', value)).toBe(bytes)
  })

  it.each(['32M', '1TB', '', '-1KB'])('refuses %o', (value) => {
    expect(readQuantity('size', value)).toBeUndefined()
  })
})

it('reads only what the pattern in the schema describes', () => {
  const texts = fc.stringMatching(/^[0-9.\- ]{0,6}[a-zA-Z ]{0,4}$/)
  fc.assert(
    fc.property(texts, fc.constantFrom('duration' as const, 'size' as const), (text, kind) => {
      const isRead = readQuantity(kind, text) !== undefined
      return !isRead || new RegExp(quantityPatterns[kind]).test(text)
    }),
  )
})
