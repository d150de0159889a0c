import type { ChatRequest, Message, OpaqueState } from '@jackfield/core'
import { describe, expect, it } from 'vitest'
import { createAnthropicMessages } from '../../src/index.ts'
import { call, plain, results, said, signature, thought, tools, user } from '../support/messages.ts'
import { encoded, member } from '../support/requests.ts'

const messages = (list: readonly Message[], more: Partial<ChatRequest> = {}) =>
  plain(member({ messages: list, ...more }, 'messages'))

describe('reasoning of earlier turns', () => {
  it('goes back unmodified and first', () => {
    const turn: Message = {
      role: 'assistant',
      content: [
        { type: 'text', text: 'I look.' },
        thought('hm', signature('sig')),
        {
          type: 'reasoning',
          form: 'summary',
          text: '',
          state: [{ kind: 'redacted-thinking', data: 'red' }],
        },
        call('1'),
      ],
    }

    expect(messages([user('a'), turn, results('1')], { tools })[1].content.slice(0, 3)).toEqual([
      { type: 'thinking', thinking: 'hm', signature: 'sig' },
      { type: 'redacted_thinking', data: 'red' },
      { type: 'text', text: 'I look.' },
    ])
  })

  it('stays in its place behind tools that the provider ran', () => {
    const own = { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: {} }
    const turn: Message = {
      role: 'assistant',
      content: [
        { type: 'provider', dialect: 'anthropic-messages', value: own },
        thought('hm', signature('sig')),
      ],
    }

    expect(messages([user('a'), turn, user('b')])[1].content[0]).toEqual(own)
  })

  it('is left out where nobody here signed it', () => {
    const foreign: OpaqueState = {
      kind: 'signature',
      data: 'x',
      origin: { dialect: 'openai-chat', scope: 's' },
    }
    const turn: Message = {
      role: 'assistant',
      content: [thought('a'), thought('b', foreign), { type: 'text', text: 'c' }],
    }

    expect(messages([user('a'), turn, user('b')])[1]).toEqual({ role: 'assistant', content: 'c' })
  })

  const asked = { tools, reasoning: { effort: 'high' } } as const
  const loop = (...before: Message['content'][number][]): Message[] => [
    user('a'),
    { role: 'assistant', content: [...before, call('1')] } as Message,
    results('1'),
  ]

  it('switches thinking off where an open tool loop lacks it', () => {
    const { body, dropped } = encoded({ messages: loop(), ...asked })

    expect(body['thinking']).toEqual({ type: 'disabled' })
    expect(dropped).toEqual(['reasoning'])
  })

  it('leaves thinking on where the loop has it, and where it is closed', () => {
    const whole = encoded({ messages: loop(thought('hm', signature('sig'))), ...asked })
    const closed = encoded({ messages: [...loop(), said('b'), user('c')], ...asked })

    expect(whole.body['thinking']).toMatchObject({ type: 'enabled' })
    expect(closed.body['thinking']).toMatchObject({ type: 'enabled' })
    expect([...whole.dropped, ...closed.dropped]).toEqual([])
  })
})

describe('thinking', () => {
  const asked = (
    model: string,
    reasoning: ChatRequest['reasoning'],
    more: Partial<ChatRequest> = {},
  ) => {
    const { body, dropped } = encoded({ model, ...(reasoning && { reasoning }), ...more })
    const { thinking, output_config: config, max_tokens: max } = plain(body)
    return { thinking, config, max, dropped }
  }

  it.each([
    ['minimal', 1024],
    ['low', 1024],
    ['medium', 8192],
    ['high', 24_576],
    ['xhigh', 32_768],
  ] as const)('is asked for with a budget: %s is %i', (effort, budget) => {
    expect(asked('claude-sonnet-4-5', { effort }).thinking).toEqual({
      type: 'enabled',
      budget_tokens: budget,
    })
  })

  it('leaves room for the answer above its budget, up to what the model can', () => {
    expect(asked('claude-sonnet-4-5', { effort: 'high' }).max).toBe(32_000 + 24_576)
    expect(asked('claude-sonnet-4-5', { effort: 'max' })).toMatchObject({
      max: 64_000,
      thinking: { budget_tokens: 51_200 },
    })
    expect(asked('glm-5', { effort: 'low' }).max).toBe(8192 + 1024)
    expect(asked('glm-5', { effort: 'max' }).max).toBe(64_000)
  })

  it('stays below the limit that the client set, or is left out where nothing is left', () => {
    expect(asked('claude-sonnet-4-5', { effort: 'high' }, { maxOutputTokens: 4096 })).toMatchObject(
      {
        max: 4096,
        thinking: { budget_tokens: 3276 },
      },
    )
    expect(asked('claude-sonnet-4-5', { effort: 'high' }, { maxOutputTokens: 1024 })).toMatchObject(
      {
        thinking: { type: 'disabled' },
        dropped: ['reasoning'],
      },
    )
  })

  it.each([
    ['claude-opus-4-6', 'minimal', 'low'],
    ['claude-opus-4-6', 'xhigh', 'max'],
    ['claude-opus-4-8', 'xhigh', 'xhigh'],
    ['claude-sonnet-5', 'max', 'max'],
  ] as const)('is asked of %s by effort: %s is %s', (model, effort, word) => {
    expect(asked(model, { effort })).toMatchObject({
      thinking: { type: 'adaptive' },
      config: { effort: word },
      dropped: [],
    })
  })

  it('turns a budget into an effort where the model takes none', () => {
    expect(asked('claude-opus-4-8', { budget: 9000 }).config).toEqual({ effort: 'high' })
    expect(asked('claude-opus-4-8', { budget: 'dynamic' }).config).toBeUndefined()
  })

  it('is switched off by name', () => {
    expect(asked('claude-sonnet-5', { effort: 'none' })).toMatchObject({
      thinking: { type: 'disabled' },
      dropped: [],
    })
    expect(asked('claude-sonnet-5', { enabled: false }).thinking).toEqual({ type: 'disabled' })
    expect(asked('claude-sonnet-5', undefined).thinking).toBeUndefined()
  })

  it('is shown as the client wants', () => {
    expect(asked('claude-opus-4-8', { effort: 'low', show: false }).thinking).toEqual({
      type: 'adaptive',
      display: 'omitted',
    })
    expect(asked('claude-opus-4-8', { effort: 'low', show: 'summary' }).thinking).toMatchObject({
      display: 'summarized',
    })
  })

  it('is not asked of models that cannot', () => {
    expect(asked('claude-3-haiku-20240307', { effort: 'low' })).toMatchObject({
      thinking: undefined,
      dropped: ['reasoning'],
    })
  })

  it('gives way to a call that must be made, and to a prefill', () => {
    const forced = { tools, toolChoice: { type: 'required' } } as const
    const prefill = { messages: [user('a'), said('{')] }

    for (const more of [forced, prefill]) {
      expect(asked('claude-sonnet-4-5', { effort: 'high' }, more)).toMatchObject({
        thinking: { type: 'disabled' },
        dropped: ['reasoning'],
      })
    }
    expect(asked('claude-opus-4-8', { effort: 'max' }, forced).config).toEqual({ effort: 'high' })
  })

  it('takes the budgets of a variant', () => {
    const dialect = createAnthropicMessages({ budgets: { low: 2000 } })

    expect(encoded({ reasoning: { effort: 'low' } }, dialect).body['thinking']).toMatchObject({
      budget_tokens: 2000,
    })
  })
})
