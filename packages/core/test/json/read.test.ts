import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  arrayElements,
  member,
  objectElements,
  objectMembers,
  readBoolean,
  readNumber,
  readString,
  readValue,
} from '../../src/json/read.ts'
import { scanDocument } from '../../src/json/scan.ts'
import { JsonScanError } from '../../src/json/scan-error.ts'
import type { JsonValueSpan } from '../../src/json/span.ts'
import { spelledObject, spelledString } from './arbitrary-json.ts'

interface Body {
  readonly bytes: Uint8Array
  readonly root: JsonValueSpan
}

function body(text: string): Body {
  const { bytes, start, end } = scanDocument(Buffer.from(text))
  return { bytes, root: { start, end, kind: 'object' } }
}

/** The span of the value under the name `a`. */
function valueUnderA(json: string): [bytes: Uint8Array, span: JsonValueSpan] {
  const document = scanDocument(Buffer.from(`{ "a" : ${json} }`))
  const span = document.get('a')
  if (span === undefined) throw new Error('no member')
  return [document.bytes, span]
}

/** Reads a value by nothing but the navigation. */
function walk(bytes: Uint8Array, span: JsonValueSpan): unknown {
  switch (span.kind) {
    case 'object':
      return Object.fromEntries(
        objectMembers(bytes, span, { duplicates: 'keep' }).map(({ name, value }) => [
          name,
          walk(bytes, value),
        ]),
      )
    case 'array':
      return Array.from(arrayElements(bytes, span), (element) => walk(bytes, element))
    case 'string':
      return readString(bytes, span)
    case 'number':
      return readNumber(bytes, span)
    case 'boolean':
      return readBoolean(bytes, span)
    case 'null':
      return null
  }
}

describe('reading all of a document', () => {
  it('gives what JSON.parse gives, for every spelling', () => {
    fc.assert(
      fc.property(spelledObject, ({ text, value }) => {
        const { bytes, root } = body(text)

        expect(JSON.stringify(walk(bytes, root))).toBe(JSON.stringify(value))
        expect(JSON.stringify(readValue(bytes, root))).toBe(JSON.stringify(value))
      }),
      { numRuns: 300 },
    )
  })

  it('decodes strings in every spelling', () => {
    fc.assert(
      fc.property(spelledString, ({ text, value }) => {
        expect(readString(...valueUnderA(text))).toBe(value)
      }),
      { numRuns: 300 },
    )
  })
})

describe('members of an object', () => {
  it('are listed with the places of their keys', () => {
    const [bytes, span] = valueUnderA('{"role":"user", "content" : [1]}')

    expect(objectMembers(bytes, span)).toEqual([
      {
        name: 'role',
        keyStart: 9,
        keyEnd: 15,
        value: { start: 16, end: 22, kind: 'string' },
      },
      {
        name: 'content',
        keyStart: 24,
        keyEnd: 33,
        value: { start: 36, end: 39, kind: 'array' },
      },
    ])
  })

  it('are refused when a name comes twice, unless duplicates are kept', () => {
    const [bytes, span] = valueUnderA('{"role":"user","r\\u006fle":"system"}')

    expect(() => objectMembers(bytes, span)).toThrow(new JsonScanError('duplicate key "role"', 23))
    expect(objectMembers(bytes, span, { duplicates: 'keep' })).toHaveLength(2)
  })

  it('are bounded in number', () => {
    const [bytes, span] = valueUnderA('{"a":1,"b":2}')

    expect(objectMembers(bytes, span, { maxMembers: 2 })).toHaveLength(2)
    expect(() => objectMembers(bytes, span, { maxMembers: 1 })).toThrow(JsonScanError)
  })

  it('are found by name, at whatever place', () => {
    const [bytes, span] = valueUnderA('{"a":{"b":1},"b":2,"c":[{"d":3}]}')

    const found = member(bytes, span, 'b')

    expect(found && readValue(bytes, found)).toBe(2)
    expect(member(bytes, span, 'd')).toBeUndefined()
  })

  it('are not found by name when two have it', () => {
    const [bytes, span] = valueUnderA('{"a":1,"b":2,"a":3}')

    expect(() => member(bytes, span, 'a')).toThrow('duplicate key "a" at byte 21')
    expect(member(bytes, span, 'b')).toMatchObject({ kind: 'number' })
  })
})

describe('elements of an array', () => {
  it('are none in an empty array', () => {
    expect([...arrayElements(...valueUnderA('[ \n]'))]).toEqual([])
    expect([...objectElements(...valueUnderA('[ \n]'))]).toEqual([])
  })

  it('are read no further than they are asked for', () => {
    const [bytes, span] = valueUnderA('[{"x":1},{"y":1,"y":2}]')
    const elements = objectElements(bytes, span)

    expect(elements.next().value?.members?.map(({ name }) => name)).toEqual(['x'])
    expect(() => elements.next()).toThrow('duplicate key "y"')
  })

  it('come with their members when they are objects', () => {
    const [bytes, span] = valueUnderA('[ {"x":1} , 2, [3], {} ]')

    const elements = [...objectElements(bytes, span)]

    expect(elements.map((element) => element.members?.length)).toEqual([1, undefined, undefined, 0])
    expect(elements.map((element) => element.span)).toEqual([...arrayElements(bytes, span)])
  })

  it('can be walked at several levels at the same time', () => {
    const [bytes, span] = valueUnderA('[[1,2],[[3]],[]]')
    const lengths: number[] = []

    for (const outer of arrayElements(bytes, span)) {
      lengths.push([...arrayElements(bytes, outer)].length)
    }

    expect(lengths).toEqual([2, 1, 0])
  })
})

describe('a value of another kind than asked for', () => {
  it('is refused with both kinds in the message', () => {
    const [bytes, span] = valueUnderA('42')

    expect(() => readString(bytes, span)).toThrow('expected a JSON string, found number')
    expect(() => readBoolean(bytes, span)).toThrow('expected a JSON boolean, found number')
    expect(() => objectMembers(bytes, span)).toThrow('expected a JSON object, found number')
    expect(() => member(bytes, span, 'a')).toThrow(TypeError)
    expect(() => arrayElements(bytes, span).next()).toThrow(TypeError)
    expect(() => readNumber(...valueUnderA('"1"'))).toThrow(TypeError)
  })
})
