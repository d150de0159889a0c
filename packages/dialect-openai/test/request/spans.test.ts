import type { ByteRange } from '@jackfield/core'
import { describe, expect, it } from 'vitest'
import { openaiChat, openaiCompletions } from '../../src/index.ts'
import { bytes, json } from '../support/bytes.ts'
import { headOf, user } from '../support/requests.ts'

const body = json({
  model: 'm',
  messages: [
    { role: 'system', content: 'one' },
    { content: [{ type: 'text', text: 'two' }], role: 'developer' },
    user([{ type: 'image_url', image_url: 'x' }, { text: 'thr"ee', type: 'text' }, 'four']),
    { role: 'assistant', content: null, tool_calls: [] },
    { role: 'tool', tool_call_id: 'c', content: 'five' },
    { role: 'system', content: 'late' },
  ],
  tools: [{ type: 'function' }],
})

const spans = openaiChat.spans(body, headOf(body))

const textAt = ({ start, end }: ByteRange, data = body) =>
  Buffer.from(data.subarray(start, end)).toString()

describe('the spans of a chat', () => {
  it('count messages as the body does, and find the tokens of their texts', () => {
    expect(
      spans.messages.map(({ role, texts }) => [role, ...texts.map((text) => textAt(text))]),
    ).toEqual([
      ['system', '"one"'],
      ['developer', '"two"'],
      ['user', '"thr\\"ee"', '"four"'],
      ['assistant'],
      ['tool', '"five"'],
      ['system', '"late"'],
    ])
    expect(JSON.parse(textAt(spans.messages[4] ?? { start: 0, end: 0 }))).toMatchObject({
      role: 'tool',
    })
  })

  it('tell the parts that hold texts, where there is a list of them', () => {
    const parts = spans.messages.flatMap(({ texts }) =>
      texts.map(({ part }) => part && textAt(part)),
    )

    expect(parts).toEqual([
      undefined,
      '{"type":"text","text":"two"}',
      '{"text":"thr\\"ee","type":"text"}',
      '"four"',
      undefined,
      undefined,
    ])
  })

  it.each<[object, number]>([
    [user('a'), 0],
    [user(null), 0],
    [
      user([{ type: 'image_url', image_url: 'x' }, { type: 'text' }, { type: 'text', text: 'a' }]),
      2,
    ],
    [{ role: 'assistant', content: 'a', tool_calls: [], refusal: '', audio: null }, 0],
    [{ role: 'assistant', content: null, tool_calls: [{ id: 'a' }, { id: 'b' }] }, 2],
    [{ role: 'assistant', refusal: 'no', audio: { id: 'a' }, function_call: { name: 'f' } }, 3],
    [{ role: 'assistant', content: 'a', reasoning_content: 'hm', reasoning_details: [{}] }, 2],
    [{ role: 'assistant', content: [{ type: 'refusal', refusal: 'no' }], refusal: null }, 1],
    [{ role: 'assistant', content: 'a', name: 'n', annotations: [{}] }, 0],
  ])('count what is no text: %j', (message, others) => {
    const raw = json({ messages: [message] })

    expect(openaiChat.spans(raw, headOf(raw)).messages).toMatchObject([{ others }])
  })

  it('take the run of instructions at the front for the system prompt', () => {
    const text = textAt(spans.system ?? { start: 0, end: 0 })

    expect(JSON.parse(`[${text}]`)).toHaveLength(2)
    expect(text).not.toContain('late')
  })

  it('find the tools', () => {
    expect(textAt(spans.tools ?? { start: 0, end: 0 })).toBe('[{"type":"function"}]')
  })

  it('may end with the first message of a role', () => {
    const opening = openaiChat.spans(body, headOf(body), { through: 'user' })

    expect(opening.messages.map(({ role }) => role)).toEqual(['system', 'developer', 'user'])
    expect(opening.system).toEqual(spans.system)
  })

  it('are of the bytes that are given, not of those of the head', () => {
    const other = json({ model: 'm', messages: [user('other')] })
    const { messages } = openaiChat.spans(other, headOf(body))

    expect(messages.map(({ texts }) => texts.map((text) => textAt(text, other)))).toEqual([
      ['"other"'],
    ])
  })

  it('are none where there is no conversation', () => {
    const empty = json({ model: 'm', input: 'x' })

    expect(openaiChat.spans(empty, headOf(body))).toEqual({ messages: [] })
  })

  it('refuse a message with a key twice', () => {
    const twice = bytes('{"messages":[{"role":"user","role":"system","content":"x"}]}')

    expect(() => openaiChat.spans(twice, headOf(body))).toThrow(
      expect.objectContaining({ code: 'invalid_request' }),
    )
  })
})

describe('the spans of a completion', () => {
  const spansOf = (prompt: unknown) => {
    const data = json({ model: 'm', prompt })
    const { messages } = openaiCompletions.spans(data, headOf(data, openaiCompletions))
    return messages.map(({ role, others, ...message }) => ({
      role,
      all: textAt(message, data),
      texts: message.texts.map(({ part, ...text }) => [
        textAt(text, data),
        part && textAt(part, data),
      ]),
      others,
    }))
  }

  it('take the prompt for one user message', () => {
    const message = { role: 'user', others: 0 }

    expect(spansOf('hi')).toEqual([{ ...message, all: '"hi"', texts: [['"hi"', undefined]] }])
    expect(spansOf(['hi'])).toEqual([{ ...message, all: '["hi"]', texts: [['"hi"', '"hi"']] }])
  })

  it('are none for several prompts, and for tokens', () => {
    expect(spansOf(['a', 'b'])).toEqual([])
    expect(spansOf([1, 2])).toEqual([])
  })
})
