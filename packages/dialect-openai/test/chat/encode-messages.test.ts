import type { ChatRequest, Message, ToolResultPart } from '@jackfield/core'
import { describe, expect, it } from 'vitest'
import { createOpenAIChat, type OpenAIChatOptions } from '../../src/index.ts'
import { request } from '../support/requests.ts'

const encode = (changes: Partial<ChatRequest>, options: OpenAIChatOptions = {}) =>
  createOpenAIChat(options).chat.encodeRequest({ ...request, ...changes })

const wire = (messages: readonly Message[], options: OpenAIChatOptions = {}) =>
  encode({ messages }, options).body['messages']

const call = {
  type: 'tool-call',
  callId: 'c1',
  name: 'f',
  kind: 'function',
  arguments: '{"a":1}',
} as const

const answered = { role: 'tool', tool_call_id: 'c1' }

/** A message of the model with calls of these ids, and results for them. */
const asking = (results: readonly ToolResultPart[]): readonly Message[] => [
  { role: 'assistant', content: results.map(({ callId }) => ({ ...call, callId })) },
  { role: 'tool', content: results },
]

/** What is sent of results, without the calls. */
const wireOf = (results: readonly ToolResultPart[]) => {
  const [, ...rest] = wire(asking(results)) as readonly unknown[]
  return rest
}

const text = (value: string) => ({ type: 'text', text: value }) as const

describe('messages', () => {
  it('of one plain text are strings, of several parts lists', () => {
    expect(wire([{ role: 'system', content: [text('a'), text('b')] }])).toEqual([
      { role: 'system', content: [text('a'), text('b')] },
    ])
    expect(wire([{ role: 'user', content: [] }])).toEqual([{ role: 'user', content: '' }])
  })

  it('are joined for providers that take parts only from users', () => {
    const both = [text('a'), text('b')]
    const image = { type: 'image', source: { kind: 'url', url: 'https://x.test' } } as const

    expect(wire([{ role: 'assistant', content: both }], { texts: 'joined' })).toEqual([
      { role: 'assistant', content: 'a\n\nb' },
    ])
    expect(wire([{ role: 'user', content: [...both, image] }], { texts: 'joined' })).toMatchObject([
      { content: [{ type: 'text' }, { type: 'text' }, { type: 'image_url' }] },
    ])
  })

  it('of which nothing can be said are left out', () => {
    const foreign = {
      type: 'provider',
      dialect: 'openai-responses',
      value: { type: 'additional_tools', tools: [] },
    } as const

    expect(
      wire([
        { role: 'user', content: [foreign] },
        { role: 'user', content: [text('a')] },
        { role: 'assistant', content: [foreign] },
      ]),
    ).toEqual([{ role: 'user', content: 'a' }])
  })

  it('are never none, which providers refuse', () => {
    expect(wire([{ role: 'tool', content: [] }])).toEqual([{ role: 'user', content: '' }])
  })

  it('of developers become system messages where the variant says so', () => {
    const messages = [{ role: 'developer', content: [text('a')] }] as const

    expect(wire(messages)).toEqual([{ role: 'developer', content: 'a' }])
    expect(wire(messages, { developerRole: 'system' })).toEqual([{ role: 'system', content: 'a' }])
  })

  it.each([
    ['null', { content: null }],
    ['empty', { content: '' }],
    ['omit', {}],
  ] as const)('that only call tools have %s content', (nullContent, expected) => {
    expect(wire([{ role: 'assistant', content: [call] }], { nullContent })).toEqual([
      {
        role: 'assistant',
        ...expected,
        tool_calls: [{ id: 'c1', type: 'function', function: { name: 'f', arguments: '{"a":1}' } }],
      },
      { ...answered, content: 'No result was given.' },
    ])
  })

  it('carry refusals, names and extensions', () => {
    expect(
      wire([
        {
          role: 'assistant',
          name: 'bob',
          content: [{ type: 'refusal', text: 'no' }],
          extensions: { 'openai-chat': { prefix: true } },
        },
      ]),
    ).toEqual([{ role: 'assistant', content: null, refusal: 'no', name: 'bob', prefix: true }])
  })

  it('write calls of custom tools and calls without arguments', () => {
    const custom = { ...call, kind: 'custom', arguments: 'free' } as const

    expect(
      wire([{ role: 'assistant', content: [custom, { ...call, arguments: '' }] }]),
    ).toMatchObject([
      {
        tool_calls: [
          { id: 'c1', type: 'custom', custom: { name: 'f', input: 'free' } },
          { function: { arguments: '{}' } },
        ],
      },
      answered,
      answered,
    ])
  })

  it('return the thought signature of a call in the form in which it came', () => {
    const data = { google: { thought_signature: 'S' } }
    const own = { ...call, state: [{ kind: 'thought-signature', data }] } as const
    const foreign = { ...call, state: [{ kind: 'thought-signature', data: 'S' }] } as const

    expect(wire([{ role: 'assistant', content: [own, foreign] }])).toMatchObject([
      { tool_calls: [{ extra_content: data }, { id: 'c1' }] },
      answered,
      answered,
    ])
    expect(JSON.stringify(wire([{ role: 'assistant', content: [foreign] }]))).not.toContain('extra')
  })
})

describe('tool results', () => {
  const result = {
    type: 'tool-result',
    callId: 'c1',
    kind: 'function',
    content: [text('done')],
  } as const
  const image = {
    type: 'image',
    source: { kind: 'base64', mediaType: 'image/png', data: 'AA' },
  } as const

  it('are one message each', () => {
    expect(wireOf([result, { ...result, callId: 'c2' }])).toEqual([
      { role: 'tool', tool_call_id: 'c1', content: 'done' },
      { role: 'tool', tool_call_id: 'c2', content: 'done' },
    ])
  })

  it('put their images into a user message behind all of them', () => {
    expect(
      wire([
        ...asking([
          { ...result, content: [image] },
          { ...result, callId: 'c2' },
        ]),
        { role: 'user', content: [text('and?')] },
      ]),
    ).toMatchObject([
      { role: 'assistant' },
      { role: 'tool', tool_call_id: 'c1', content: 'The output is in the next user message.' },
      { role: 'tool', tool_call_id: 'c2', content: 'done' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Output of tool call c1:' },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,AA' } },
        ],
      },
      { role: 'user', content: 'and?' },
    ])
  })

  it('say in their text that they failed, unless they do already', () => {
    const content = (value: string) => wireOf([{ ...result, failed: true, content: [text(value)] }])

    expect(content('no such file')).toMatchObject([{ content: 'Error: no such file' }])
    expect(content('<tool_use_error>x')).toMatchObject([{ content: '<tool_use_error>x' }])
    expect(wireOf([{ ...result, failed: true, content: [] }])).toMatchObject([{ content: 'Error' }])
    const image = { type: 'image', source: { kind: 'url', url: 'https://x.test/a.png' } } as const
    const media = { ...result, failed: true, content: [image] }
    const object = { ...result, failed: true, content: [], structured: { why: 'no' } }
    expect(wireOf([media])).toMatchObject([
      { content: 'Error: The output is in the next user message.' },
      { role: 'user' },
    ])
    expect(wireOf([object])).toMatchObject([{ content: 'Error: {"why":"no"}' }])
  })

  it('write a structured result as JSON', () => {
    const structured = { ...result, content: [], structured: { a: 1 } }

    expect(wireOf([structured])).toMatchObject([{ content: '{"a":1}' }])
  })
})
