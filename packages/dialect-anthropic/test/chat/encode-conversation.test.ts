import type { ChatRequest, Message } from '@jackfield/core'
import { describe, expect, it } from 'vitest'
import {
  call,
  calls,
  plain,
  result,
  results,
  said,
  system,
  tools,
  user,
} from '../support/messages.ts'
import { encoded, member } from '../support/requests.ts'

const messages = (list: readonly Message[], more: Partial<ChatRequest> = {}) =>
  plain(member({ messages: list, ...more }, 'messages'))

describe('a conversation', () => {
  it('has its roles take turns', () => {
    expect(messages([user('a'), user('b'), said('c'), said('d'), user('e')])).toEqual([
      {
        role: 'user',
        content: [
          { type: 'text', text: 'a' },
          { type: 'text', text: 'b' },
        ],
      },
      {
        role: 'assistant',
        content: [
          { type: 'text', text: 'c' },
          { type: 'text', text: 'd' },
        ],
      },
      { role: 'user', content: 'e' },
    ])
  })

  it('begins with a user', () => {
    expect(messages([said('a'), user('b')])[0]).toEqual({ role: 'user', content: 'Begin.' })
    expect(messages([system('only this')])).toEqual([{ role: 'user', content: 'Begin.' }])
  })

  it('has its system messages collected', () => {
    const { body, dropped } = encoded({ messages: [system('a'), system('b'), user('c')] })

    expect(body['system']).toEqual([
      { type: 'text', text: 'a' },
      { type: 'text', text: 'b' },
    ])
    expect(dropped).toEqual([])
  })

  it('loses the place of late system messages where the model knows none, and says so', () => {
    const { body, dropped } = encoded({ messages: [user('a'), said('b'), system('c'), user('d')] })

    expect(body['system']).toBe('c')
    expect(dropped).toEqual(['system_position'])
  })

  it('keeps late system messages in their place where the model takes them', () => {
    const model = 'claude-opus-4-8'

    expect(messages([user('a'), system('b'), said('c')], { model })).toEqual([
      { role: 'user', content: 'a' },
      { role: 'system', content: 'b' },
      { role: 'assistant', content: 'c' },
    ])
    expect(
      messages([user('a'), calls('1'), system('b'), results('1')], { model }).map(
        ({ role }: Message) => role,
      ),
    ).toEqual(['user', 'assistant', 'user', 'system'])
  })

  it('keeps an assistant’s turn in one piece around late system messages', () => {
    const list = [user('a'), said('b'), system('c'), said('d'), user('e')]

    expect(messages(list, { model: 'claude-opus-4-8' })).toMatchObject([
      { role: 'user', content: 'a' },
      { role: 'assistant', content: [{ text: 'b' }, { text: 'd' }] },
      { role: 'user', content: 'e' },
      { role: 'system', content: 'c' },
    ])
  })

  it('says at the front what comes behind the last turn', () => {
    const model = 'claude-opus-4-8'
    const { body, dropped } = encoded({ model, messages: [user('a'), said('b'), system('c')] })

    expect(body['system']).toBe('c')
    expect(dropped).toEqual(['system_position'])
  })

  it('gives none either where thinking stood behind the words, and goes before them', () => {
    const redacted = { kind: 'redacted-thinking', data: 'cmVk' } as const
    const sent = messages([
      user('a'),
      {
        role: 'assistant',
        content: [
          { type: 'text', text: 'words ' },
          { type: 'reasoning', form: 'summary', text: '', state: [redacted] },
        ],
      },
    ]) as readonly { readonly content: readonly object[] }[]

    expect(sent.at(-1)?.content).toEqual([
      { type: 'redacted_thinking', data: 'cmVk' },
      { type: 'text', text: 'words' },
    ])
  })

  it('gives no prefill that ends in white space', () => {
    expect(messages([user('a'), said('{ \n')]).at(-1)).toEqual({ role: 'assistant', content: '{' })
  })

  it('has no empty texts', () => {
    expect(messages([user(''), said(' \n'), user('a')])).toEqual([{ role: 'user', content: 'a' }])
  })

  it('names what a user’s name is not told', () => {
    const named: Message = { role: 'user', name: 'Ann', content: [{ type: 'text', text: 'a' }] }

    expect(encoded({ messages: [named] }).dropped).toEqual(['name'])
  })
})

describe('results of tools', () => {
  it('stand first in the message behind their calls, in the order of the client', () => {
    const [, , answer] = messages([user('a'), calls('1', '2'), user('b'), results('2', '1')], {
      tools,
    })

    expect(
      answer.content.map(({ type, tool_use_id: id }: Record<string, string>) => id ?? type),
    ).toEqual([...['2', '1'], 'text'])
  })

  it('are made up where they are missing', () => {
    const [, , answer] = messages([user('a'), calls('1', '2'), results('1'), said('b')], { tools })

    expect(answer.content[1]).toEqual({
      type: 'tool_result',
      tool_use_id: '2',
      content: 'No result was given.',
      is_error: true,
    })
  })

  it('without their call are told as text', () => {
    expect(messages([user('a'), results('lost')])[0].content).toEqual([
      { type: 'text', text: 'a' },
      { type: 'text', text: 'Result of an earlier call of the tool:' },
      { type: 'text', text: 'ok' },
    ])
  })

  it('keep images, errors and structured values', () => {
    const image = {
      type: 'image',
      source: { kind: 'base64', mediaType: 'image/png', data: 'A' },
    } as const
    const list: Message[] = [
      user('a'),
      calls('1', '2', '3'),
      {
        role: 'tool',
        content: [
          { ...result('1'), content: [image] },
          { ...result('2', ''), failed: true },
          { ...result('3', ''), structured: { x: 1 } },
        ],
      },
    ]

    expect(messages(list, { tools })[2].content).toEqual([
      {
        type: 'tool_result',
        tool_use_id: '1',
        content: [
          { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'A' } },
        ],
      },
      { type: 'tool_result', tool_use_id: '2', content: 'Error', is_error: true },
      { type: 'tool_result', tool_use_id: '3', content: '{"x":1}' },
    ])
  })

  it('and their calls get the same legal id, different in every turn', () => {
    const list = [user('a'), calls('f:0'), results('f:0'), calls('f:0'), results('f:0')]
    const wire = messages(list, { tools })
    const ids = wire.flatMap(({ content }: { content: Record<string, string>[] }) =>
      typeof content === 'string'
        ? []
        : content.map((block) => block['id'] ?? block['tool_use_id']),
    )

    expect(ids[0]).toMatch(/^f_0_[a-z0-9]+$/)
    expect(ids).toEqual([ids[0], ids[0], ids[2], ids[2]])
    expect(ids[2]).not.toBe(ids[0])
  })

  it('bring the definitions that the protocol demands beside them', () => {
    const { body } = encoded({ messages: [user('a'), calls('1'), results('1')] })

    expect(body).toMatchObject({
      tools: [{ name: 'f', input_schema: { type: 'object', properties: {} } }],
      tool_choice: { type: 'none' },
    })
  })
})

describe('arguments of calls', () => {
  it.each([
    ['{"a":[1]}', { a: [1] }],
    ['', {}],
    ['not json', { invalid_arguments: 'not json' }],
    ['[1]', { invalid_arguments: '[1]' }],
  ])('%j are %j', (args, input) => {
    const list: Message[] = [user('a'), { role: 'assistant', content: [call('1', args)] }]

    expect(messages(list, { tools })[1].content[0]).toMatchObject({ input })
  })
})
