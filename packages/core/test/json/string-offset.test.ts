import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { JsonValueSpan } from '../../src/json/span.ts'
import { stringRange } from '../../src/json/string-offset.ts'
import { spelledString } from './arbitrary-json.ts'

function stringToken(token: string): { bytes: Buffer; span: JsonValueSpan } {
  const bytes = Buffer.from(`{"a":${token}}`)
  return { bytes, span: { start: 5, end: bytes.length - 1, kind: 'string' } }
}

/** The raw bytes that stand for a part of the text. */
function rawPart(token: string, from: number, to: number): string {
  const { bytes, span } = stringToken(token)
  const { start, end } = stringRange(bytes, span, from, to)
  return bytes.toString('utf8', start, end)
}

function partsPair(text: string, index: number): boolean {
  const pair = text.slice(Math.max(0, index - 1), index + 1)
  return index > 0 && pair.length === 2 && (pair.codePointAt(0) ?? 0) > 0xffff
}

describe('the bytes of a part of a string', () => {
  it.each([
    ['plain', '"abcdef"', 2, 4, 'cd'],
    ['short escapes', '"a\\n\\"b\\\\c"', 1, 3, '\\n\\"'],
    ['unicode escapes', '"a\\u00e9\\u4F60b"', 1, 3, '\\u00e9\\u4F60'],
    ['raw characters of two and three bytes', '"aé你b"', 1, 3, 'é你'],
    ['a raw pair', '"a😀b"', 1, 3, '😀'],
    ['an escaped pair', '"a\\ud83d\\ude00b"', 1, 3, '\\ud83d\\ude00'],
    ['a lone high surrogate', '"\\ud83dx"', 0, 1, '\\ud83d'],
    ['a lone low surrogate behind a raw pair', '"😀\\ude00"', 2, 3, '\\ude00'],
    ['two high surrogates, the second of a pair', '"\\ud83d\\ud83d\\ude00"', 0, 1, '\\ud83d'],
    ['surrogates that do not follow each other', '"\\ud83dx\\ude00"', 2, 3, '\\ude00'],
    ['an escaped backslash before a u', '"\\\\u0041"', 0, 1, '\\\\'],
    ['everything', '"a\\tb"', 0, 3, 'a\\tb'],
    ['nothing at the start', '"ab"', 0, 0, ''],
    ['nothing at the end', '"ab"', 2, 2, ''],
    ['an empty string', '""', 0, 0, ''],
  ])('are exact for %s', (_name, token, from, to, expected) => {
    expect(rawPart(token, from, to)).toBe(expected)
  })

  it.each([
    ['raw', '"a😀b"'],
    ['escaped', '"a\\ud83d\\ude00b"'],
  ])('do not part a surrogate pair that is %s', (_name, token) => {
    expect(() => rawPart(token, 2, 4)).toThrow(new RangeError('2 is inside a surrogate pair'))
    expect(() => rawPart(token, 0, 2)).toThrow(new RangeError('2 is inside a surrogate pair'))
  })

  it('are not found outside of the text', () => {
    expect(() => rawPart('"abc"', 1, 4)).toThrow(new RangeError('the text ends before 4'))
    expect(() => rawPart('"abc"', 4, 4)).toThrow(RangeError)
    expect(() => rawPart('"abc"', -1, 2)).toThrow(RangeError)
    expect(() => rawPart('"abc"', 2, 1)).toThrow(RangeError)
    expect(() => rawPart('"abc"', Number.NaN, 1)).toThrow(RangeError)
    expect(() => rawPart('"abc"', 0.5, 1)).toThrow(RangeError)
  })

  it('are not looked for in a value of another kind', () => {
    const span: JsonValueSpan = { start: 0, end: 2, kind: 'number' }

    expect(() => stringRange(Buffer.from('42'), span, 0, 1)).toThrow(TypeError)
  })

  it('leave String.slice of the text when they are cut out, in every spelling', () => {
    fc.assert(
      fc.property(spelledString, fc.nat(), fc.nat(), ({ text: token, value }, one, other) => {
        const text = String(value)
        const [from = 0, to = 0] = [one, other]
          .map((index) => index % (text.length + 1))
          .sort((first, second) => first - second)
        const { bytes, span } = stringToken(token)
        if (partsPair(text, from) || partsPair(text, to)) {
          expect(() => stringRange(bytes, span, from, to)).toThrow(RangeError)
          return
        }

        const { start, end } = stringRange(bytes, span, from, to)

        const before = bytes.toString('utf8', span.start, start)
        const behind = bytes.toString('utf8', end, span.end)
        expect(JSON.parse(before + behind)).toBe(text.slice(0, from) + text.slice(to))
        expect(JSON.parse(`"${bytes.toString('utf8', start, end)}"`)).toBe(text.slice(from, to))
      }),
      { numRuns: 1000 },
    )
  })
})
