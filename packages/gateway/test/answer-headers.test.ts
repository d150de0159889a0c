import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { answerFields } from '../src/answer-headers.ts'

describe('answerFields', () => {
  it('leaves out what belongs to one connection', () => {
    const fields = answerFields(
      { connection: 'close', 'transfer-encoding': 'chunked', upgrade: 'h2c', 'x-a': '1' },
      {},
    )

    expect(fields).toEqual(['x-a', '1'])
  })

  it('drops fields that would not stay on their line', () => {
    const fields = answerFields(
      {
        'x-split': 'a\r\nset-cookie: b',
        'x-nul': 'a\0b',
        'x-wide': 'a\u0100b',
        'x bad': 'c',
        'x-good': 'd\te\u00ff',
      },
      {},
    )

    expect(fields).toEqual(['x-good', 'd\te\u00ff'])
  })

  it('writes only names and values that are legal, whatever a provider sends', () => {
    const headers = fc.dictionary(fc.string(), fc.string({ unit: 'binary', maxLength: 8 }), {
      maxKeys: 4,
    })
    fc.assert(
      fc.property(headers, (given) => {
        const written = answerFields(given, {})
        expect(written.every((text) => !/[\r\n\0]/.test(text))).toBe(true)
      }),
    )
  })

  it('keeps every value of a repeated field', () => {
    expect(answerFields({ 'x-a': ['1', '2\n', '3'] }, {})).toEqual(['x-a', '1', 'x-a', '3'])
  })

  it('tells caches and proxies to leave an event stream alone', () => {
    expect(answerFields({ 'content-type': 'text/event-stream; charset=utf-8' }, {})).toEqual([
      'content-type',
      'text/event-stream; charset=utf-8',
      'cache-control',
      'no-cache, no-transform',
      'x-accel-buffering',
      'no',
    ])
  })

  it('keeps what hooks of the host set, below what the answer says', () => {
    const fields = answerFields(
      { 'x-both': 'ours' },
      { 'access-control-allow-origin': '*', 'x-both': 'theirs', 'x-count': 3 },
    )

    expect(fields).toEqual(['access-control-allow-origin', '*', 'x-count', '3', 'x-both', 'ours'])
  })
})
