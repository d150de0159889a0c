import { describe, expect, it } from 'vitest'
import { countOf, finishOfWord, sumOf, usageOf } from '../src/index.ts'

describe('counts', () => {
  it.each([0, 5, 1.5])('are numbers: %d', (value) => {
    expect(countOf(value)).toBe(value)
  })

  it.each([undefined, null, '5', -1, Number.NaN, Number.POSITIVE_INFINITY, {}])(
    'are nothing else: %s',
    (value) => {
      expect(countOf(value)).toBeUndefined()
    },
  )

  it('that are missing are no zeros', () => {
    expect(sumOf(undefined, undefined)).toBeUndefined()
    expect(sumOf(1, undefined, 2)).toBe(3)
    expect(usageOf({ inputTokens: 0, outputTokens: undefined })).toEqual({ inputTokens: 0 })
    expect(usageOf({ inputTokens: undefined })).toBeUndefined()
    expect(usageOf({ extra: { dialect: 'x', value: {} } })).toBeUndefined()
  })
})

describe('the word at the end', () => {
  const reasons = { stop: 'stop', max: 'length' } as const

  it.each([
    ['max', false, { reason: 'length', raw: 'max' }],
    ['stop', true, { reason: 'tool-calls', raw: 'stop' }],
    ['new_word', true, { reason: 'other', raw: 'new_word' }],
    ['constructor', false, { reason: 'other', raw: 'constructor' }],
    ['', true, { reason: 'tool-calls' }],
    [null, false, { reason: 'stop' }],
  ] as const)('%s with calls %s', (word, calls, expected) => {
    expect(finishOfWord(word, reasons, calls)).toEqual(expected)
  })
})
