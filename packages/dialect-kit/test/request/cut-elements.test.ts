import { applySplices, arrayElements, scanDocument } from '@jackfield/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { spelling } from '../../../core/test/json/arbitrary-json.ts'
import { cutElements } from '../../src/request/cut-elements.ts'
import { bytes, textOf } from '../support/pieces.ts'

/** The body without some elements of its list. */
const without = (text: string, ...indices: readonly number[]) => {
  const body = bytes(text)
  const list = scanDocument(body).get('list')
  if (list === undefined) throw new Error('the list is missing')
  const elements = list.kind === 'array' ? [...arrayElements(body, list)] : [list]
  const cut = elements.filter((_, index) => indices.includes(index))
  return textOf(applySplices(body, cutElements(body, cut, 'the list')))
}

const spaced = '{"list":\t[ 1 ,\n  "]" , {"a":[]}  ,\r\n 4 ] }'

describe('elements of a list', () => {
  it.each([
    [[], spaced],
    [[0], '{"list":\t[ "]" , {"a":[]}  ,\r\n 4 ] }'],
    [[1], '{"list":\t[ 1 , {"a":[]}  ,\r\n 4 ] }'],
    [[3], '{"list":\t[ 1 ,\n  "]" , {"a":[]} ] }'],
    [[0, 1], '{"list":\t[ {"a":[]}  ,\r\n 4 ] }'],
    [[2, 3], '{"list":\t[ 1 ,\n  "]" ] }'],
    [[0, 2], '{"list":\t[ "]"  ,\r\n 4 ] }'],
    [[0, 3], '{"list":\t[ "]" , {"a":[]} ] }'],
    [[0, 1, 3], '{"list":\t[ {"a":[]} ] }'],
    [[1, 2, 3], '{"list":\t[ 1 ] }'],
  ])('%j go with one comma each', (indices, expected) => {
    expect(without(spaced, ...indices)).toBe(expected)
  })

  it('may not all go', () => {
    expect(() => without(spaced, 0, 1, 2, 3)).toThrow(
      new RangeError('nothing would be left of the list'),
    )
    expect(() => without('{"list":[1]}', 0)).toThrow(RangeError)
  })

  it.each(['{"list":"x"}', '{"a":1,"list" : {} ,"b":[2]}', '{"list":"[,"}'])(
    'cannot be taken out of %s',
    (body) => {
      expect(() => without(body, 0)).toThrow(
        new RangeError('the list is no list that something could be taken out of'),
      )
    },
  )

  it('leave those that stay, whatever the list and its spelling', () => {
    const items = fc.array(fc.tuple(fc.jsonValue({ maxDepth: 2 }), fc.boolean()), { minLength: 1 })
    fc.assert(
      fc.property(items, spelling, ([first, ...rest], spell) => {
        const all = [[first?.[0] ?? null, true] as const, ...rest]
        const body = spell({ before: [0], list: all.map(([value]) => value), behind: [0] })
        const gone = [...all.keys()].filter((index) => all[index]?.[1] === false)

        const left = JSON.parse(without(body, ...gone))

        const kept = all.filter(([, isKept]) => isKept).map(([value]) => value)
        expect(left).toEqual(JSON.parse(spell({ before: [0], list: kept, behind: [0] })))
      }),
    )
  })
})
