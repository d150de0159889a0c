import fc from 'fast-check'
import { expect, it } from 'vitest'
import { ElementLocator } from '../../src/tap/element-locator.ts'
import { bytes, pieces } from '../support/pieces.ts'

it('finds where elements and the array end, whatever is in them and wherever they are cut', () => {
  const elements = fc.array(fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue()))
  fc.assert(
    fc.property(elements, fc.array(fc.nat()), fc.boolean(), (list, cuts, isSpaced) => {
      const json = JSON.stringify(list, null, isSpaced ? 2 : 0)
      const locator = new ElementLocator()
      let offset = 0
      const ends = pieces(bytes(json), cuts).flatMap((piece) => {
        const found = locator.push(piece).map((end) => end + offset)
        offset += piece.length
        return found
      })
      const starts = [0, ...ends]
      const texts = ends
        .slice(0, -1)
        .map((end, index) => Buffer.from(json).subarray(starts[index], end).toString())

      expect(ends).toHaveLength(list.length + 1)
      expect(ends.at(-1)).toBe(Buffer.byteLength(json))
      expect(texts.map((text) => JSON.parse(text.replace(/^[[,\s]*/, '')))).toEqual(
        JSON.parse(json),
      )
      expect(locator.closed).toBe(true)
    }),
  )
})

it('takes time in proportion to the bytes, however many strings and escapes there are', () => {
  const chunk = bytes(
    `[${JSON.stringify({ a: ['x', '\\"'.repeat(8)] })
      .concat(',')
      .repeat(20_000)}`,
  )
  const started = performance.now()

  expect(new ElementLocator().push(chunk)).toHaveLength(20_000)
  expect(performance.now() - started).toBeLessThan(2000)
})
