import { describe, expect, it } from 'vitest'
import { createOpenAIChat, openaiChat } from '../../src/index.ts'
import { bytes, json } from '../support/bytes.ts'

const answer = (message: unknown, rest: Record<string, unknown> = {}) => ({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 7,
  model: 'm',
  choices: [{ index: 0, message, logprobs: null, finish_reason: 'stop' }],
  ...rest,
})

const decode = (body: unknown) => openaiChat.chat.decodeResponse(json(body))

const contentOf = (message: unknown) => decode(answer(message)).content

const call = { id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } }

describe('an answer', () => {
  it('is read with what it says of itself', () => {
    expect(
      decode(answer({ role: 'assistant', content: 'a' }, { usage: { prompt_tokens: 1 } })),
    ).toEqual({
      id: 'chatcmpl-1',
      model: 'm',
      created: 7,
      content: [{ type: 'text', text: 'a' }],
      finish: { reason: 'stop', raw: 'stop' },
      usage: { inputTokens: 1 },
    })
  })

  it.each([
    [
      'delta for message',
      { ...answer({}), choices: [{ index: 0, delta: { content: 'a' }, finish_reason: 'stop' }] },
    ],
    [
      'the text of the legacy protocol',
      { ...answer({}), choices: [{ index: 0, text: 'a', finish_reason: 'stop' }] },
    ],
    ['the wrapping of Cline', { data: answer({ content: 'a' }), success: true }],
    ['a list of parts', answer({ content: [{ type: 'text', text: 'a' }] })],
    ['a list of strings', answer({ content: ['a'] })],
    ['an error that is null', { ...answer({ content: 'a' }), error: null }],
    [
      'several choices',
      {
        ...answer({}),
        choices: [
          { index: 1, message: { content: 'b' } },
          { index: 0, message: { content: 'a' } },
        ],
      },
    ],
  ])('may come as %s', (_, body) => {
    expect(decode(body).content).toEqual([{ type: 'text', text: 'a' }])
  })

  it('has no content where nothing is in it', () => {
    expect(contentOf({ content: null, tool_calls: [] })).toEqual([])
    expect(contentOf({ content: '', tool_calls: null, refusal: '' })).toEqual([])
  })

  it('has reasoning, text, refusal and calls in this order', () => {
    expect(
      contentOf({ tool_calls: [call], refusal: 'no', content: 'a', reasoning: 'hm' }).map(
        ({ type }) => type,
      ),
    ).toEqual(['reasoning', 'text', 'refusal', 'tool-call'])
  })

  it('takes reasoning from a list, as Mistral sends it', () => {
    expect(
      contentOf({
        content: [
          {
            type: 'thinking',
            thinking: [
              { type: 'text', text: 'h' },
              { type: 'text', text: 'm' },
            ],
          },
          { type: 'text', text: 'a' },
          { type: 'reference', reference_ids: [1] },
        ],
      }),
    ).toEqual([
      { type: 'reasoning', form: 'raw', text: 'hm' },
      { type: 'text', text: 'a' },
      {
        type: 'provider',
        dialect: 'openai-chat',
        value: { type: 'reference', reference_ids: [1] },
      },
    ])
  })

  it('takes a stop behind calls for calls', () => {
    expect(decode(answer({ tool_calls: [call] })).finish).toEqual({
      reason: 'tool-calls',
      raw: 'stop',
    })
    expect(decode(answer({ function_call: { name: 'f', arguments: '{}' } })).content).toEqual([
      {
        type: 'tool-call',
        callId: 'call_chatcmpl-1_0',
        name: 'f',
        kind: 'function',
        arguments: '{}',
      },
    ])
  })

  it('gives its citations to its text', () => {
    const url_citation = {
      url: 'https://x.test',
      title: 'X',
      content: 'q',
      start_index: 0,
      end_index: 1,
    }
    const annotation = { type: 'url_citation', url_citation }

    expect(contentOf({ content: 'a', annotations: [annotation] })).toMatchObject([
      { citations: [{ url: 'https://x.test', title: 'X', quote: 'q', start: 0, end: 1 }] },
    ])
  })

  it('carries images and speech', () => {
    expect(
      contentOf({
        content: null,
        images: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,AA' } }],
        audio: { id: 'a', data: 'BB', transcript: 'hi', expires_at: 9 },
      }),
    ).toMatchObject([
      { type: 'image', source: { data: 'AA' } },
      {
        type: 'audio',
        source: { data: 'BB' },
        transcript: 'hi',
        extensions: { 'openai-chat': { id: 'a', expires_at: 9 } },
      },
    ])
  })

  it('is split at think tags where the variant says so', () => {
    const dialect = createOpenAIChat({ reasoning: { thinkTags: true } })
    const read = (message: unknown) => dialect.chat.decodeResponse(json(answer(message))).content

    expect(read({ content: '<think>hm</think>\na' })).toEqual([
      { type: 'reasoning', form: 'raw', text: 'hm' },
      { type: 'text', text: 'a' },
    ])
    expect(read({ content: '<think>x', reasoning_content: 'hm' })).toEqual([
      { type: 'reasoning', form: 'raw', text: 'hm' },
      { type: 'text', text: '<think>x' },
    ])
  })
})

describe('a 200 that is no answer', () => {
  it.each([
    [{ error: { message: 'no credit', code: 'insufficient_quota' } }, 'upstream_quota_exhausted'],
    [{ error: 'boom' }, 'upstream_error'],
    [{ base_resp: { status_code: 1008, status_msg: 'balance' }, choices: null }, 'upstream_error'],
    [{ msgCode: '10000', msg: 'wrong' }, 'upstream_error'],
    [{ detail: 'x' }, 'upstream_error'],
    [{ object: 'list', data: [] }, 'upstream_invalid_response'],
    [{}, 'upstream_invalid_response'],
    [answer({}, { choices: [] }), 'upstream_invalid_response'],
    [[1], 'upstream_invalid_response'],
  ])('tells %j', (body, code) => {
    expect(() => decode(body)).toThrow(expect.objectContaining({ code }))
  })

  it('may not even be JSON, of which nothing is repeated', () => {
    expect(() => openaiChat.chat.decodeResponse(bytes('<html>secret'))).toThrow(
      'The provider’s answer is not valid JSON.',
    )
  })

  it('is understood by the codes of its provider', () => {
    const dialect = createOpenAIChat({ errorCodes: { '1008': 'upstream_quota_exhausted' } })
    const body = json({ base_resp: { status_code: 1008, status_msg: 'balance' } })

    expect(() => dialect.chat.decodeResponse(body)).toThrow(
      expect.objectContaining({ code: 'upstream_quota_exhausted' }),
    )
  })
})
