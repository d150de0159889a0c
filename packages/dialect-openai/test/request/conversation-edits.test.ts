import type { ConversationEdit } from '@jackfield/core'
import { describe, expect, it } from 'vitest'
import type { Piece, Turn } from '../../../dialect-kit/test/support/changed-conversation.ts'
import { checkConversationEdits } from '../../../dialect-kit/test/support/check-conversation-edits.ts'
import { openaiChat, openaiCompletions } from '../../src/index.ts'
import { bytes, textOf } from '../support/bytes.ts'
import { headOf } from '../support/requests.ts'

const edit = (body: string, conversation: readonly ConversationEdit[], dialect = openaiChat) => {
  const raw = bytes(body)
  return textOf(dialect.editRequest(raw, headOf(raw, dialect), { conversation }))
}

const removeText = (message: number, text: number) =>
  ({ remove: 'text', message, text }) satisfies ConversationEdit
const removeMessage = (message: number) =>
  ({ remove: 'message', message }) satisfies ConversationEdit

const textForms = [
  (text: string) => ({ type: 'text', text }),
  (text: string) => ({ text, cache_control: { type: 'ephemeral' }, type: 'text' }),
  (text: string) => text,
]

const otherForms = [
  { type: 'image_url', image_url: { url: 'https://x.test/a.png' } },
  { type: 'input_audio', input_audio: { data: 'AA', format: 'wav' } },
  { type: 'file', file: { filename: '],[', file_data: 'AA' } },
  { type: 'refusal', refusal: 'no' },
  { type: 'text', text: null },
]

function wireOf({ text, form }: Piece): unknown {
  if (text === undefined) return otherForms[form % otherForms.length]
  return textForms[form % textForms.length]?.(text)
}

const bodyOf = (turns: readonly Turn[]) => ({
  model: 'm',
  messages: turns.map(({ role, content }) => ({
    role,
    ...(role === 'tool' ? { tool_call_id: 'c' } : {}),
    content: typeof content === 'string' ? content : content.map(wireOf),
  })),
  tools: [{ type: 'function', function: { name: 'messages' } }],
})

describe('changes of a chat', () => {
  it('are those of the parsed body, and leave every other byte', () => {
    checkConversationEdits({ dialect: openaiChat, bodyOf, headOf: (body) => headOf(body) })
  })

  const pretty = `{
  "model": "m",
  "messages": [
    { "role": "user", "content": "\\u0021\\/go \\ud83d\\ude00 x" },
    {
      "role": "user",
      "content": [
        { "type": "text", "text": "\\u0021\\/one", "cache_control": { "type": "ephemeral" } } ,
        { "type": "image_url", "image_url": { "url": "https:\\/\\/x.test" } },
        { "text": "two", "type": "text" }
      ]
    },
    { "role": "assistant", "content": "yes" }
  ]
}`

  it('cut pieces out of texts whatever escapes stand there', () => {
    const cut = { message: 0, text: 0, start: 0, end: 8, insert: '' }

    expect(edit(pretty, [cut])).toBe(pretty.replace('\\u0021\\/go \\ud83d\\ude00 ', ''))
  })

  it('leave cache marks beside texts', () => {
    const cut = { message: 1, text: 0, start: 0, end: 2, insert: '' }

    expect(edit(pretty, [cut])).toBe(pretty.replace('\\u0021\\/one', 'one'))
  })

  it('take the first text out, and the last, each with a comma', () => {
    expect(edit(pretty, [removeText(1, 0)])).toBe(
      pretty.replace(/\{ "type": "text", "text": "\\u0021[^\n]*\n {8}/, ''),
    )
    expect(edit(pretty, [removeText(1, 1)])).toBe(pretty.replace(/,\n[^\n]*"two"[^\n]*/, ''))
    expect(edit(pretty, [removeText(1, 1), removeText(1, 0)])).toBe(
      pretty
        .replace(/\{ "type": "text", "text": "\\u0021[^\n]*\n {8}/, '')
        .replace(/,\n[^\n]*"two"[^\n]*/, ''),
    )
  })

  it('take a command and the answer behind it out', () => {
    const left = edit(pretty, [removeMessage(1), removeMessage(2)])

    expect(left).toBe(`${pretty.slice(0, pretty.indexOf(',\n    {\n'))}\n  ]\n}`)
  })

  it('refuse to take a text out that is all of a message', () => {
    expect(() => edit(pretty, [removeText(0, 0)])).toThrow(
      new RangeError('text 0 stands in no list of the content of message 0'),
    )
  })

  it('go together with changes of members', () => {
    const raw = bytes('{"messages":[{"role":"user","content":"!x"},{"role":"user","content":"y"}]}')
    const edited = openaiChat.editRequest(raw, headOf(raw), {
      model: 'n',
      patches: [{ rename: 'messages', to: 'turns' }],
      conversation: [removeMessage(0)],
    })

    expect(textOf(edited)).toBe('{"turns":[{"role":"user","content":"y"}],"model":"n"}')
  })
})

describe('changes of a completion', () => {
  const put = { message: 0, text: 0, start: 0, end: 2, insert: '' }

  it.each([
    ['{ "prompt" : "\\u0021x hi" }', '{ "prompt" : " hi" }'],
    ['{ "prompt" : [ "!x hi" ] }', '{ "prompt" : [ " hi" ] }'],
  ])('replace pieces of the prompt: %s', (body, expected) => {
    expect(edit(body, [put], openaiCompletions)).toBe(expected)
  })

  it.each(['{"prompt":"hi"}', '{"prompt":["hi"]}'])('take nothing out of %s', (body) => {
    for (const one of [removeText(0, 0), removeMessage(0)]) {
      expect(() => edit(body, [one], openaiCompletions)).toThrow(RangeError)
    }
  })
})
