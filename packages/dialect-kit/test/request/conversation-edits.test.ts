import {
  type ConversationEdit,
  createBodyEditor,
  type JsonElement,
  objectElements,
  scanDocument,
} from '@jackfield/core'
import { describe, expect, it } from 'vitest'
import {
  addConversationEdits,
  contentSpans,
  memberSpan,
  messageSpans,
  rangeOf,
  spliced,
} from '../../src/index.ts'
import { bytes, textOf } from '../support/pieces.ts'

/** A body whose turns say a text, or a list of texts. */
const edited = (text: string, ...edits: readonly ConversationEdit[]) => {
  const body = bytes(text)
  const document = scanDocument(body)
  const editing = { document, editor: createBodyEditor(document) }
  const read = ({ span, members = [] }: JsonElement) => ({
    ...rangeOf(span),
    role: 'user',
    ...contentSpans(body, memberSpan(members, 'say'), (part) => part.span),
  })
  addConversationEdits(editing, edits, () => {
    const turns = document.get('turns')
    if (turns?.kind === 'array')
      return { messages: messageSpans(objectElements(body, turns), read) }
    const texts = turns === undefined ? [] : [rangeOf(turns)]
    return { messages: texts.map((one) => ({ ...one, role: 'user', texts, others: 0 })) }
  })
  return textOf(spliced(body, editing.editor))
}

const put = (message: number, text: number, start: number, end: number, insert = '') => ({
  ...{ message, text, start, end },
  insert,
})
const removeText = (message: number, text: number) =>
  ({ remove: 'text', message, text }) satisfies ConversationEdit
const removeMessage = (message: number) =>
  ({ remove: 'message', message }) satisfies ConversationEdit

const body = '{"turns":[{"say":"a\\u00e9bc"}, {"say":["one", 2, "three"]}, {"say":"last"}]}'

describe('changes of a conversation', () => {
  it('are looked for only where there are any', () => {
    const document = scanDocument(bytes('{}'))
    addConversationEdits({ document, editor: createBodyEditor(document) }, [], () => {
      throw new Error('looked')
    })
  })

  it('replace pieces of texts', () => {
    expect(edited(body, put(1, 1, 2, 5, 'ou'), put(0, 0, 1, 3, '"'))).toBe(
      body.replace('\\u00e9b', '\\"').replace('three', 'thou'),
    )
  })

  it('put something in where a cut begins, and where it ends', () => {
    const edits = [put(2, 0, 1, 3), put(2, 0, 3, 3, '>'), put(2, 0, 1, 1, '<')]

    expect(edited(body, ...edits)).toBe(body.replace('last', 'l<>t'))
  })

  it('take texts out with the part that holds them', () => {
    expect(edited(body, removeText(1, 0))).toBe(body.replace('"one", ', ''))
    expect(edited(body, removeText(1, 1))).toBe(body.replace(', "three"', ''))
    expect(edited(body, removeText(1, 1), removeText(1, 0))).toBe(
      body.replace('"one", ', '').replace(', "three"', ''),
    )
  })

  it('take messages out', () => {
    expect(edited(body, removeMessage(0))).toBe(body.replace('{"say":"a\\u00e9bc"}, ', ''))
    expect(edited(body, removeMessage(2), removeMessage(1))).toBe(
      '{"turns":[{"say":"a\\u00e9bc"}]}',
    )
  })

  it('count as in the body that was sent, whatever else goes', () => {
    expect(edited(body, removeMessage(0), removeText(1, 0), put(1, 1, 0, 1, 'T'))).toBe(
      '{"turns":[{"say":[2, "Three"]}, {"say":"last"}]}',
    )
  })

  it('of what is taken out are void, even where they are said twice or would be impossible', () => {
    const gone = edited(body, removeMessage(1))

    expect(edited(body, removeMessage(1), removeMessage(1), put(1, 9, 9, 1))).toBe(gone)
    expect(edited(body, removeText(1, 0), removeText(1, 1), removeMessage(1))).toBe(gone)
    expect(edited(body, put(1, 0, 50, 60, 'x'), removeText(1, 0), removeText(1, 0))).toBe(
      edited(body, removeText(1, 0)),
    )
  })

  it.each<[string, readonly ConversationEdit[], string]>([
    ['a message that is not there', [put(3, 0, 0, 0)], 'there is no message 3'],
    ['its removal', [removeMessage(-1)], 'there is no message -1'],
    ['a text that is not there', [put(1, 2, 0, 0)], 'message 1 has no text 2'],
    ['its removal', [removeText(0, 1)], 'message 0 has no text 1'],
    ['a place behind the text', [put(2, 0, 0, 5)], 'the text ends before 5'],
    ['the removal of what is no list', [removeText(0, 0)], 'text 0 stands in no list of'],
    [
      'the removal of all messages',
      [0, 1, 2].map(removeMessage),
      'nothing would be left of the conversation',
    ],
  ])('refuse %s', (_, edits, message) => {
    expect(() => edited(body, ...edits)).toThrow(RangeError)
    expect(() => edited(body, ...edits)).toThrow(message)
  })

  it('refuse to leave nothing of a list', () => {
    const only = '{"turns":[{"say":[ "one" ]}, {"say":["a", "b"]}]}'

    expect(() => edited(only, removeText(0, 0))).toThrow(
      new RangeError('nothing would be left of the content of message 0'),
    )
    expect(() => edited(only, removeText(1, 0), removeText(1, 1))).toThrow(
      new RangeError('nothing would be left of the content of message 1'),
    )
  })

  it('refuse to take a message out of a conversation that is no list', () => {
    expect(() => edited('{"turns":"one"}', removeMessage(0))).toThrow(
      new RangeError('the conversation is no list that something could be taken out of'),
    )
    expect(edited('{"turns":"one"}', put(0, 0, 0, 1, 'O'))).toBe('{"turns":"One"}')
  })

  it('refuse two changes of one place', () => {
    expect(() => edited(body, put(2, 0, 0, 2), put(2, 0, 1, 3))).toThrow(RangeError)
  })
})
