import type { ChatRequest, GatewayError } from '@jackfield/core'
import { describe, expect, it } from 'vitest'
import { createOpenAIChat, type OpenAIChatOptions, openaiChat } from '../../src/index.ts'
import { request } from '../support/requests.ts'

const encode = (changes: Partial<ChatRequest>, options: OpenAIChatOptions = {}) =>
  createOpenAIChat(options).chat.encodeRequest({ ...request, ...changes })

function errorOf(work: () => unknown): GatewayError {
  try {
    work()
  } catch (error) {
    return error as GatewayError
  }
  throw new Error('nothing was thrown')
}

describe('parameters', () => {
  it('have their names on the wire', () => {
    const { body, dropped } = encode({
      temperature: 0,
      topP: 0.5,
      seed: 1,
      stop: ['a'],
      presencePenalty: 1,
      frequencyPenalty: 2,
      maxOutputTokens: 9,
      logprobs: 2,
      endUser: 'u',
      cacheKey: 'k',
      serviceTier: 'auto',
      metadata: { a: 'b' },
      store: true,
      verbosity: 'high',
      modalities: ['text'],
    })

    expect(body).toEqual({
      model: 'm',
      messages: [{ role: 'user', content: 'hi' }],
      stream: false,
      temperature: 0,
      top_p: 0.5,
      seed: 1,
      stop: ['a'],
      presence_penalty: 1,
      frequency_penalty: 2,
      max_completion_tokens: 9,
      logprobs: true,
      top_logprobs: 2,
      user: 'u',
      prompt_cache_key: 'k',
      service_tier: 'auto',
      metadata: { a: 'b' },
      store: true,
      verbosity: 'high',
      modalities: ['text'],
    })
    expect(dropped).toEqual([])
  })

  it('ask for usage whenever they stream, unless the variant must not', () => {
    expect(encode({ stream: true }).body['stream_options']).toEqual({ include_usage: true })
    expect(encode({ stream: true }, { includeUsage: false }).body).not.toHaveProperty(
      'stream_options',
    )
    expect(encode({ stream: false }).body).not.toHaveProperty('stream_options')
  })

  it('drop stream options where nothing is streamed', () => {
    const extensions = {
      'openai-chat': { stream_options: { include_obfuscation: false }, min_p: 0.1 },
    }

    expect(encode({ extensions }).body).toMatchObject({ min_p: 0.1 })
    expect(encode({ extensions }).body).not.toHaveProperty('stream_options')
    expect(encode({ extensions, stream: true }).body['stream_options']).toEqual({
      include_obfuscation: false,
      include_usage: true,
    })
  })

  it('write the limit as the variant says', () => {
    expect(encode({ maxOutputTokens: 9 }, { maxTokens: 'max_tokens' }).body).toMatchObject({
      max_tokens: 9,
    })
  })

  it('report top_k as dropped unless the provider knows it', () => {
    expect(encode({ topK: 3 })).toMatchObject({ dropped: ['top_k'] })
    expect(encode({ topK: 3 }, { topK: true })).toMatchObject({ body: { top_k: 3 }, dropped: [] })
  })

  it('report what the variant may not be sent', () => {
    const { body, dropped } = encode(
      {
        temperature: 1,
        seed: 1,
        output: { type: 'json' },
        extensions: { 'openai-chat': { min_p: 1 } },
      },
      { parameters: { allow: ['temperature', 'seed'], drop: ['seed'] } },
    )

    expect(Object.keys(body)).toEqual(['model', 'messages', 'stream', 'temperature'])
    expect(dropped).toEqual(['seed', 'response_format', 'min_p'])
  })

  it('send extensions of this dialect only, and never above what is canonical', () => {
    const { body } = encode({
      temperature: 1,
      extensions: { 'openai-chat': { min_p: 0.1, temperature: 2 }, gemini: { safety: 1 } },
    })

    expect(body).toMatchObject({ min_p: 0.1, temperature: 1 })
    expect(body).not.toHaveProperty('safety')
  })

  it.each([
    [{ type: 'text' }, { type: 'text' }],
    [{ type: 'json' }, { type: 'json_object' }],
    [
      { type: 'json-schema', schema: { type: 'object' } },
      { type: 'json_schema', json_schema: { name: 'response', schema: { type: 'object' } } },
    ],
  ] as const)('ask for output in the form %j', (output, expected) => {
    expect(encode({ output }).body['response_format']).toEqual(expected)
  })

  it('never change the request', () => {
    const frozen = Object.freeze({ ...request, messages: Object.freeze([...request.messages]) })

    expect(() => openaiChat.chat.encodeRequest(frozen)).not.toThrow()
  })
})

describe('what would change the question', () => {
  it.each([
    [{ candidates: 2 }, 'n'],
    [{ continues: 'resp_1' }, 'previous_response_id'],
    [{ continues: 'pmpt_1', continuesIn: 'prompt' }, 'prompt'],
  ])('is refused, not dropped: %j', (changes, param) => {
    const error = errorOf(() => encode(changes))

    expect(error.code).toBe('unsupported_capability')
    expect(error.param).toBe(param)
  })
})
