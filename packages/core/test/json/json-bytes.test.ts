import fc from 'fast-check'
import { expect, it } from 'vitest'
import { jsonBytes } from '../../src/json/json-bytes.ts'

it('writes what JSON.stringify says as UTF-8, whatever the size and the characters', () => {
  const text = fc.string({ unit: 'binary', maxLength: 40 })
  const times = fc.constantFrom(1, 200, 2_000)

  fc.assert(
    fc.property(text, times, (piece, count) => {
      const value = { piece, long: piece.repeat(count) }

      expect(jsonBytes(value).equals(Buffer.from(JSON.stringify(value)))).toBe(true)
    }),
  )
})

it('finds room for text that takes three bytes for each of its characters', () => {
  const value = '→'.repeat(10_000)

  expect(JSON.parse(jsonBytes(value).toString())).toBe(value)
})
