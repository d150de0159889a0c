import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { spelling } from '../../../core/test/json/arbitrary-json.ts'
import { mayContain } from '../../src/conversation/byte-search.ts'

const prefixes = ['!/', '##', '&&', '//', '*-', '=>!', '!!/', '[[', '?#/+', '~~~~', '..', '_:']

describe('mayContain', () => {
  it.each(prefixes)('misses %s in no spelling', (prefix) => {
    const around = fc.string({ unit: fc.constantFrom(...'ab!/#&*"\\\n \u00e9'), maxLength: 6 })
    const gap = fc.constantFrom(' ', '\n', '\t', '\r\n', '>', '\u00a0', '\u3000', '\v')
    const before = fc.oneof(
      fc.constant(''),
      fc.tuple(around, gap).map((pieces) => pieces.join('')),
    )
    fc.assert(
      fc.property(before, around, spelling, (front, after, spell) => {
        const body = Buffer.from(spell({ text: `${front}${prefix}help${after}` }))
        expect(mayContain(body, prefix)).toBe(true)
      }),
    )
  })

  it.each(prefixes)('misses %s in no mixture of escapes', (prefix) => {
    const code = (character: string, isUpper: boolean) => {
      const digits = character.charCodeAt(0).toString(16).padStart(4, '0')
      return `\\u${isUpper ? digits.toUpperCase() : digits}`
    }
    const ways = fc.array(fc.constantFrom('plain', 'short', 'lower', 'upper'), {
      minLength: prefix.length,
      maxLength: prefix.length,
    })
    fc.assert(
      fc.property(ways, (chosen) => {
        const written = [...prefix].map((character, at) => {
          const way = chosen[at]
          if (way === 'plain' || way === undefined) return character
          if (way === 'short') return character === '/' ? '\\/' : character
          return code(character, way === 'upper')
        })
        const json = `"${written.join('')}help"`
        expect(JSON.parse(json)).toBe(`${prefix}help`)
        expect(mayContain(Buffer.from(json), prefix)).toBe(true)
      }),
    )
  })

  it.each([
    ['!/', '{"text":"if (!a) return \\"x!\\" // 1/2 \\u00e9"}'],
    ['##', '{"text":"# one\\n# two"}'],
    ['//', '{"text":"1/2 a/b"}'],
    ['!/', '{"text":"#!/bin/sh\\nif (!/x/.test(y)) a!/b 0021 a0021b !/ 7 !/1"}'],
    ['##', '{"text":"# one\\n## two\\n### three"}'],
  ])('does not take other text for %s', (prefix, json) => {
    expect(mayContain(Buffer.from(json), prefix)).toBe(false)
  })

  it('remembers a bounded number of prefixes, and finds each', () => {
    const signs = [...'!#$%&*+,./:;=?@']
    const many = signs.flatMap((one) => signs.map((other) => one + other))
    for (const prefix of many) {
      expect(mayContain(Buffer.from(`"x ${prefix}help"`), prefix)).toBe(true)
      expect(mayContain(Buffer.from('"nothing"'), prefix)).toBe(false)
    }
  })
})
