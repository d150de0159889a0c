import type { ChatRequest, Message, OpaqueState } from '@jackfield/core'
import { describe, expect, it } from 'vitest'
import { createOpenAIChat, type OpenAIChatOptions } from '../../src/index.ts'
import { request } from '../support/requests.ts'

const encode = (changes: Partial<ChatRequest>, options: OpenAIChatOptions = {}) =>
  createOpenAIChat(options).chat.encodeRequest({ ...request, ...changes })

const wire = (messages: readonly Message[], options: OpenAIChatOptions = {}) =>
  encode({ messages }, options).body['messages']

const reasoning = (text: string, state: readonly OpaqueState[] = []) =>
  ({ type: 'reasoning', text, form: 'raw', ...(state.length === 0 ? {} : { state }) }) as const

const text = (value: string) => ({ type: 'text', text: value }) as const

describe('reasoning', () => {
  it.each([
    [{ effort: 'high' }, { reasoning_effort: 'high' }],
    [{ enabled: false }, { reasoning_effort: 'none' }],
    [{ enabled: true }, { reasoning_effort: 'medium' }],
    [{ budget: 0 }, { reasoning_effort: 'none' }],
    [{ budget: 500 }, { reasoning_effort: 'minimal' }],
    [{ budget: 1000 }, { reasoning_effort: 'low' }],
    [{ budget: 8000 }, { reasoning_effort: 'medium' }],
    [{ budget: 20000 }, { reasoning_effort: 'high' }],
    [{ budget: 60000 }, { reasoning_effort: 'xhigh' }],
    [{ budget: 'dynamic', enabled: true }, { reasoning_effort: 'medium' }],
    [{ show: true }, {}],
  ] as const)('%j is asked of OpenAI with %j', (asked, expected) => {
    expect(encode({ reasoning: asked }).body).toEqual({ ...encode({}).body, ...expected })
  })

  it.each([
    ['reasoning', { effort: 'max' }, { reasoning: { effort: 'xhigh' } }],
    [
      'reasoning',
      { budget: 2000, show: false },
      { reasoning: { max_tokens: 2000, exclude: true } },
    ],
    ['reasoning', { enabled: true }, { reasoning: { enabled: true } }],
    ['reasoning', { effort: 'none' }, { reasoning: { enabled: false } }],
    ['thinking', { effort: 'low' }, { thinking: { type: 'enabled' } }],
    ['thinking', { enabled: false }, { thinking: { type: 'disabled' } }],
    ['enable_thinking', { budget: 50 }, { enable_thinking: true, thinking_budget: 50 }],
    ['enable_thinking', { effort: 'none' }, { enable_thinking: false }],
    ['thinking_mode', { effort: 'high' }, { thinking_mode: true }],
    ['thinking_mode', { show: true }, {}],
  ] as const)('by %s, %j is asked with %j', (ask, asked, expected) => {
    const { body } = encode({ reasoning: asked }, { reasoning: { ask } })

    expect(body).toEqual({ ...encode({}).body, ...expected })
  })

  it('is reported as dropped where it cannot be asked for', () => {
    const options = { reasoning: { ask: 'none' } } as const

    expect(encode({ reasoning: { effort: 'low' } }, options).dropped).toEqual(['reasoning_effort'])
    expect(encode({ reasoning: { show: true } }, options).dropped).toEqual([])
  })

  it('may be asked for in a way of the backend’s own', () => {
    const ask = ({ reasoning: asked }: Pick<ChatRequest, 'reasoning'>) => ({
      chat_template_kwargs: { thinking: asked !== undefined },
    })

    expect(encode({}, { reasoning: { ask } }).body).toMatchObject({
      chat_template_kwargs: { thinking: false },
    })
  })

  it('keeps what a provider’s object says besides', () => {
    const extensions = { 'openai-chat': { thinking: { type: 'enabled', clear_thinking: false } } }
    const { body } = encode(
      { reasoning: { enabled: false }, extensions },
      { reasoning: { ask: 'thinking' } },
    )

    expect(body['thinking']).toEqual({ type: 'disabled', clear_thinking: false })
  })

  it('of earlier turns goes back only as the variant says', () => {
    const details = [{ type: 'reasoning.text', signature: 'S', index: 0 }]
    const state = [{ kind: 'reasoning-details', data: details }] as const
    const messages = [{ role: 'assistant', content: [reasoning('hm', state), text('a')] }] as const
    const returned = (how: 'none' | 'reasoning_content' | 'reasoning_details') =>
      wire(messages, { reasoning: { return: how } })

    expect(returned('none')).toEqual([{ role: 'assistant', content: 'a' }])
    expect(returned('reasoning_content')).toEqual([
      { role: 'assistant', content: 'a', reasoning_content: 'hm' },
    ])
    expect(returned('reasoning_details')).toEqual([
      {
        role: 'assistant',
        content: 'a',
        reasoning_details: [{ type: 'reasoning.text', signature: 'S', index: 0, text: 'hm' }],
      },
    ])
  })

  it('leaves foreign state out', () => {
    const origin = { dialect: 'anthropic-messages', scope: 'x' }
    const foreign = [
      { kind: 'signature', data: 'S' },
      { kind: 'reasoning-details', data: [{ type: 'reasoning.encrypted', data: 'D' }], origin },
    ] as const

    expect(
      wire([{ role: 'assistant', content: [reasoning('', foreign), text('a')] }], {
        reasoning: { return: 'reasoning_details' },
      }),
    ).toEqual([{ role: 'assistant', content: 'a' }])
  })
})
