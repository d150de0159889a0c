import type { StreamPart } from '@jackfield/core'
import { describe, expect, it } from 'vitest'
import { openaiChat } from '../../src/index.ts'
import { bytes, chunk, decode, sse, start, stop } from '../support/bytes.ts'

const types = (parts: readonly StreamPart[]) => parts.map(({ type }) => type)

describe('a stream', () => {
  it('becomes parts with blocks', () => {
    expect(decode(sse(start, chunk({ content: 'a' }), chunk({ content: 'b' }), stop))).toEqual([
      { type: 'start', id: 'chatcmpl-1', model: 'm', created: 1759530835 },
      { type: 'text-start', id: 't0' },
      { type: 'text-delta', id: 't0', text: 'a' },
      { type: 'text-delta', id: 't0', text: 'b' },
      { type: 'text-end', id: 't0' },
      { type: 'finish', reason: 'stop', raw: 'stop' },
    ])
  })

  it('gives the parts of a read together, as soon as they came', () => {
    const decoder = openaiChat.chat.streamDecoder('sse')
    const first = `data: ${JSON.stringify(start)}\n\ndata: ${JSON.stringify(chunk({ content: 'a' }))}\n\n`

    expect(types(decoder.push(bytes(first)))).toEqual(['start', 'text-start', 'text-delta'])
  })

  it('closes a block before another one opens', () => {
    const stream = sse(
      chunk({ role: 'assistant', reasoning_content: 'r' }),
      chunk({ content: 'a' }),
      chunk({ reasoning: 's' }),
      chunk({ refusal: 'no' }),
      stop,
    )

    expect(types(decode(stream))).toEqual([
      'start',
      ...['reasoning-start', 'reasoning-delta', 'reasoning-end'],
      ...['text-start', 'text-delta', 'text-end'],
      ...['reasoning-start', 'reasoning-delta', 'reasoning-end'],
      ...['refusal', 'finish'],
    ])
  })

  it('tells usage as it comes, before finish, and the last one counts', () => {
    const usage = (count: number) => ({
      prompt_tokens: 1,
      completion_tokens: count,
      total_tokens: 1 + count,
    })
    const stream = sse(
      { ...start, usage: null },
      { ...chunk({ content: 'a' }), usage: usage(1) },
      { ...stop, usage: null },
      { ...start, choices: [], usage: usage(2) },
    )

    expect(decode(stream).slice(1)).toEqual([
      { type: 'text-start', id: 't0' },
      { type: 'text-delta', id: 't0', text: 'a' },
      { type: 'usage', usage: { inputTokens: 1, outputTokens: 1 } },
      { type: 'usage', usage: { inputTokens: 1, outputTokens: 2 } },
      { type: 'text-end', id: 't0' },
      { type: 'finish', reason: 'stop', raw: 'stop' },
    ])
  })

  it.each([
    ['on the finish chunk', { ...stop, usage: { prompt_tokens: 1 } }],
    ['in x_groq', { ...stop, x_groq: { usage: { prompt_tokens: 1 } } }],
    [
      'in the choice',
      {
        ...stop,
        choices: [{ index: 0, delta: {}, finish_reason: 'stop', usage: { prompt_tokens: 1 } }],
      },
    ],
  ])('may tell usage %s', (_, end) => {
    expect(decode(sse(start, end))).toContainEqual({ type: 'usage', usage: { inputTokens: 1 } })
  })

  it('tells what clients look at besides', () => {
    const shown = {
      system_fingerprint: 'fp',
      service_tier: 'default',
      provider: 'P',
      obfuscation: 'x',
    }

    expect(decode(sse({ ...start, ...shown }, stop))[0]).toMatchObject({
      extensions: {
        'openai-chat': { system_fingerprint: 'fp', service_tier: 'default', provider: 'P' },
      },
    })
  })

  it('carries log probabilities with their text', () => {
    const logprobs = {
      content: [{ token: 'a', logprob: -1, bytes: null, top_logprobs: [] }],
      refusal: null,
    }
    const choice = { index: 0, delta: { content: 'a' }, logprobs, finish_reason: null }

    expect(decode(sse({ ...start, choices: [choice] }, stop))).toContainEqual({
      type: 'text-delta',
      id: 't0',
      text: 'a',
      logprobs: { dialect: 'openai-chat', value: logprobs },
    })
  })

  it('carries citations, images and pieces of speech', () => {
    const annotation = {
      type: 'url_citation',
      url_citation: { url: 'https://x.test', title: 'X', start_index: 0, end_index: 1 },
    }
    const parts = decode(
      sse(
        start,
        chunk({ content: 'a', annotations: [annotation] }),
        chunk({ images: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,AA' } }] }),
        chunk({ audio: { id: 'a1', data: 'AA' } }),
        stop,
      ),
    )

    expect(parts).toContainEqual({
      type: 'source',
      id: 't0',
      citation: {
        url: 'https://x.test',
        title: 'X',
        start: 0,
        end: 1,
        raw: { dialect: 'openai-chat', value: annotation },
      },
    })
    expect(parts).toContainEqual({
      type: 'file',
      file: { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'AA' } },
    })
    expect(parts).toContainEqual({
      type: 'provider',
      part: {
        type: 'provider',
        dialect: 'openai-chat',
        value: { audio: { id: 'a1', data: 'AA' } },
      },
    })
  })
})
