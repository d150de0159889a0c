import type { ChatRequest, GatewayError, Message, UserPart } from '@jackfield/core'
import { describe, expect, it } from 'vitest'
import { createOpenAIChat, type OpenAIChatOptions } from '../../src/index.ts'
import { request } from '../support/requests.ts'

const encode = (changes: Partial<ChatRequest>, options: OpenAIChatOptions = {}) =>
  createOpenAIChat(options).chat.encodeRequest({ ...request, ...changes })

const wire = (messages: readonly Message[], options: OpenAIChatOptions = {}) =>
  encode({ messages }, options).body['messages']

const content = (part: UserPart, options: OpenAIChatOptions = {}) =>
  wire([{ role: 'user', content: [part] }], options)

const text = (value: string) => ({ type: 'text', text: value }) as const

function errorOf(work: () => unknown): GatewayError {
  try {
    work()
  } catch (error) {
    return error as GatewayError
  }
  throw new Error('nothing was thrown')
}

describe('media', () => {
  const base64 = (mediaType: string) => ({ kind: 'base64', mediaType, data: 'AA' }) as const
  const url = { kind: 'url', url: 'https://x.test/a' } as const

  it.each([
    [
      { type: 'image', source: base64('image/webp'), detail: 'high' },
      { type: 'image_url', image_url: { url: 'data:image/webp;base64,AA', detail: 'high' } },
    ],
    [
      { type: 'image', source: url },
      { type: 'image_url', image_url: { url: url.url } },
    ],
    [
      { type: 'audio', source: base64('audio/mpeg') },
      { type: 'input_audio', input_audio: { data: 'AA', format: 'mp3' } },
    ],
    [
      { type: 'audio', source: base64('audio/flac') },
      { type: 'input_audio', input_audio: { data: 'AA', format: 'flac' } },
    ],
    [
      { type: 'file', source: base64('application/pdf'), name: 'a.pdf' },
      { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,AA' } },
    ],
    [
      { type: 'file', source: { kind: 'file-id', dialect: 'openai-chat', id: 'f1' } },
      { type: 'file', file: { file_id: 'f1' } },
    ],
    [
      { type: 'file', source: { kind: 'text', mediaType: 'text/plain', text: 'words' } },
      { type: 'text', text: 'words' },
    ],
  ] as const)('%j is sent as %j', (part, expected) => {
    expect(content(part)).toEqual([{ role: 'user', content: [expected] }])
  })

  it.each([
    [
      { type: 'video', source: url },
      { video: 'video_url' },
      { type: 'video_url', video_url: { url: url.url } },
    ],
    [
      { type: 'video', source: base64('video/mp4') },
      { video: 'video_url' },
      { type: 'video_url', video_url: { url: 'data:video/mp4;base64,AA' } },
    ],
    [
      { type: 'file', source: url },
      { fileUrl: 'file_data' },
      { type: 'file', file: { file_data: url.url } },
    ],
  ] as const)('that only others than OpenAI take: %j, with %j', (part, media, expected) => {
    expect(content(part, { media })).toEqual([{ role: 'user', content: [expected] }])
  })

  it.each([
    ['video', url],
    ['video', base64('video/mp4')],
    ['file', url],
    ['audio', url],
    ['image', { kind: 'file-id', dialect: 'gemini', id: 'x' }],
    ['file', { kind: 'file-id', dialect: 'anthropic-messages', id: 'x' }],
  ] as const)('that the protocol cannot carry is refused: %s, %j', (type, source) => {
    const error = errorOf(() => content({ type, source }))

    expect(error).toMatchObject({ code: 'unsupported_capability', param: type })
    expect(error.message).toContain(type)
  })
})

describe('what only one dialect has', () => {
  it('goes to that dialect alone', () => {
    const own = {
      type: 'provider',
      dialect: 'openai-chat',
      value: { type: 'document_url' },
    } as const
    const foreign = { type: 'provider', dialect: 'x', value: { type: 'server_tool_use' } } as const
    const { body, dropped } = encode({ messages: [{ role: 'user', content: [own, foreign] }] })

    expect(body['messages']).toEqual([{ role: 'user', content: [{ type: 'document_url' }] }])
    expect(dropped).toEqual(['server_tool_use'])
  })

  it('is dropped from tools and tool choices', () => {
    const value = { type: 'web_search_20250305', name: 'web_search' }
    const { body, dropped } = encode({
      tools: [
        { type: 'function', name: 'f' },
        { type: 'provider', dialect: 'anthropic-messages', value },
      ],
      toolChoice: { type: 'provider', dialect: 'gemini', value: {} },
    })

    expect(body['tools']).toEqual([{ type: 'function', function: { name: 'f' } }])
    expect(dropped).toEqual(['web_search_20250305', 'tool_choice'])
  })
})

describe('prompt-cache marks of other dialects', () => {
  const marked: Partial<ChatRequest> = {
    messages: [
      { role: 'system', content: [{ ...text('a'), cache: { ttl: '1h' } }] },
      { role: 'user', content: [text('b')], cache: {} },
    ],
    tools: [{ type: 'function', name: 'f', cache: {} }],
  }

  it('are reported as dropped', () => {
    expect(encode(marked).dropped).toEqual(['cache'])
  })

  const call = {
    type: 'tool-call',
    callId: 'c',
    name: 'f',
    kind: 'function',
    arguments: '{}',
  } as const
  const result = { type: 'tool-result', callId: 'c', kind: 'function' } as const
  it.each<readonly [string, Message]>([
    ['the only text of a message', { role: 'user', content: [{ ...text('a'), cache: {} }] }],
    ['a whole message', { role: 'user', content: [text('a')], cache: {} }],
    ['an answer', { role: 'assistant', content: [text('a')], cache: {} }],
    ['an answer without a text', { role: 'assistant', content: [call], cache: {} }],
    ['a call', { role: 'assistant', content: [{ ...call, cache: {} }] }],
    ['a result without a text', { role: 'tool', content: [{ ...result, content: [], cache: {} }] }],
    ['a refusal', { role: 'assistant', content: [{ type: 'refusal', text: 'a', cache: {} }] }],
  ])('are named where they are lost: on %s', (_, message) => {
    expect(encode({ messages: [message] }).dropped).toEqual(['cache'])
  })

  it('are written in the provider’s words', () => {
    const { body, dropped } = encode(marked, { cacheMarks: 'cache_control' })

    expect(body).toMatchObject({
      messages: [
        { content: [{ cache_control: { type: 'ephemeral', ttl: '1h' } }] },
        { content: [{ text: 'b', cache_control: { type: 'ephemeral' } }] },
      ],
      tools: [{ cache_control: { type: 'ephemeral' } }],
    })
    expect(dropped).toEqual([])
    expect(encode(marked, { cacheMarks: 'prompt_cache_breakpoint' }).body).toMatchObject({
      messages: [{ content: [{ prompt_cache_breakpoint: { mode: 'explicit', ttl: '1h' } }] }, {}],
    })
  })

  it('leave those alone that this dialect’s own clients set', () => {
    const own = { 'openai-chat': { cache_control: { type: 'ephemeral' } } }

    expect(content({ ...text('a'), cache: {}, extensions: own })).toEqual([
      { role: 'user', content: [{ ...text('a'), cache_control: { type: 'ephemeral' } }] },
    ])
  })
})
