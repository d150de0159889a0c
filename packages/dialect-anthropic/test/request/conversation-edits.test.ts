import type { ConversationEdit } from '@jackfield/core'
import { describe, expect, it } from 'vitest'
import type { Piece, Turn } from '../../../dialect-kit/test/support/changed-conversation.ts'
import { checkConversationEdits } from '../../../dialect-kit/test/support/check-conversation-edits.ts'
import { anthropicMessages } from '../../src/index.ts'
import { bytes, json, textOf } from '../support/bytes.ts'
import { headOf, input } from '../support/requests.ts'

const edit = (body: string, ...conversation: readonly ConversationEdit[]) => {
  const raw = bytes(body)
  return textOf(anthropicMessages.editRequest(raw, headOf(raw), { conversation }))
}

const textForms = [
  (text: string) => ({ type: 'text', text }),
  (text: string) => ({ text, cache_control: { type: 'ephemeral' }, type: 'text' }),
  (text: string) => ({ type: 'text', citations: [{ cited_text: '"],[' }], text }),
]

const text = { type: 'text', text: 'inside' }
const otherForms = [
  { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AA' } },
  { type: 'tool_result', tool_use_id: 't', content: [text, text] },
  { type: 'tool_result', tool_use_id: 't', content: 'inside' },
  { type: 'document', source: { type: 'content', content: [text] }, title: 'text' },
  { type: 'search_result', source: 'https://x.test', title: 't', content: [text] },
  { type: 'tool_use', id: 't', name: 'f', input: { type: 'text', text: 'inside' } },
  { type: 'thinking', thinking: 'hm', signature: 's' },
  { type: 'text', text: null },
]

function wireOf({ text: said, form }: Piece): unknown {
  if (said === undefined) return otherForms[form % otherForms.length]
  return textForms[form % textForms.length]?.(said)
}

const bodyOf = (turns: readonly Turn[]) => ({
  model: 'm',
  max_tokens: 9,
  system: [text],
  messages: turns.map(({ role, content }) => ({
    content: typeof content === 'string' ? content : content.map(wireOf),
    role: role === 'tool' ? 'user' : role,
  })),
})

describe('changes of a conversation', () => {
  it('are those of the parsed body, and leave every other byte', () => {
    checkConversationEdits({
      dialect: anthropicMessages,
      bodyOf,
      headOf: (body) => headOf(body),
    })
  })

  it('leave cache marks beside texts', () => {
    const body = `{
  "max_tokens": 9,
  "messages": [
    { "role": "user", "content": [
      { "type": "text", "text": "\\u0021\\/go now", "cache_control": { "type": "ephemeral" } }
    ] }
  ]
}`

    expect(edit(body, { message: 0, text: 0, start: 0, end: 5, insert: '' })).toBe(
      body.replace('\\u0021\\/go ', ''),
    )
    expect(() => edit(body, { remove: 'text', message: 0, text: 0 })).toThrow(
      new RangeError('nothing would be left of the content of message 0'),
    )
    expect(() => edit(body, { remove: 'message', message: 0 })).toThrow(
      new RangeError('nothing would be left of the conversation'),
    )
  })

  it('count in a count of tokens as in the call', () => {
    const raw = json(bodyOf([user('!x'), user('hi')]))
    const head = anthropicMessages.head(input(raw, { operation: 'count-tokens' }))
    const conversation = [{ remove: 'message', message: 0 }] as const

    expect(textOf(anthropicMessages.editRequest(raw, head, { conversation }))).toBe(
      JSON.stringify(bodyOf([user('hi')])),
    )
  })
})

describe('a message of the user', () => {
  it('has no texts of what tools, documents and pictures say', () => {
    const raw = json({ messages: [{ role: 'user', content: [...otherForms, text, text] }] })
    const [message] = anthropicMessages.spans(raw, headOf(raw)).messages

    expect(message?.texts).toHaveLength(2)
    expect(message?.others).toBe(otherForms.length)
  })

  it('tells where the blocks of its texts are', () => {
    const block = '{ "cache_control":{"type":"ephemeral"}, "type":"text","text":"a\\"" }'
    const raw = bytes(`{"messages":[{"role":"user","content":[ ${block} ]},{"content":"b"}]}`)
    const { messages } = anthropicMessages.spans(raw, headOf(raw))
    const [first, second] = messages.map(({ texts }) => texts[0])

    expect(textOf(raw.subarray(first?.part?.start, first?.part?.end))).toBe(block)
    expect(second).toEqual({ start: raw.length - 6, end: raw.length - 3 })
  })
})

function user(content: string): Turn {
  return { role: 'user', content }
}
