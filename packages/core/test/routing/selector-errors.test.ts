import { describe, expect, it } from 'vitest'
import { parseSelector, type SelectorErrorCode } from '../../src/routing/selector.ts'
import { context, parseError } from './selector-context.ts'

type Malformed = readonly [text: string, code: SelectorErrorCode, column: number, message: RegExp]

const malformed: readonly Malformed[] = [
  ['', 'invalid_leaf', 1, /^The selector is empty\. Write a model/],
  ['   ', 'invalid_leaf', 1, /^The selector is empty/],
  ['|a', 'invalid_leaf', 1, /no model before "\|"\. Write one there, or "%7C"/],
  ['a|', 'invalid_leaf', 3, /no model after "\|"/],
  ['a| ', 'invalid_leaf', 4, /no model after "\|"/],
  ['a||b', 'invalid_leaf', 3, /no model before "\|"/],
  ['gpt-4o!', 'invalid_leaf', 8, /after "!"\. Write one there, or "%21" if the character belongs/],
  ['?top_k=1', 'invalid_leaf', 1, /no model before "\?"/],
  ['a^?top_k=1', 'invalid_leaf', 3, /no model before "\?"/],
  ['openai:', 'invalid_leaf', 8, /no model after "openai:"\. Write the model/],
  ['openai:?top_k=1', 'invalid_leaf', 8, /no model after "openai:"/],
  ['a|openai.2:', 'invalid_leaf', 12, /no model after "openai\.2:"/],
  ['openai/', 'invalid_leaf', 8, /no model after "openai\/"/],
  ['openai.:gpt-4o', 'invalid_leaf', 8, /no target after "openai\."/],
  ['hybrid.:[a,b]', 'invalid_leaf', 8, /no target after "hybrid\."/],
  ['a|b!c', 'unsupported_construct', 4, /"\|" and "!" cannot be mixed .* write "%21"/],
  ['a ^ b ^ c | d', 'unsupported_construct', 11, /"\^" and "\|" cannot be mixed/],
  ['a b', 'syntax_error', 2, /white space inside a leaf\. .* "%20"/],
  ['a ?top_k=1', 'syntax_error', 2, /white space inside a leaf/],
  ['a|openai: b', 'invalid_leaf', 10, /no model after "openai:"/],
  ['a?top_k=1 &top_p=1', 'syntax_error', 10, /white space inside a leaf/],
  ['a\tb', 'syntax_error', 2, /character U\+0009 cannot stand in a selector\. Remove it/],
  ['a|\nb', 'syntax_error', 3, /U\+000A/],
  ['a\u0000', 'syntax_error', 2, /U\+0000/],
  ['a\u007f', 'syntax_error', 2, /U\+007F/],
  ['a\u0085b', 'syntax_error', 2, /U\+0085/],
  ['a\u3000|b', 'syntax_error', 2, /U\+3000/],
  ['\ufeffa', 'syntax_error', 1, /U\+FEFF/],
  ['a😀\ud83d', 'syntax_error', 4, /U\+D83D/],
  ['a]', 'syntax_error', 2, /"\]" has no partner here\. .* "%5D"/],
  [']', 'syntax_error', 1, /"\]" has no partner/],
  ['a?top_k=[', 'syntax_error', 9, /"\[" has no partner/],
  ['a[', 'syntax_error', 2, /"\[" cannot stand here\. .* "%5B"/],
  ['a[weight=3]^b', 'syntax_error', 2, /Annotations come first in a leaf/],
  ['openai:[weight=3]a', 'unsupported_construct', 8, /"\[weight=3\]openai:model"/],
  ['other:[a,b]', 'unsupported_construct', 7, /No backend "other" is configured/],
  ['hybrid:[a]', 'syntax_error', 10, /is only one selector in this pair\. Write exactly two/],
  ['hybrid:[a,b,c]', 'syntax_error', 12, /are more than two selectors/],
  ['hybrid:[a,b', 'syntax_error', 8, /"\[" is not closed\. Write "\[first,second\]"/],
  ['hybrid:[a', 'syntax_error', 8, /"\[" is not closed/],
  ['hybrid:[,b]', 'invalid_leaf', 9, /no model before ","/],
  ['hybrid:[a,]', 'invalid_leaf', 11, /no model before "\]"/],
  ['hybrid:[a,', 'invalid_leaf', 11, /no model after ","/],
  ['hybrid:[a|b!c,d]', 'unsupported_construct', 12, /cannot be mixed/],
  ['hybrid:[a,b]c', 'syntax_error', 13, /can follow the "\]" of a pair/],
  ['hybrid:[a,b],c', 'syntax_error', 13, /can follow the "\]" of a pair/],
  ['hybrid:[a,b]]', 'syntax_error', 13, /"\]" has no partner/],
  [
    'hybrid:[a,alias:b]',
    'unsupported_construct',
    11,
    /"alias:" is a reserved prefix .* "alias%3A"/,
  ],
  ['[a', 'syntax_error', 1, /"\[" is not closed\. Annotations end with "\]"/],
  ['[weight=1[', 'syntax_error', 1, /"\[" is not closed/],
  ['a^[weight=1|b', 'syntax_error', 3, /"\[" is not closed/],
  ['[]a', 'syntax_error', 2, /annotation is empty\. Write "key=value" with one of weight, first/],
  ['[weight=1,]a^b', 'syntax_error', 11, /annotation is empty/],
  ['[ , first=1]a^b', 'syntax_error', 3, /annotation is empty/],
  ['[max_context]a', 'syntax_error', 2, /"max_context" is not an annotation\. Write "key=value"/],
  ['[=3]a', 'syntax_error', 2, /"=3" is not an annotation/],
  ['[minimax:a,b]', 'syntax_error', 2, /"minimax:a" is not an annotation/],
  ['[weight=1] a^b', 'syntax_error', 11, /white space after an annotation\. Remove it/],
  ['[weight=1]', 'invalid_leaf', 11, /no model after "\]"/],
  ['[weight=1]^b', 'invalid_leaf', 11, /no model before "\^"/],
  [
    '[thinker=1]a^b',
    'unsupported_construct',
    2,
    /no annotation "thinker"\. Known are weight, first/,
  ],
  ['[__proto__=1]a', 'unsupported_construct', 2, /no annotation "__proto__"/],
]

describe('a malformed selector', () => {
  it.each(malformed)('%j: %s at column %i', (text, code, column, message) => {
    expect(parseError(text)).toEqual({ code, column, message: expect.stringMatching(message) })
  })

  it('has a message of whole sentences', () => {
    for (const [text] of malformed) {
      expect(parseError(text).message).toMatch(/^[A-Z"].*[.]$/s)
    }
  })

  it('is quoted only in part', () => {
    const { message } = parseError(`[${'😀'.repeat(1000)}=1]a`)

    expect(message).toContain('😀…"')
    expect(message.length).toBeLessThan(240)
    expect(message.isWellFormed()).toBe(true)
  })

  it('is refused beyond 102,400 characters', () => {
    const longest = 'a'.repeat(102_400)

    expect(parseSelector(longest, context).ok).toBe(true)
    expect(parseError(`${longest}a`)).toEqual({
      code: 'unsupported_construct',
      message: 'A selector has at most 102400 characters; this one has 102401.',
      column: 102_401,
    })
  })

  it('is refused beyond 100 leaves, those in pairs included', () => {
    const hundred = Array.from({ length: 100 }, () => 'a').join('|')

    expect(parseSelector(hundred, context).ok).toBe(true)
    expect(parseError(`${hundred}|a`)).toMatchObject({ code: 'unsupported_construct', column: 201 })
    expect(parseError(`hybrid:[${hundred},b]`)).toMatchObject({ code: 'unsupported_construct' })
  })

  it('is refused beyond three pairs in each other', () => {
    const three = 'hybrid:[a,hybrid:[a,hybrid:[a,b]]]'

    expect(parseSelector(three, context).ok).toBe(true)
    expect(parseError(`hybrid:[a,${three}]`)).toMatchObject({
      code: 'unsupported_construct',
      column: 38,
      message: 'Pairs are nested more than 3 deep. Use fewer.',
    })
  })

  it('counts the depth of pairs, not their number', () => {
    const many = Array.from({ length: 20 }, () => 'hybrid:[a,b]').join('|')

    expect(parseSelector(many, context).ok).toBe(true)
  })
})
