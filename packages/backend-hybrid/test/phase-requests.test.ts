import type { ChatRequest, Message } from '@jackfield/core'
import { describe, expect, it } from 'vitest'
import {
  executionRequest,
  readRequest,
  reasoningRequest,
  withEffort,
} from '../src/phase-requests.ts'

const user: Message = { role: 'user', content: [{ type: 'text', text: 'Hello.' }] }
const plain: ChatRequest = { model: 'm', messages: [user], stream: false, includeUsage: false }
const thought = { thought: 'It is 4.', repeats: false }

const sentence =
  'Consider this reasoning when formulating your response:\n\n<reasoning>It is 4.</reasoning>'

describe('the request for the reasoning model', () => {
  it('is streamed, shows the reasoning, and tells the usage of a client who will see it', () => {
    expect(reasoningRequest(plain, 'a:m')).toEqual({
      ...plain,
      model: 'a:m',
      stream: true,
      includeUsage: true,
      reasoning: { show: true },
    })
    expect(reasoningRequest({ ...plain, stream: true }, 'a:m').includeUsage).toBe(false)
  })

  it.each([
    [{ effort: 'low', show: false } as const, { effort: 'low', show: true }],
    [{ show: 'detailed' } as const, { show: 'detailed' }],
    [{ budget: 9 } as const, { budget: 9, show: true }],
  ])('keeps what else is said of reasoning: %j', (reasoning, sent) => {
    expect(reasoningRequest({ ...plain, reasoning }, 'a:m').reasoning).toEqual(sent)
  })

  it('has everything else but the form of the answer', () => {
    const request: ChatRequest = {
      ...plain,
      stream: true,
      temperature: 0.3,
      maxOutputTokens: 9,
      stop: ['x'],
      tools: [{ type: 'function', name: 't' }],
      toolChoice: { type: 'auto' },
      output: { type: 'json' },
      extensions: { 'openai-chat': { user_id: 'x' } },
    }
    const { output: _, ...rest } = request

    expect(reasoningRequest(request, 'a:m')).toMatchObject({ ...rest, model: 'a:m', stream: true })
    expect(reasoningRequest(request, 'a:m')).not.toHaveProperty('output')
  })
})

describe('the request for the execution model', () => {
  it('has the thought in instructions of its own, where there are none', () => {
    expect(executionRequest(plain, 'b:m', thought)).toEqual({
      ...plain,
      model: 'b:m',
      messages: [{ role: 'system', content: [{ type: 'text', text: sentence }] }, user],
    })
  })

  it.each(['system', 'developer'] as const)('has it behind the first %s message', (role) => {
    const first: Message = {
      role,
      name: 'n',
      content: [
        { type: 'text', text: 'Be brief.' },
        { type: 'text', text: 'Be kind.' },
      ],
    }
    const second: Message = { role: 'system', content: [{ type: 'text', text: 'Later.' }] }
    const { messages } = executionRequest(
      { ...plain, messages: [user, first, second] },
      'b:m',
      thought,
    )

    expect(messages).toEqual([
      user,
      {
        ...first,
        content: [
          { type: 'text', text: 'Be brief.' },
          { type: 'text', text: `Be kind.\n\n${sentence}` },
        ],
      },
      second,
    ])
  })

  it('leaves marks for the prompt cache where they were', () => {
    const text = { type: 'text', text: 'Be brief.' } as const
    const cache = { ttl: '1h' } as const
    const marked: Message[] = [
      { role: 'system', content: [{ ...text, cache }] },
      { role: 'system', content: [text], cache },
    ]

    for (const message of marked) {
      const { messages } = executionRequest({ ...plain, messages: [message] }, 'b:m', thought)
      expect(messages).toEqual([
        {
          role: 'system',
          content: [
            { ...text, cache },
            { type: 'text', text: sentence },
          ],
        },
      ])
    }
  })

  it('fills an empty message', () => {
    const empty: Message = { role: 'system', content: [] }
    const { messages } = executionRequest({ ...plain, messages: [empty] }, 'b:m', thought)

    expect(messages).toEqual([{ role: 'system', content: [{ type: 'text', text: sentence }] }])
  })

  it.each(['One.\nTwo.', '<b>bold</b>'])('has the tags on lines of their own around %j', (text) => {
    const { messages } = executionRequest(plain, 'b:m', { thought: text, repeats: false })

    expect(JSON.stringify(messages)).toContain(
      JSON.stringify(`<reasoning>\n${text}\n</reasoning>`).slice(1, -1),
    )
  })

  it('repeats the thought as a last message, where that is wanted', () => {
    const { messages } = executionRequest(plain, 'b:m', { ...thought, repeats: true })

    expect(messages.at(-1)).toEqual({
      role: 'assistant',
      content: [{ type: 'reasoning', form: 'raw', text: 'It is 4.' }],
    })
    expect(messages).toHaveLength(3)
  })

  it('changes no object of the request', () => {
    const frozen = Object.freeze({ ...plain, messages: Object.freeze([Object.freeze(user)]) })

    expect(() => executionRequest(frozen, 'b:m', { ...thought, repeats: true })).not.toThrow()
  })
})

describe('an effort', () => {
  it.each([undefined, { show: true }, { show: 'summary' as const }])(
    'is added to %j',
    (reasoning) => {
      const request = reasoning === undefined ? plain : { ...plain, reasoning }

      expect(withEffort(request, 'high').reasoning).toEqual({ ...reasoning, effort: 'high' })
    },
  )

  it.each([{ effort: 'none' as const }, { budget: 'dynamic' as const }, { enabled: false }])(
    'is not added to %j',
    (reasoning) => {
      const request = { ...plain, reasoning }

      expect(withEffort(request, 'high')).toBe(request)
    },
  )
})

describe('the probability in a request', () => {
  const name = '_temp_hybrid_reasoning_probability'

  it.each([0, 0.5, 1])('of %d counts, and goes to nobody', (value) => {
    const extensions = { 'openai-chat': { [name]: value, other: 1 } }

    expect(readRequest({ ...plain, extensions })).toEqual({
      request: { ...plain, extensions: { 'openai-chat': { other: 1 } } },
      probability: value,
    })
  })

  it.each([-1, 2, '1', null, {}])('of %j does not count, and goes to nobody', (value) => {
    const read = readRequest({ ...plain, extensions: { gemini: { [name]: value } } })

    expect(read).toEqual({ request: { ...plain, extensions: { gemini: {} } } })
  })

  it('need not be there', () => {
    expect(readRequest(plain).request).toBe(plain)
    const other = { ...plain, extensions: { gemini: { a: 1 } } }
    expect(readRequest(other).request).toBe(other)
  })
})
