import { describe, expect, it } from 'vitest'
import { parseComposite, parseError, parseLeaf } from './selector-context.ts'

describe('annotations', () => {
  it('are joined over several blocks and comma lists', () => {
    const { leaves } = parseComposite('[weight=3][max_context=32000]a^[ first = yes , weight=2 ]b')

    expect(leaves.map(({ annotations }) => annotations)).toEqual([
      { weight: 3, maxContext: 32_000 },
      { first: true, weight: 2 },
    ])
  })

  it.each(['1', 'yes', 'true'])('take first=%s', (value) => {
    expect(parseComposite(`a^[first=${value}]b`).leaves[1]?.annotations).toEqual({ first: true })
  })

  it('turn seconds into milliseconds', () => {
    const { leaves } = parseComposite('[handicap=1.5,ttft_timeout=0]a![ttft_timeout=.25]b')

    expect(leaves.map(({ annotations }) => annotations)).toEqual([
      { handicapMs: 1500, ttftTimeoutMs: 0 },
      { ttftTimeoutMs: 250 },
    ])
  })

  it.each(['a', 'a|b', 'a^b', 'a!b'])('take max_context before %s', (rest) => {
    const text = `[max_context=8000]${rest}`
    const leaf = rest === 'a' ? parseLeaf(text) : parseComposite(text).leaves[0]

    expect(leaf?.annotations).toEqual({ maxContext: 8000 })
  })

  it.each([
    ['weight', ['0', '-1', '1.5', 'x', '', '1000000000', '0x1', '1e3'], '^'],
    ['first', ['0', 'no', 'TRUE', '', '2'], '^'],
    ['max_context', ['0', '-5', '1.5', '32k', ''], '|'],
    ['handicap', ['-1', 'x', '', '1s', '86401', 'Infinity', '1.2.3'], '!'],
    ['ttft_timeout', ['-0.5', 'NaN', '', '99999999999999999999'], '!'],
  ])('refuse a wrong %s', (key, values, operator) => {
    for (const value of values) {
      expect(parseError(`a${operator}[${key}=${value}]b`)).toEqual({
        code: `invalid_${key}`,
        message: expect.stringContaining(`"${key}=${value}" is not valid: "${key}" must be`),
        column: 4,
      })
    }
  })

  it.each([
    ['weight=1', ['', '|b', '!b'], '"^"'],
    ['first=1', ['', '|b', '!b'], '"^"'],
    ['handicap=1', ['', '|b', '^b'], '"!"'],
  ])('refuse %s where it means nothing', (entry, rests, operator) => {
    const key = entry.slice(0, entry.indexOf('='))
    for (const rest of rests) {
      expect(parseError(`[max_context=1,${entry}]a${rest}`)).toEqual({
        code: `invalid_${key}`,
        message: `"${key}" has a meaning only between leaves that are joined by ${operator}. Remove it, or join the leaves that way.`,
        column: 16,
      })
    }
  })

  it.each([
    ['[weight=1,weight=1]a^b', 'invalid_weight', 11],
    ['[first=1][first=1]a^b', 'invalid_first', 11],
    ['[max_context=1][max_context=2]a', 'invalid_max_context', 17],
    ['[handicap=1,handicap=2]a!b', 'invalid_handicap', 13],
    ['[ttft_timeout=1,ttft_timeout=2]a!b', 'invalid_ttft_timeout', 17],
  ])('refuse a key that is given twice: %s', (text, code, column) => {
    expect(parseError(text)).toMatchObject({ code, column })
    expect(parseError(text).message).toMatch(/is given twice for one leaf\. Keep one of them\.$/)
  })

  it('refuse a second first leaf', () => {
    expect(parseError('[first=1]a^b^[first=1]c')).toEqual({
      code: 'invalid_first',
      message: 'Two leaves are marked "first". Only one can serve the first request: unmark one.',
      column: 15,
    })
  })

  it('are judged by the operator of their own side of a pair', () => {
    expect(parseLeaf('hybrid:[[weight=2]a^b,[handicap=1]c!d]').inner).toMatchObject([
      { kind: 'weighted' },
      { kind: 'race' },
    ])
    expect(parseError('hybrid:[[weight=2]a,b]^c')).toMatchObject({
      code: 'invalid_weight',
      column: 10,
    })
  })
})
