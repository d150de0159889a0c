import {
  type CallHead,
  createBodyEditor,
  GatewayError,
  JsonScanError,
  scanDocument,
} from '@jackfield/core'
import { describe, expect, it } from 'vitest'
import {
  applyPatch,
  asInvalidRequest,
  checkConversation,
  checkMembers,
  documentOf,
  isTrue,
  isUnset,
  modelOf,
  objectMember,
  parseRequest,
  requireMember,
  scanBody,
  setMember,
  spliced,
  tryScan,
} from '../../src/index.ts'
import { bytes, textOf } from '../support/pieces.ts'

const scan = (text: string) => scanDocument(bytes(text))
const editing = (text: string) => {
  const document = scan(text)
  return { document, editor: createBodyEditor(document) }
}
const head: CallHead = {
  operation: 'chat',
  stream: false,
  framing: 'json',
  includeUsage: false,
}
const refused = (work: () => unknown) => {
  try {
    work()
  } catch (error) {
    return error
  }
  return undefined
}

describe('a body', () => {
  it.each([
    [undefined, 'The request has no body: it must be a JSON object with `model`.'],
    [bytes(''), 'The request has no body: it must be a JSON object with `model`.'],
    [bytes('[1]'), 'The request body is not a valid JSON object: '],
    [bytes('{"a":1,"a":2}'), 'The request body is not a valid JSON object: '],
  ])('is refused where it cannot be scanned: %s', (body, message) => {
    const error = refused(() => scanBody({ body: body as never }, '`model`'))

    expect(error).toMatchObject({
      code: 'invalid_request',
      message: expect.stringContaining(message),
    })
  })

  it('of which nothing is demanded may be anything', () => {
    expect(tryScan(bytes('<html>'))).toBeUndefined()
    expect(tryScan(bytes('{"a":1}'))?.members).toHaveLength(1)
  })

  it('is scanned once: the head’s scan is used, if it is of these bytes', () => {
    const body = bytes('{"a":1}')
    const document = scanDocument(body)

    expect(documentOf(body, { ...head, document })).toBe(document)
    expect(documentOf(bytes('{"b":1}'), { ...head, document }).members[0]?.name).toBe('b')
    expect(refused(() => documentOf(bytes('{'), head))).toMatchObject({ code: 'invalid_request' })
  })

  it('is parsed without a word of it in the error', () => {
    expect(parseRequest(bytes('\ufeff{"a":1}'))).toEqual({ a: 1 })
    const error = refused(() => parseRequest(bytes('{"secret')))
    expect(error).toMatchObject({
      code: 'invalid_request',
      message: 'The request body is not valid JSON.',
    })
    expect(error).not.toHaveProperty('cause')
    expect(refused(() => parseRequest(bytes('null')))).toMatchObject({
      message: 'The request body must be a JSON object.',
    })
  })

  it('whose scan fails for another reason keeps that reason', () => {
    const bug = new TypeError('a bug')

    expect(asInvalidRequest(bug)).toBe(bug)
    expect(asInvalidRequest(refused(() => scan('{')))).toBeInstanceOf(GatewayError)
    expect(refused(() => scan('{'))).toBeInstanceOf(JsonScanError)
  })
})

describe('top-level members', () => {
  it.each([
    ['{"stream":"yes"}', 'stream', '`stream` must be a boolean, not a string.'],
    ['{"stop":{}}', 'stop', '`stop` must be a string or an array, not an object.'],
  ])('of %s are refused by name', (body, param, message) => {
    const rules = { stream: ['boolean'], stop: ['string', 'array'] } as const

    expect(refused(() => checkMembers(scan(body), rules))).toMatchObject({ param, message })
  })

  it('that are null, unknown or as they should be pass', () => {
    expect(() =>
      checkMembers(scan('{"stream":null,"constructor":1,"n":1}'), {
        stream: ['boolean'],
        n: ['number'],
      }),
    ).not.toThrow()
  })

  it.each([
    ['{}', '`input` is missing: it must be an array.'],
    ['{"input":null}', '`input` must be an array, not null.'],
    ['{"input":[ ]}', '`input` must not be empty.'],
    ['{"input":[1]}', '`input[0]` must be an object.'],
  ])('a conversation like %s is refused', (body, message) => {
    expect(refused(() => checkConversation(scan(body), 'input'))).toMatchObject({ message })
  })

  it('a conversation of objects passes, and what is no list is another rule’s business', () => {
    expect(() => checkConversation(scan('{"input": [ {} , 1]}'), 'input')).not.toThrow()
    expect(() => checkConversation(scan('{"input":"text"}'), 'input')).not.toThrow()
    expect(requireMember(scan('{"a":"x"}'), 'a', ['string']).kind).toBe('string')
  })

  it('tell the model and switches', () => {
    expect(modelOf(scan('{"model":"m"}'))).toEqual({ model: 'm' })
    expect(modelOf(scan('{"model":null}'))).toEqual({})
    expect(modelOf(scan('{}'))).toEqual({})
    expect(refused(() => modelOf(scan('{"model":" "}')))).toMatchObject({ param: 'model' })
    expect(refused(() => modelOf(scan('{"model":1}')))).toMatchObject({ param: 'model' })
    expect(
      ['{"s":true}', '{"s":false}', '{"s":1}', '{}'].map((body) => isTrue(scan(body), 's')),
    ).toEqual([true, false, false, false])
  })
})

describe('edits of a body', () => {
  it('set, remove and rename members, and leave the rest byte for byte', () => {
    const body = bytes('{ "a":1, "b" : {"c":null}, "d":null }')
    const document = scanDocument(body)
    const work = { document, editor: createBodyEditor(document) }
    setMember(work, 'a', [2])
    applyPatch(work.editor, { rename: 'b', to: 'x' })
    applyPatch(work.editor, { remove: 'd' })
    applyPatch(work.editor, { set: 'a', value: 3, when: 'absent' })
    applyPatch(work.editor, { set: 'e', value: 'n', when: 'absent' })

    expect(textOf(spliced(body, work.editor))).toBe('{ "a":[2], "x" : {"c":null},"e":"n" }')
  })

  it('that change nothing give the same array', () => {
    const body = bytes('{"a":"x"}')
    const document = scanDocument(body)
    const editor = createBodyEditor(document)
    setMember({ document, editor }, 'a', 'x')

    expect(spliced(body, editor)).toBe(body)
  })

  it('know what is unset', () => {
    const work = editing('{"a":null,"b":1,"c":{"d":1}}')

    expect(['a', 'b', 'z'].map((name) => isUnset(work, name))).toEqual([true, false, true])
    expect(objectMember(work.document, 'c')).toEqual({ d: 1 })
    expect(objectMember(work.document, 'b')).toBeUndefined()
  })
})
