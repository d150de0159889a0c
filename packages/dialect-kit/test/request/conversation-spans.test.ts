import {
  type JsonElement,
  type JsonValueSpan,
  objectElements,
  objectMembers,
  scanDocument,
} from '@jackfield/core'
import { describe, expect, it } from 'vitest'
import {
  contentSpans,
  leadingSystem,
  memberSpan,
  memberText,
  messageSpans,
  partSpan,
  rangeOf,
} from '../../src/index.ts'
import { bytes, textOf } from '../support/pieces.ts'

const listed = (json: string) => {
  const body = bytes(`{"list":${json}}`)
  const span = scanDocument(body).get('list')
  if (span === undefined) throw new Error('the list is missing')
  return { body, span, elements: () => objectElements(body, span) }
}

const shown = (body: Uint8Array, ranges: readonly { start: number; end: number }[]) =>
  ranges.map(({ start, end }) => textOf(body.subarray(start, end)))

describe('members', () => {
  it('are found by their names, and their texts without escapes', () => {
    const { body, span } = listed(String.raw`{"a":"x\ny","b":1}`)
    const members = objectMembers(body, span)

    expect(memberSpan(members, 'b')).toMatchObject({ kind: 'number' })
    expect(memberSpan(members, 'c')).toBeUndefined()
    expect(memberText(body, members, 'a')).toBe('x\ny')
    expect(memberText(body, members, 'b')).toBeUndefined()
    expect(memberText(body, members, 'c')).toBeUndefined()
  })
})

describe('the parts of a conversation', () => {
  it('are where their values are; null and nothing are none', () => {
    const { span } = listed('[1]')

    expect(rangeOf(span)).toEqual({ start: 8, end: 11 })
    expect(partSpan('tools', span)).toEqual({ tools: { start: 8, end: 11 } })
    expect(partSpan('system', listed('null').span)).toEqual({})
    expect(partSpan('system', undefined)).toEqual({})
  })
})

describe('messages', () => {
  const read =
    (body: Uint8Array) =>
    ({ span, members = [] }: JsonElement) => ({
      ...rangeOf(span),
      role: memberText(body, members, 'who') ?? '',
      texts: [],
      others: 0,
    })
  const rolesIn = (json: string, through?: string) => {
    const { body, elements } = listed(json)
    return messageSpans(elements(), read(body), through).map(({ role }) => role)
  }

  it('are all read, whatever they are', () => {
    expect(rolesIn('[{"who":"a"},1,{"who":"b"}]')).toEqual(['a', '', 'b'])
    expect(rolesIn('[]')).toEqual([])
  })

  it('are read through the first of a role, and nothing behind it is', () => {
    expect(rolesIn('[{"who":"a"},{"who":"b"},{"who":1,"who":2}]', 'b')).toEqual(['a', 'b'])
  })

  it('are refused where one has a key twice', () => {
    expect(() => rolesIn('[{"who":1,"who":2}]')).toThrow(
      expect.objectContaining({ code: 'invalid_request' }),
    )
  })

  it('pass on what the reader throws', () => {
    const work = () =>
      messageSpans(listed('[1]').elements(), () => {
        throw new RangeError('odd')
      })

    expect(work).toThrow(RangeError)
  })
})

describe('a content', () => {
  const said = ({ members = [] }: JsonElement): JsonValueSpan | undefined =>
    memberSpan(members, 'say')
  const spansIn = (json: string) => {
    const { body, span } = listed(json)
    const { texts, others } = contentSpans(body, span, said)
    const parts = texts.flatMap(({ part }) => (part === undefined ? [] : [part]))
    return { texts: shown(body, texts), parts: shown(body, parts), others }
  }

  it('that is a text is no part of a list', () => {
    expect(spansIn('"hi"')).toEqual({ texts: ['"hi"'], parts: [], others: 0 })
  })

  it('that is a list has texts in some parts, and others', () => {
    expect(spansIn('[{"say":"a"}, {"show":"b"},"c",{"x":[],"say":"d" }]')).toEqual({
      texts: ['"a"', '"d"'],
      parts: ['{"say":"a"}', '{"x":[],"say":"d" }'],
      others: 2,
    })
  })

  it.each([
    ['[{"say":1}]', 1],
    ['{"say":"a"}', 1],
    ['[]', 0],
    ['null', 0],
  ])('%s has no text, and %i other parts', (json, others) => {
    expect(spansIn(json)).toEqual({ texts: [], parts: [], others })
  })

  it('may be missing', () => {
    expect(contentSpans(bytes(''), undefined, said)).toEqual({ texts: [], others: 0 })
  })
})

describe('system messages', () => {
  const systemOf = (...roles: readonly string[]) =>
    leadingSystem(
      roles.map((role, index) => ({
        start: index * 10,
        end: index * 10 + 9,
        role,
        texts: [],
        others: 0,
      })),
    )

  it('are the run at the front', () => {
    expect(systemOf('system', 'developer', 'user', 'system')).toEqual({
      system: { start: 0, end: 19 },
    })
    expect(systemOf('system')).toEqual({ system: { start: 0, end: 9 } })
    expect(systemOf('user', 'system')).toEqual({})
    expect(systemOf()).toEqual({})
  })
})
