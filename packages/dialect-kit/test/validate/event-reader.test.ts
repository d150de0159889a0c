import { describe, expect, it } from 'vitest'
import {
  BodyValidator,
  checkTexts,
  isFilledText,
  isInteger,
  StrictEventReader,
} from '../../src/index.ts'
import { bytes, pieces } from '../support/pieces.ts'

function read(stream: Uint8Array | string, named = false, cuts: readonly number[] = []) {
  const events: (readonly [string, string | undefined])[] = []
  const violations: string[] = []
  const reader = new StrictEventReader(
    {
      event: (data, name) => events.push([data, name]),
      violation: (text) => violations.push(text),
    },
    { named },
  )
  const data = typeof stream === 'string' ? bytes(stream) : stream
  for (const piece of pieces(data, cuts)) reader.push(piece)
  reader.end()
  return { events, violations }
}

describe('a stream read to the letter', () => {
  it('is the same wherever it is cut', () => {
    const stream = 'event: a\r\ndata: {"ä":1}\r\n\r\n: ping\n\nevent:b\ndata:x\ndata: y\n\n'
    const whole = read(stream, true)

    expect(whole).toEqual({
      events: [
        ['{"ä":1}', 'a'],
        ['x\ny', 'b'],
      ],
      violations: [],
    })
    for (let cut = 0; cut < stream.length; cut += 1)
      expect(read(stream, true, [cut])).toEqual(whole)
  })

  it.each([
    ['data: x\n', false, 'the stream ends inside an event'],
    ['data: x', false, 'the stream ends inside an event'],
    ['event: a\n', true, 'the stream ends inside an event'],
    ['id: 1\ndata: x\n\n', false, 'a line is neither `data:` nor a comment'],
    ['event: a\ndata: x\n\n', false, 'a line is neither `data:` nor a comment'],
    ['id: 1\nevent: a\ndata: x\n\n', true, 'a line is neither `event:`, `data:` nor a comment'],
    ['data: x\n\n', true, 'an event has no name'],
    ['event: a\n\n', true, 'an event has a name, but no data'],
    ['event: a\nevent: b\ndata: x\n\n', true, 'an event has two names'],
  ])('%j (named: %s) is illegal: %s', (stream, named, violation) => {
    expect(read(stream, named).violations).toEqual([violation])
  })

  it('is illegal where it is no UTF-8, once', () => {
    const stream = Buffer.concat([Buffer.from([0xff]), bytes('data: x\n\n')])

    expect(read(stream, false, [1, 3]).violations).toEqual(['the stream is not UTF-8'])
  })
})

it('a document is validated once it has come', () => {
  const validator = new BodyValidator((body) => [Buffer.from(body).toString()])
  for (const piece of pieces(bytes('abc'), [1, 2])) validator.push(piece)

  expect(validator.violations).toEqual([])
  validator.end()
  expect(validator.violations).toEqual(['abc'])
})

it('members are checked for their shape', () => {
  const problems: string[] = []
  checkTexts({ a: 'x', b: null, c: 1 }, ['a', 'b', 'c', 'd'], (text) => problems.push(text))

  expect(problems).toEqual(['`c` is neither a string nor null'])
  expect([isFilledText(''), isFilledText('a'), isInteger(1.5), isInteger(2)]).toEqual([
    false,
    true,
    false,
    true,
  ])
})
