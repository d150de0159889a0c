import { arrayElements, type OpaqueState, objectMembers, scanDocument } from '@jackfield/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type StateItem, statesOf, withoutStates } from '../../src/index.ts'
import { bytes, textOf } from '../support/pieces.ts'

const state = (data: string): OpaqueState => ({ kind: 'signature', data })

/** Reads `{"a": [...], "b": ...}`: every text in a list, and every member that is a text, is a piece of state. */
function itemsOf(body: Uint8Array): StateItem[] {
  const document = scanDocument(body)
  return document.members.map(({ keyStart, value }) => ({
    start: keyStart,
    end: value.end,
    goesWhenEmpty: true,
    ...(value.kind === 'array'
      ? {
          children: Array.from(arrayElements(body, value), ({ start, end, kind }) => ({
            start,
            end,
            states: kind === 'string' ? [state(textOf(body.subarray(start + 1, end - 1)))] : [],
          })),
        }
      : {}),
    ...(value.kind === 'string'
      ? { states: [state(textOf(body.subarray(value.start + 1, value.end - 1)))] }
      : {}),
  }))
}

const without = (text: string, refused: string) =>
  textOf(
    withoutStates(bytes(text), itemsOf(bytes(text)), ({ data }) => !refused.includes(String(data))),
  )

describe('items with state', () => {
  it('tell it in its order', () => {
    const body = bytes('{"a":["x",1],"b":"y"}')

    expect(statesOf(itemsOf(body))).toEqual([state('x'), state('y')])
  })

  it.each([
    ['{"a": ["x", 1, "y"] }', 'x', '{"a": [1, "y"] }'],
    ['{"a": ["x", 1, "y"] }', 'y', '{"a": ["x", 1] }'],
    ['{"a": ["x", 1, "y"] }', 'xy', '{"a": [1] }'],
    ['{"a": ["x", "y"], "n": 1}', 'xy', '{"n": 1}'],
    ['{"n": 1, "a": ["x"]}', 'x', '{"n": 1}'],
    ['{"a":"x","b":["y",1],"c":"z"}', 'xyz', '{"b":[1]}'],
    ['{"a":"x"}', 'x', '{}'],
    ['{"a":[]}', 'x', '{"a":[]}'],
  ])('go with a comma each: %s without %s', (body, refused, expected) => {
    expect(without(body, refused)).toBe(expected)
  })

  it('stay the same array where nothing is refused', () => {
    const body = bytes('{"a":["x"]}')

    expect(withoutStates(body, itemsOf(body), () => true)).toBe(body)
  })

  it('leave valid JSON of everything that was kept', () => {
    const letter = fc.constantFrom('x', 'y', 'z', 1, 2)
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), fc.oneof(letter, fc.array(letter))),
        fc.constantFrom('', 'x', 'xy', 'xyz'),
        (object, refused) => {
          const isKept = (value: unknown) =>
            typeof value === 'number' || !refused.includes(String(value))
          const expected = Object.entries(object).flatMap(([name, value]) => {
            const left = Array.isArray(value) ? value.filter(isKept) : value
            const gone = Array.isArray(value)
              ? value.length > 0 && value.every((item) => !isKept(item))
              : !isKept(value)
            return gone ? [] : [[name, left]]
          })
          const result = without(JSON.stringify(object), refused)

          expect(JSON.parse(result)).toEqual(Object.fromEntries(expected))
          expect(
            objectMembers(bytes(result), { start: 0, end: result.length, kind: 'object' }),
          ).toHaveLength(expected.length)
        },
      ),
    )
  })
})
