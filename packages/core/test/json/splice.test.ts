import { describe, expect, it } from 'vitest'
import { applySplices, cut, replaceValue, type Splice, spliceParts } from '../../src/json/splice.ts'

const bytes = Buffer.from('0123456789')

function splice(start: number, end: number, text: string): Splice {
  return { start, end, insert: Buffer.from(text) }
}

function apply(...splices: readonly Splice[]): string {
  return Buffer.from(applySplices(bytes, splices)).toString()
}

describe('splices', () => {
  it('replace, insert and cut', () => {
    expect(apply(splice(1, 3, 'ab'), splice(5, 5, 'c'), splice(6, 8, ''))).toBe('0ab34c589')
  })

  it('may stand at both ends and touch each other', () => {
    expect(apply(splice(0, 2, 'a'), splice(2, 4, ''), splice(4, 4, 'b'), splice(9, 10, 'c'))).toBe(
      'ab45678c',
    )
  })

  it('keep their order at one place', () => {
    expect(apply(splice(3, 3, 'a'), splice(3, 3, 'b'))).toBe('012ab3456789')
  })

  it('may leave nothing', () => {
    expect(apply(cut({ start: 0, end: 10 }))).toBe('')
  })

  it('put an envelope around the bytes', () => {
    expect(apply(splice(0, 0, '{"request":'), splice(10, 10, '}'))).toBe('{"request":0123456789}')
  })

  it.each([
    ['overlap', [splice(1, 4, ''), splice(3, 5, '')]],
    ['are out of order', [splice(5, 6, ''), splice(1, 2, '')]],
    ['reach beyond the end', [splice(5, 11, '')]],
    ['begin before the start', [splice(-1, 2, '')]],
    ['end before they begin', [splice(4, 3, '')]],
    ['have no number as offset', [splice(Number.NaN, 3, '')]],
  ])('are refused when they %s', (_name, splices) => {
    expect(() => spliceParts(bytes, splices)).toThrow(RangeError)
    expect(() => applySplices(bytes, splices)).toThrow(RangeError)
  })

  it('give the bytes themselves when there are none', () => {
    expect(applySplices(bytes, [])).toBe(bytes)
    expect(spliceParts(bytes, [])).toEqual([bytes])
  })

  it('give parts that share the memory of the bytes and of the inserts', () => {
    const inserted = splice(2, 4, 'ab')

    const parts = spliceParts(bytes, [inserted])

    expect(parts.map((part) => Buffer.from(part).toString())).toEqual(['01', 'ab', '456789'])
    expect(parts[1]).toBe(inserted.insert)
    expect(parts.map((part) => part.buffer)).toEqual([
      bytes.buffer,
      inserted.insert.buffer,
      bytes.buffer,
    ])
  })

  it('hold replaced values as UTF-8', () => {
    expect(replaceValue({ start: 1, end: 2 }, '"é"')).toEqual(splice(1, 2, '"é"'))
  })
})
