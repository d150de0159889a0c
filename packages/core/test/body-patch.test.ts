import { describe, expect, it } from 'vitest'
import { patchObject } from '../src/body-patch.ts'
import type { JsonObject } from '../src/json-value.ts'

const body: JsonObject = Object.freeze({ a: 1, b: 2 })

describe('patches of a translated request', () => {
  it('leave the object alone where there are none', () => {
    expect(patchObject(body, [])).toBe(body)
  })

  it.each([
    ['sets a new member', { set: 'c', value: 3 }, { a: 1, b: 2, c: 3 }],
    ['replaces a member', { set: 'a', value: 3 }, { a: 3, b: 2 }],
    ['sets what is absent', { set: 'c', value: 3, when: 'absent' }, { a: 1, b: 2, c: 3 }],
    ['keeps what is present', { set: 'a', value: 3, when: 'absent' }, { a: 1, b: 2 }],
    ['removes', { remove: 'a' }, { b: 2 }],
    ['removes nothing', { remove: 'c' }, { a: 1, b: 2 }],
    ['renames', { rename: 'a', to: 'c' }, { b: 2, c: 1 }],
    ['renames over a member', { rename: 'a', to: 'b' }, { b: 1 }],
    ['renames to the same name', { rename: 'a', to: 'a' }, { a: 1, b: 2 }],
    ['renames nothing', { rename: 'c', to: 'a' }, { a: 1, b: 2 }],
  ] as const)('%s', (_name, patch, expected) => {
    expect(patchObject(body, [patch])).toEqual(expected)
  })

  it('apply in order, and never change the object', () => {
    expect(
      patchObject(body, [
        { rename: 'a', to: 'c' },
        { set: 'a', value: null, when: 'absent' },
        { remove: 'b' },
      ]),
    ).toEqual({ c: 1, a: null })
    expect(body).toEqual({ a: 1, b: 2 })
  })

  it('treat dangerous names like others', () => {
    const dangerous: JsonObject = JSON.parse('{"__proto__": {"x": 1}}')
    const patched = patchObject(dangerous, [{ set: 'constructor', value: 1 }])

    expect(JSON.stringify(patched)).toBe('{"__proto__":{"x":1},"constructor":1}')
    expect(Object.getPrototypeOf(patched)).toBe(Object.prototype)
  })
})
