import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type BodyEditor, createBodyEditor } from '../../src/json/body-editor.ts'
import { type JsonDocument, scanDocument } from '../../src/json/scan.ts'
import { applySplices, cut } from '../../src/json/splice.ts'
import { stringRange } from '../../src/json/string-offset.ts'
import { spelledObject } from './arbitrary-json.ts'

function edit(text: string, change: (editor: BodyEditor, document: JsonDocument) => void): string {
  const document = scanDocument(Buffer.from(text))
  const editor = createBodyEditor(document)
  change(editor, document)
  return Buffer.from(applySplices(document.bytes, editor.splices())).toString()
}

describe('setting a member', () => {
  it('replaces the value where it stands and keeps every other byte', () => {
    const edited = edit('{ "stream" : true,\n "mod\\u0065l"\t: "a" , "n":1.0 }', (editor) =>
      editor.set('model', '"gpt-4o"'),
    )

    expect(edited).toBe('{ "stream" : true,\n "mod\\u0065l"\t: "gpt-4o" , "n":1.0 }')
  })

  it('adds a new member behind the last one', () => {
    expect(edit('{ "a" : 1 \n}', (editor) => editor.set('b', '[2]'))).toBe('{ "a" : 1,"b":[2] \n}')
  })

  it('adds to an empty object', () => {
    const setTwo = (editor: BodyEditor) => {
      editor.set('a', '1')
      editor.set('q"', 'null')
    }

    expect(edit('{}', setTwo)).toBe('{"a":1,"q\\"":null}')
    expect(edit(' { } ', setTwo)).toBe(' {"a":1,"q\\"":null } ')
  })

  it('lets the last value hold', () => {
    expect(
      edit('{"a":1}', (editor) => {
        editor.set('a', '2')
        editor.set('a', '3')
        editor.set('b', '4')
        editor.set('b', '5')
      }),
    ).toBe('{"a":3,"b":5}')
  })
})

describe('removing members', () => {
  const body = '{ "a":1 , "b" : 2,\n"c":3 }'

  it.each([
    ['the first', ['a'], '{ "b" : 2,\n"c":3 }'],
    ['the middle one', ['b'], '{ "a":1,\n"c":3 }'],
    ['the last', ['c'], '{ "a":1 , "b" : 2 }'],
    ['the first two', ['a', 'b'], '{ "c":3 }'],
    ['the last two', ['c', 'b'], '{ "a":1 }'],
    ['the outer ones', ['a', 'c'], '{ "b" : 2 }'],
    ['all', ['b', 'a', 'c'], '{  }'],
    ['one that is not there', ['d'], body],
  ])('takes out %s with one comma each', (_name, names, expected) => {
    const edited = edit(body, (editor) => {
      for (const name of names) editor.remove(name)
    })

    expect(edited).toBe(expected)
  })

  it('leaves room for a new member when all others go', () => {
    expect(
      edit(body, (editor) => {
        for (const name of ['a', 'b', 'c']) editor.remove(name)
        editor.set('d', '4')
      }),
    ).toBe('{ "d":4 }')
  })

  it('puts a member that is set again behind the others', () => {
    expect(
      edit('{"a":1,"b":2}', (editor) => {
        editor.remove('a')
        editor.set('a', '3')
      }),
    ).toBe('{"b":2,"a":3}')
  })

  it('forgets a member that was new', () => {
    expect(
      edit('{"a":1}', (editor) => {
        editor.set('b', '1')
        editor.remove('b')
      }),
    ).toBe('{"a":1}')
  })
})

describe('renaming a member', () => {
  it('replaces only its key', () => {
    expect(edit('{"a": 1.50 ,"b":2}', (editor) => editor.rename('a', 'c'))).toBe(
      '{"c": 1.50 ,"b":2}',
    )
  })

  it('takes the place of a member that had the new name', () => {
    expect(edit('{"a":1,"b":2,"c":3}', (editor) => editor.rename('a', 'c'))).toBe('{"c":1,"b":2}')
  })

  it('goes together with a new value', () => {
    expect(
      edit('{"a":1}', (editor) => {
        editor.rename('a', 'b')
        editor.set('b', '2')
      }),
    ).toBe('{"b":2}')
  })

  it('does nothing without such a member or with the same name', () => {
    expect(
      edit('{"\\u0061":1,"b":2}', (editor) => {
        editor.rename('x', 'b')
        editor.rename('a', 'a')
      }),
    ).toBe('{"\\u0061":1,"b":2}')
  })
})

describe('splices inside a value', () => {
  const body = '{"model":"m","messages":[{"content":"say !/echo(x) hi"},{"content":"!/b yes"}]}'

  /**
   * Cuts the first `length` characters at `from` out of the content whose token begins behind
   * `before`.
   */
  function cutOut(editor: BodyEditor, document: JsonDocument, token: string, part: string): void {
    const start = body.indexOf(token)
    const span = { start, end: start + token.length, kind: 'string' } as const
    const from = JSON.parse(token).indexOf(part)
    editor.splice(cut(stringRange(document.bytes, span, from, from + part.length)))
  }

  it('cut parts out of messages, whatever their order, beside other edits', () => {
    const edited = edit(body, (editor, document) => {
      cutOut(editor, document, '"!/b yes"', '!/b ')
      cutOut(editor, document, '"say !/echo(x) hi"', ' !/echo(x)')
      editor.set('model', '"n"')
      editor.rename('messages', 'input')
    })

    expect(edited).toBe('{"model":"n","input":[{"content":"say hi"},{"content":"yes"}]}')
  })

  it('are void when the whole value goes', () => {
    const cutFirst = (editor: BodyEditor, document: JsonDocument) =>
      cutOut(editor, document, '"!/b yes"', '!/b ')

    expect(
      edit(body, (editor, document) => {
        cutFirst(editor, document)
        editor.set('messages', '[]')
      }),
    ).toBe('{"model":"m","messages":[]}')
    expect(
      edit(body, (editor, document) => {
        editor.remove('messages')
        cutFirst(editor, document)
      }),
    ).toBe('{"model":"m"}')
  })

  it('are refused outside of values', () => {
    const at = (start: number, end: number) => () =>
      edit(body, (editor) => editor.splice(cut({ start, end })))

    expect(at(1, 5)).toThrow(RangeError)
    expect(at(10, 30)).toThrow(RangeError)
  })
})

describe('asking for a member', () => {
  it('sees the edits so far', () => {
    const editor = createBodyEditor(scanDocument(Buffer.from('{"a":1,"b":2}')))
    editor.remove('a')
    editor.rename('b', 'c')
    editor.set('d', '1')

    expect(['a', 'b', 'c', 'd'].map((name) => editor.has(name))).toEqual([false, false, true, true])
  })
})

type Operation =
  | { readonly kind: 'set'; readonly name: string; readonly value: unknown }
  | { readonly kind: 'remove'; readonly name: string }
  | { readonly kind: 'rename'; readonly name: string; readonly newName: string }

const name = fc.constantFrom('model', 'stream', 'messages', '__proto__', '', 'new', 'é"')

const operation: fc.Arbitrary<Operation> = fc.oneof(
  fc.record({ kind: fc.constant('set'), name, value: fc.jsonValue({ maxDepth: 1 }) }),
  fc.record({ kind: fc.constant('remove'), name }),
  fc.record({ kind: fc.constant('rename'), name, newName: name }),
)

function applyToEditor(editor: BodyEditor, operation: Operation): void {
  if (operation.kind === 'set') editor.set(operation.name, JSON.stringify(operation.value))
  else if (operation.kind === 'remove') editor.remove(operation.name)
  else editor.rename(operation.name, operation.newName)
}

/** The same on parsed members. Values are kept as text, to see that nothing else changed. */
function applyToMembers(members: Map<string, string>, operation: Operation): Map<string, string> {
  const edited = new Map(members)
  if (operation.kind === 'set') {
    return edited.set(operation.name, JSON.stringify(operation.value))
  }
  if (operation.kind === 'remove') {
    edited.delete(operation.name)
    return edited
  }
  const { name: oldName, newName } = operation
  const value = edited.get(oldName)
  if (value === undefined || oldName === newName) return edited
  edited.delete(newName)
  return new Map(Array.from(edited, ([key, raw]) => [key === oldName ? newName : key, raw]))
}

function rawMembers(document: JsonDocument): Map<string, string> {
  const bytes = Buffer.from(document.bytes)
  return new Map(
    document.members.map(({ name: key, value }) => [
      key,
      bytes.toString('utf8', value.start, value.end),
    ]),
  )
}

describe('any series of edits', () => {
  it('does to the bytes what it does to the object, and keeps untouched values', () => {
    fc.assert(
      fc.property(spelledObject, fc.array(operation, { maxLength: 8 }), ({ text }, operations) => {
        const expected = operations.reduce(
          applyToMembers,
          rawMembers(scanDocument(Buffer.from(text))),
        )

        const edited = edit(text, (editor) => {
          for (const one of operations) applyToEditor(editor, one)
        })

        const members = rawMembers(scanDocument(Buffer.from(edited)))
        expect([...members]).toEqual([...expected])
        expect(() => JSON.parse(edited)).not.toThrow()
      }),
      { numRuns: 500 },
    )
  })

  it('leaves the bytes as they are when there are none', () => {
    fc.assert(
      fc.property(spelledObject, ({ text }) => {
        expect(edit(text, () => {})).toBe(text)
      }),
      { numRuns: 100 },
    )
  })
})
