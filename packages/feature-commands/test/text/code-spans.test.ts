import { describe, expect, it } from 'vitest'
import { findCodeSpans } from '../../src/text/code-spans.ts'

function spansIn(text: string, range = { start: 0, end: text.length }): readonly string[] {
  return findCodeSpans(text, range).map(({ start, end }) => text.slice(start, end))
}

describe('findCodeSpans', () => {
  it.each([
    ['`a` b `c`', ['`a`', '`c`']],
    ['``a ` b`` `c', ['``a ` b``']],
    ['` `` ` ``', ['` `` `']],
    ['``` a `b` ``', ['`b`']],
    ['a `b\nc` d', ['`b\nc`']],
    ['none', []],
  ])('finds what stands between equal runs: %j', (text, spans) => {
    expect(spansIn(text)).toEqual(spans)
  })

  it('looks at its range only', () => {
    expect(spansIn('` `a` `', { start: 1, end: 6 })).toEqual(['`a`'])
  })
})
