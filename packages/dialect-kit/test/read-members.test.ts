import type { JsonObject } from '@jackfield/core'
import { describe, expect, it } from 'vitest'
import {
  at,
  optionalArray,
  optionalBoolean,
  optionalNumber,
  optionalObject,
  optionalString,
  pathText,
  requireObject,
  requireString,
} from '../src/index.ts'

const object: JsonObject = {
  s: 'x',
  n: 1,
  b: false,
  o: {},
  a: [],
  z: null,
  huge: Number.POSITIVE_INFINITY,
}
const path = at(at(undefined, 'messages'), 3)

describe('members of a request', () => {
  it('are read where they have their type', () => {
    expect(optionalString(object, 's')).toBe('x')
    expect(optionalNumber(object, 'n')).toBe(1)
    expect(optionalBoolean(object, 'b')).toBe(false)
    expect(optionalObject(object, 'o')).toEqual({})
    expect(optionalArray(object, 'a')).toEqual([])
    expect(requireString(object, 's', path)).toBe('x')
    expect(requireObject({}, path)).toEqual({})
  })

  it.each([optionalString, optionalNumber, optionalBoolean, optionalObject, optionalArray])(
    'may be absent or null: %o',
    (read) => {
      expect(read(object, 'z')).toBeUndefined()
      expect(read(object, 'absent')).toBeUndefined()
    },
  )

  it.each([
    [() => optionalString(object, 'n', path), '`messages[3].n` must be a string, not a number.'],
    [() => optionalNumber(object, 's', path), '`messages[3].s` must be a number, not a string.'],
    [() => optionalNumber(object, 'huge', path), '`messages[3].huge` is too large a number.'],
    [() => optionalBoolean(object, 'a', path), '`messages[3].a` must be a boolean, not an array.'],
    [() => optionalObject(object, 'a'), '`a` must be an object, not an array.'],
    [() => optionalArray(object, 'o'), '`o` must be an array, not an object.'],
    [() => requireString(object, 'q', path), '`messages[3].q` must be a string, not missing.'],
    [() => requireObject(null, path), '`messages[3]` must be an object, not null.'],
  ])('are refused by their place: %#', (read, message) => {
    expect(read).toThrow(expect.objectContaining({ code: 'invalid_request', message }))
  })

  it('have places that begin anywhere', () => {
    expect(pathText(at(undefined, 0))).toBe('[0]')
    expect(pathText(at(at(at(undefined, 'a'), 0), 'b'))).toBe('a[0].b')
  })
})
