import fc from 'fast-check'
import { expect, it } from 'vitest'
import { ExpectedBytes, expectBytes } from '../../src/load/expected-bytes.ts'

const expected = Buffer.from('data: one\n\ndata: two\n\n')

function feed(bytes: Buffer, cuts: readonly number[]): ExpectedBytes {
  const check = new ExpectedBytes(expected)
  const places = [0, ...cuts.map((at) => at % (bytes.length + 1)), bytes.length]
  places.sort((one, other) => one - other)
  for (const [index, end] of places.slice(1).entries()) {
    check.accept(bytes.subarray(places[index], end))
  }
  check.finish()
  return check
}

it('accepts the right bytes wherever they are cut', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(), { maxLength: 8 }), (cuts) => {
      expect(feed(expected, cuts).received).toBe(expected.length)
    }),
  )
})

it('refuses a lost, doubled, exchanged or altered frame', () => {
  const one = expected.subarray(0, 11)
  const two = expected.subarray(11)
  const wrong = [[one], [two], [one, two, two], [two, one], [one, Buffer.from('data: twO\n\n')], []]

  for (const frames of wrong) expect(() => feed(Buffer.concat(frames), [])).toThrow()
})

it('counts the frames that have arrived whole', () => {
  const check = expectBytes([expected.subarray(0, 11), expected.subarray(11)])()
  const counts = [5, 11, 12, expected.length].map((end) => {
    check.accept(expected.subarray(check.received, end))
    return check.frames
  })

  expect(counts).toEqual([0, 1, 1, 2])
})

it('tells what it expected where the answer differs', () => {
  const check = new ExpectedBytes(expected)
  check.accept(expected.subarray(0, 11))

  expect(() => check.accept(Buffer.from('data: 2wo'))).toThrow(/after 11.*data: two.*data: 2wo/s)
})
