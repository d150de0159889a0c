import { describe, expect, it } from 'vitest'
import { asExtensions, extensionsOf, leftoverOf, mergeObjects, withLeftover } from '../src/index.ts'

const proto = JSON.parse('{"__proto__":{"x":1},"known":1,"none":null}')

describe('what is left over', () => {
  it('is every member without a name of ours, whatever it is called', () => {
    const left = leftoverOf(proto, new Set(['known']))

    expect(JSON.stringify(left)).toBe('{"__proto__":{"x":1}}')
    expect(leftoverOf({ known: 1, none: null }, new Set(['known']))).toBeUndefined()
  })

  it('travels as an extension of its dialect', () => {
    expect(extensionsOf({ a: 1 }, new Set(), 'x')).toEqual({ extensions: { x: { a: 1 } } })
    expect(extensionsOf({ a: 1 }, new Set(['a']), 'x')).toEqual({})
    expect(asExtensions({}, 'x')).toEqual({})
  })

  it('goes back to its dialect only, below what the canonical form says', () => {
    const extensions = { x: { a: 1, b: { c: 1, d: 2 } } }

    expect(withLeftover({ a: 2, b: { c: 3 } }, extensions, 'x')).toEqual({
      a: 2,
      b: { c: 3, d: 2 },
    })
    expect(withLeftover({ a: 2 }, extensions, 'y')).toEqual({ a: 2 })
    expect(withLeftover({ a: 2 }, undefined, 'x')).toEqual({ a: 2 })
  })

  it('merges without touching prototypes', () => {
    const merged = mergeObjects(proto, { known: 2 })

    expect(Object.getPrototypeOf(merged)).toBe(Object.prototype)
    expect(JSON.stringify(merged)).toBe('{"known":2,"__proto__":{"x":1},"none":null}')
  })
})
