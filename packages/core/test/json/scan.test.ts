import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type JsonDocument, type ScanOptions, scanDocument } from '../../src/json/scan.ts'
import { JsonScanError } from '../../src/json/scan-error.ts'
import { spelledObject } from './arbitrary-json.ts'

function scan(text: string, options?: ScanOptions): JsonDocument {
  return scanDocument(Buffer.from(text), options)
}

function errorOf(body: string | Uint8Array, options?: ScanOptions): JsonScanError {
  try {
    scanDocument(typeof body === 'string' ? Buffer.from(body) : body, options)
  } catch (error) {
    if (error instanceof JsonScanError) return error
    throw error
  }
  throw new Error(`accepted ${body}`)
}

function raw(document: JsonDocument, name: string): string | undefined {
  const span = document.get(name)
  return span && Buffer.from(document.bytes.subarray(span.start, span.end)).toString()
}

describe('what the members of a document are', () => {
  it('gives each value with its kind and its exact bytes', () => {
    const document = scan(
      ' { "a" : "x\\ny" , "b":-1.5e+3,"c":true,"d":null,\n"e":{ "f": [ ] },"g":[1, 2 ] } ',
    )

    expect(
      document.members.map(({ name, value }) => [name, value.kind, raw(document, name)]),
    ).toEqual([
      ['a', 'string', '"x\\ny"'],
      ['b', 'number', '-1.5e+3'],
      ['c', 'boolean', 'true'],
      ['d', 'null', 'null'],
      ['e', 'object', '{ "f": [ ] }'],
      ['g', 'array', '[1, 2 ]'],
    ])
  })

  it('finds a member by its decoded name', () => {
    const document = scan('{"mod\\u0065l":"m","é":1,"\\ud83d\\ude00":2}')

    expect(raw(document, 'model')).toBe('"m"')
    expect(raw(document, 'é')).toBe('1')
    expect(raw(document, '😀')).toBe('2')
    expect(document.get('stream')).toBeUndefined()
  })

  it('does not confuse names that resemble each other', () => {
    const names = ['model', 'mpdel', 'models', 'mode', 'modem', 'ledom', '\\', 'mod\\el', '']
    const body = Object.fromEntries(names.map((name, index) => [name, index]))

    for (let round = 0; round < 2; round += 1) {
      const document = scan(JSON.stringify(body))

      expect(document.members.map(({ name }) => name)).toEqual(names)
    }
  })

  it('gives the place of keys and of the object itself', () => {
    const document = scan('  {"a":1, "b" : 2} ')

    expect([document.start, document.end]).toEqual([2, 18])
    expect(document.members.map(({ keyStart, keyEnd }) => [keyStart, keyEnd])).toEqual([
      [3, 6],
      [10, 13],
    ])
  })

  it('counts offsets from the first byte when a byte order mark comes first', () => {
    const document = scan('\ufeff{"a":1}')

    expect(document.start).toBe(3)
    expect(raw(document, 'a')).toBe('1')
  })

  it('reads a view into a larger buffer', () => {
    const whole = Buffer.from('xxxxx{"model":"m"}yyyyy')
    const document = scanDocument(new Uint8Array(whole.buffer, whole.byteOffset + 5, 13))

    expect(raw(document, 'model')).toBe('"m"')
  })

  it('allows the same key again in nested objects', () => {
    expect(scan('{"a":{"b":1,"b":2},"b":{"a":{}}}').members).toHaveLength(2)
  })
})

describe('what is refused', () => {
  const REFUSED: readonly (readonly [body: string, message: string])[] = [
    ['', 'expected a JSON object but the document ends at byte 0'],
    ['  ', 'expected a JSON object but the document ends at byte 2'],
    ['[]', 'expected a JSON object at byte 0'],
    ['"a"', 'expected a JSON object at byte 0'],
    ['\ufeff\ufeff{}', 'expected a JSON object at byte 3'],
    [' \ufeff{}', 'expected a JSON object at byte 1'],
    ['{', 'expected a key in double quotes but the document ends at byte 1'],
    ['{a:1}', 'expected a key in double quotes at byte 1'],
    ["{'a':1}", 'expected a key in double quotes at byte 1'],
    ['{,}', 'expected a key in double quotes at byte 1'],
    ['{"a":1,}', 'expected a key in double quotes at byte 7'],
    ['{"a"}', "expected ':' at byte 4"],
    ['{"a" 1}', "expected ':' at byte 5"],
    ['{"a":}', 'expected a value at byte 5'],
    ['{"a":', 'expected a value but the document ends at byte 5'],
    ['{"a":1', "expected ',' or '}' but the document ends at byte 6"],
    ['{"a":1 "b":2}', "expected ',' or '}' at byte 7"],
    ['{"a":1]', "expected ',' or '}' at byte 6"],
    ['{"a":[1}', "expected ',' or ']' at byte 7"],
    ['{"a":[1 2]}', "expected ',' or ']' at byte 8"],
    ['{"a":[,1]}', 'expected a value at byte 6'],
    ['{"a":[1,]}', 'expected a value at byte 8'],
    ['{"a":{"b":1,}}', 'expected a key in double quotes at byte 12'],
    ['{"a":{"b":}}', 'expected a value at byte 10'],
    ['{"a":{"b"}}', "expected ':' at byte 9"],
    ['{"a":[{]}', 'expected a key in double quotes at byte 7'],
    ['{"a":1}}', 'expected nothing after the JSON object at byte 7'],
    ['{} {}', 'expected nothing after the JSON object at byte 3'],
    ['{}\0', 'expected nothing after the JSON object at byte 2'],
    ['{"a":tru}', 'expected true at byte 5'],
    ['{"a":nulL}', 'expected null at byte 5'],
    ['{"a":falsey}', "expected ',' or '}' at byte 10"],
    ['{"a":True}', 'expected a value at byte 5'],
    ['{"a":NaN}', 'expected a value at byte 5'],
    ['{"a":Infinity}', 'expected a value at byte 5'],
    ['{"a":+1}', 'expected a value at byte 5'],
    ['{"a":.5}', 'expected a value at byte 5'],
    ['{"a":-}', 'expected a digit at byte 6'],
    ['{"a":01}', "expected ',' or '}' at byte 6"],
    ['{"a":-01}', "expected ',' or '}' at byte 7"],
    ['{"a":1.}', 'expected a digit at byte 7'],
    ['{"a":1.e2}', 'expected a digit at byte 7'],
    ['{"a":1e}', 'expected a digit at byte 7'],
    ['{"a":1e+}', 'expected a digit at byte 8'],
    ['{"a":1.2.3}', "expected ',' or '}' at byte 8"],
    ['{"a":0x10}', "expected ',' or '}' at byte 6"],
    ['{"a":1,/**/"b":2}', 'expected a key in double quotes at byte 7'],
    ['{"a":\u00a01}', 'expected a value at byte 5'],
    ['{"a":\f1}', 'expected a value at byte 5'],
    ['{"a":"b', 'unterminated string at byte 5'],
    ['{"a":"b\\"', 'unterminated string at byte 5'],
    ['{"a":"b\\', 'invalid escape in a string at byte 7'],
    ['{"a":"\\x41"}', 'invalid escape in a string at byte 6'],
    ['{"a":"\\u12g4"}', 'invalid \\u escape in a string at byte 6'],
    ['{"a":"\\u12"}', 'invalid \\u escape in a string at byte 6'],
    ['{"a":"\\u12', 'invalid \\u escape in a string at byte 6'],
    ['{"a":"\\U0041"}', 'invalid escape in a string at byte 6'],
    ['{"a":"x\ny"}', 'control character in a string at byte 7'],
    ['{"a":"x\0y"}', 'control character in a string at byte 7'],
    ['{"a\t":1}', 'control character in a string at byte 3'],
  ]

  it.each(REFUSED)('refuses %j: %s', (body, message) => {
    expect(errorOf(body).message).toBe(message)
  })

  it('names the key that comes twice, however it is spelled', () => {
    const error = errorOf('{"model":"a","x":{"model":"b"}, "mod\\u0065l":"c"}')

    expect(error.message).toBe('duplicate key "model" at byte 32')
    expect(error.offset).toBe(32)
    expect(error.reason).toBe('duplicate key "model"')
  })

  it('finds a duplicate among many members', () => {
    const members = Array.from({ length: 100 }, (_, index) => `"key${index}":${index}`)
    const body = `{${members.join(',')},"key3":0}`

    expect(errorOf(body).reason).toBe('duplicate key "key3"')
    expect(errorOf(body.replace('"key3":0', '"key99":0')).reason).toBe('duplicate key "key99"')
  })

  it('cuts a long key short in the message', () => {
    const key = 'k'.repeat(5000)

    expect(errorOf(`{"${key}":1,"${key}":1}`).reason).toBe(`duplicate key "${'k'.repeat(64)}…"`)
  })

  it('names the byte at which UTF-8 ends', () => {
    const valid = Buffer.from('{"a":"\ufffdé你😀')

    for (const bad of [
      [0xff],
      [0xc3],
      [0xc0, 0xaf],
      [0xed, 0xa0, 0x80],
      [0xf4, 0x90, 0x80, 0x80],
    ]) {
      const body = Buffer.concat([valid, Buffer.from(bad), Buffer.from('"}')])

      expect(errorOf(body).message).toBe(`invalid UTF-8 at byte ${valid.length}`)
    }
  })

  it('bounds the depth, the own object of the document included', () => {
    const nested = (depth: number) => `{"a":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`

    expect(scan(nested(256)).members).toHaveLength(1)
    expect(errorOf(nested(257)).message).toBe('nesting deeper than 256 at byte 260')
    expect(errorOf(`{"a":${'{"a":'.repeat(100_000)}`).reason).toBe('nesting deeper than 256')
    expect(scan(nested(3), { maxDepth: 3 }).members).toHaveLength(1)
    expect(errorOf(nested(4), { maxDepth: 3 }).offset).toBe(7)
    expect(scan(nested(100_000), { maxDepth: 100_000 }).members).toHaveLength(1)
  })

  it('bounds the number of members', () => {
    const body = `{"a":1,"b":2,"c":3}`

    expect(scan(body, { maxMembers: 3 }).members).toHaveLength(3)
    expect(errorOf(body, { maxMembers: 2 }).message).toBe(
      'more than 2 keys in one object at byte 13',
    )
  })
})

describe('strings of any length', () => {
  const PIECES = ['\\n', '\\u00e9', '\\"', 'é', '你', '\x7f'] as const
  const BAD = ['\n', '\0', '\x1f', '\\x', '\\u00g0'] as const

  // Runs are searched word by word at first, then natively, then byte by byte at the end: every
  // seam is crossed here.
  it('reads a special piece at every place of a run', () => {
    for (const piece of PIECES) {
      for (let length = 0; length < 640; length += 1) {
        const text = `{"a":"${'x'.repeat(length)}${piece}${'y'.repeat((length * 7) % 601)}"}`

        expect(raw(scan(text), 'a')).toBe(text.slice(5, -1))
      }
    }
  })

  it('refuses a bad piece at every place of a run', () => {
    for (const piece of BAD) {
      for (let length = 0; length < 640; length += 1) {
        const text = `{"a":"${'x'.repeat(length)}${piece}${'y'.repeat((length * 7) % 601)}"}`

        expect(errorOf(text).offset).toBe(6 + length)
      }
    }
  })

  it('takes linear time for many long runs between escapes', () => {
    const text = `{"a":"${`${'x'.repeat(300)}\\"`.repeat(20_000)}"}`

    expect(raw(scan(text), 'a')).toHaveLength(text.length - 6)
  })
})

describe('against JSON.parse', () => {
  it('accepts every object in every spelling, and its spans hold the same values', () => {
    fc.assert(
      fc.property(spelledObject, ({ text, value }) => {
        const document = scan(text)
        const read = document.members.map(({ name }) => [
          name,
          JSON.parse(raw(document, name) ?? ''),
        ])

        expect(JSON.stringify(Object.fromEntries(read))).toBe(JSON.stringify(value))
      }),
      { numRuns: 300 },
    )
  })

  it('accepts exactly what JSON.parse and the rules for bodies accept', () => {
    const rules = { maxDepth: 4 }

    fc.assert(
      fc.property(spelledObject, fc.array(mutation, { maxLength: 3 }), ({ text }, mutations) => {
        const bytes = mutations.reduce(mutate, Buffer.from(text))

        expect(isAccepted(bytes, rules)).toBe(isBody(bytes, rules.maxDepth))
      }),
      { numRuns: 2000 },
    )
  })

  it('shows no text of the body in its errors', () => {
    fc.assert(
      fc.property(fc.array(mutation, { minLength: 1, maxLength: 3 }), (mutations) => {
        const text = '{"a":["qqqq","qq\\nqq",{"b":"qqqq"}],"c":"qqqqqqqqqq"}'
        const bytes = mutations.reduce(mutate, Buffer.from(text))
        if (isAccepted(bytes)) return

        expect(errorOf(bytes).reason.replace(/duplicate key ".*"/s, '')).not.toMatch(/qq/)
      }),
    )
  })
})

interface Mutation {
  readonly kind: 'delete' | 'insert' | 'replace' | 'repeat' | 'cut'
  readonly at: number
  readonly length: number
  readonly bytes: Uint8Array
}

const FRAGMENTS = [
  '"',
  '\\',
  ',',
  ':',
  '{',
  '}',
  '[',
  ']',
  '0',
  '-',
  '.',
  'e',
  't',
  'null',
  ' ',
  '\0',
]
const MORE_FRAGMENTS = [
  '\n',
  '\\u00',
  '\\ud83d',
  '"model":1,',
  ',"model":{}',
  '\ufeff',
  '\x7f',
  '1e5',
]

const mutation: fc.Arbitrary<Mutation> = fc.record({
  kind: fc.constantFrom('delete', 'insert', 'replace', 'repeat', 'cut'),
  at: fc.nat(10_000),
  length: fc.integer({ min: 1, max: 4 }),
  bytes: fc.oneof(
    fc.constantFrom(...FRAGMENTS, ...MORE_FRAGMENTS).map((text) => Buffer.from(text)),
    fc.uint8Array({ minLength: 1, maxLength: 2 }),
  ),
})

function mutate(body: Buffer, { kind, at, length, bytes }: Mutation): Buffer {
  const start = at % (body.length + 1)
  const head = body.subarray(0, start)
  const tail = body.subarray(start)
  switch (kind) {
    case 'delete':
      return Buffer.concat([head, tail.subarray(length)])
    case 'insert':
      return Buffer.concat([head, bytes, tail])
    case 'replace':
      return Buffer.concat([head, bytes, tail.subarray(bytes.length)])
    case 'repeat':
      return Buffer.concat([head, tail.subarray(0, length * 4), tail])
    case 'cut':
      return head
  }
}

function isAccepted(bytes: Uint8Array, options?: ScanOptions): boolean {
  try {
    scanDocument(bytes, options)
    return true
  } catch (error) {
    if (error instanceof JsonScanError) return false
    throw error
  }
}

/** The same question put to the platform's own decoder and parser. */
function isBody(bytes: Uint8Array, maxDepth: number): boolean {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    const value: unknown = JSON.parse(text)
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    return isObject && hasGoodShape(text, maxDepth)
  } catch {
    return false
  }
}

function hasGoodShape(json: string, maxDepth: number): boolean {
  const names = new Set<string>()
  let depth = 0
  for (const [token, string] of json.matchAll(
    /("(?:[^"\\]|\\.)*")\s*:|"(?:[^"\\]|\\.)*"|[{}[\]]/gs,
  )) {
    if (token === '{' || token === '[') depth += 1
    if (token === '}' || token === ']') depth -= 1
    if (depth > maxDepth) return false
    if (depth !== 1 || string === undefined) continue
    const name: string = JSON.parse(string)
    if (names.has(name)) return false
    names.add(name)
  }
  return true
}
