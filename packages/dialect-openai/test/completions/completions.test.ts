import { type ChatRequest, GatewayError, type StreamPart } from '@jackfield/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openaiCompletions } from '../../src/index.ts'
import { answer as anyAnswer } from '../support/arbitrary-parts.ts'
import {
  bytes,
  context,
  decode,
  json,
  textOf,
  textOfParts,
  violationsOf,
} from '../support/bytes.ts'
import { decodeWire, request } from '../support/requests.ts'

const { chat } = openaiCompletions

const wire = (members: Record<string, unknown>) =>
  decodeWire({ model: 'm', prompt: 'hi', ...members }, openaiCompletions)

const logprobs = {
  content: [
    {
      token: 'a',
      logprob: -0.5,
      bytes: [97],
      top_logprobs: [
        { token: 'a', logprob: -0.5 },
        { token: 'b', logprob: -2 },
      ],
    },
    { token: 'bc', logprob: -1, bytes: null, top_logprobs: [] },
  ],
  refusal: null,
}

const legacy = {
  tokens: ['a', 'bc'],
  token_logprobs: [-0.5, -1],
  top_logprobs: [{ a: -0.5, b: -2 }, {}],
  text_offset: [0, 1],
}

describe('a prompt', () => {
  it('is a conversation of one user message', () => {
    expect(
      wire({ max_tokens: 5, temperature: 0, stop: ['x'], logprobs: 2, user: 'u', seed: 1 }),
    ).toEqual({
      model: 'm',
      messages: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }],
      stream: false,
      includeUsage: false,
      maxOutputTokens: 5,
      temperature: 0,
      stop: ['x'],
      logprobs: 2,
      endUser: 'u',
      seed: 1,
    })
    expect(wire({ prompt: ['hi'] }).messages).toEqual(wire({}).messages)
    expect(wire({ prompt: '' }).messages).toEqual([{ role: 'user', content: [] }])
  })

  it('keeps what only this protocol knows for it', () => {
    expect(wire({ logit_bias: { '1': 2 }, best_of: 1 }).extensions).toEqual({
      'openai-completions': { logit_bias: { '1': 2 }, best_of: 1 },
    })
  })

  it.each([
    [{ suffix: 'end' }, 'suffix'],
    [{ echo: true }, 'echo'],
    [{ best_of: 2 }, 'best_of'],
    [{ prompt: ['a', 'b'] }, 'prompt'],
    [{ prompt: [1, 2] }, 'prompt'],
    [{ prompt: [] }, 'prompt'],
  ])('cannot be answered by a chat with %j', (members, param) => {
    expect(() => wire(members)).toThrow(
      expect.objectContaining({ code: 'unsupported_capability', param }),
    )
  })

  it('may say of these that it does not want them', () => {
    expect(() => wire({ suffix: null, echo: false, best_of: 1 })).not.toThrow()
  })
})

describe('a conversation', () => {
  const encode = (changes: Partial<ChatRequest>) => chat.encodeRequest({ ...request, ...changes })

  it('of one user message is a prompt', () => {
    expect(
      encode({
        stream: true,
        maxOutputTokens: 5,
        logprobs: 0,
        extensions: { 'openai-completions': { best_of: 1 }, 'openai-chat': { min_p: 1 } },
      }),
    ).toEqual({
      body: {
        model: 'm',
        prompt: 'hi',
        stream: true,
        stream_options: { include_usage: true },
        max_tokens: 5,
        logprobs: 0,
        best_of: 1,
      },
      dropped: [],
    })
  })

  it('comes back as it was', () => {
    const again = wire(
      chat.encodeRequest(wire({ temperature: 1, logit_bias: {} })).body as Record<string, unknown>,
    )

    expect(again).toEqual(wire({ temperature: 1, logit_bias: {} }))
  })

  it('loses what a text has no place for, and says so', () => {
    const tools = [{ type: 'function', name: 'f' }] as const

    expect(encode({ tools, reasoning: { effort: 'low' }, topK: 3 }).dropped).toEqual([
      'tools',
      'reasoning_effort',
      'top_k',
    ])
  })

  it.each<Partial<ChatRequest>>([
    { messages: [] },
    { messages: [{ role: 'system', content: [] }] },
    { messages: [...request.messages, ...request.messages] },
    {
      messages: [{ role: 'user', content: [{ type: 'image', source: { kind: 'url', url: 'x' } }] }],
    },
    { candidates: 2 },
    { continues: 'r' },
  ])('of another kind is refused: %j', (changes) => {
    expect(() => encode(changes)).toThrow(
      expect.objectContaining({ code: 'unsupported_capability' }),
    )
  })
})

describe('an answer', () => {
  it('is the text of the completion', () => {
    const encoded = chat.encodeResponse(
      {
        id: 'x',
        content: [
          { type: 'reasoning', form: 'raw', text: 'hm' },
          { type: 'text', text: 'a' },
          { type: 'text', text: 'bc' },
        ],
        finish: { reason: 'length' },
        usage: { inputTokens: 1, outputTokens: 2 },
        extensions: { 'openai-chat': { choices: [{ logprobs }] } },
      },
      context,
    )

    expect(JSON.parse(textOf(encoded))).toEqual({
      id: 'x',
      object: 'text_completion',
      created: 1700000000,
      model: 'asked-model',
      choices: [{ index: 0, text: 'abc', logprobs: legacy, finish_reason: 'length' }],
      usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 },
    })
    expect(openaiCompletions.validateResponse(encoded)).toEqual([])
  })

  it('is read from the text of the completion', () => {
    const body = {
      id: 'cmpl-1',
      object: 'text_completion',
      created: 7,
      model: 'm',
      system_fingerprint: 'fp',
      choices: [{ index: 0, text: 'a', logprobs: legacy, finish_reason: 'stop' }],
      usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 },
    }

    expect(chat.decodeResponse(json(body))).toEqual({
      id: 'cmpl-1',
      model: 'm',
      created: 7,
      content: [{ type: 'text', text: 'a' }],
      finish: { reason: 'stop', raw: 'stop' },
      usage: { inputTokens: 1, outputTokens: 2 },
    })
  })
})

describe('a stream', () => {
  const parts: readonly StreamPart[] = [
    { type: 'start', id: 'x' },
    { type: 'text-start', id: 't' },
    {
      type: 'text-delta',
      id: 't',
      text: 'a',
      logprobs: { dialect: 'openai-chat', value: { content: logprobs.content.slice(0, 1) } },
    },
    { type: 'text-delta', id: 't', text: 'bc' },
    { type: 'text-end', id: 't' },
    { type: 'usage', usage: { inputTokens: 1, outputTokens: 2 } },
    { type: 'finish', reason: 'stop' },
  ]

  it('is the texts of the completion', () => {
    const chunks = textOf(chat.streamEncoder(context).push(parts))
      .split('\n\n')
      .filter((event) => event.startsWith('data: {'))
      .map((event) => JSON.parse(event.slice(6)))

    expect(chunks.map(({ object }) => object)).toEqual(Array(4).fill('text_completion'))
    expect(chunks.flatMap(({ choices }) => choices)).toEqual([
      {
        index: 0,
        text: 'a',
        logprobs: {
          tokens: ['a'],
          token_logprobs: [-0.5],
          top_logprobs: [{ a: -0.5, b: -2 }],
          text_offset: [0],
        },
        finish_reason: null,
      },
      { index: 0, text: 'bc', logprobs: null, finish_reason: null },
      { index: 0, text: '', logprobs: null, finish_reason: 'stop' },
    ])
    expect(chunks.at(-1).usage).toMatchObject({ total_tokens: 3 })
  })

  it('is read again as it was', () => {
    const again = decode(chat.streamEncoder(context).push(parts), { dialect: openaiCompletions })

    expect(textOfParts(again, 'text')).toBe('abc')
    expect(again).toContainEqual({ type: 'usage', usage: { inputTokens: 1, outputTokens: 2 } })
    expect(again.at(-1)).toEqual({ type: 'finish', reason: 'stop', raw: 'stop' })
  })

  it('ends with an error that is raised, where it broke', () => {
    const encoder = chat.streamEncoder(context)
    const error = new GatewayError('upstream_timeout', 'Silent.')
    const text = textOf(encoder.push([...parts.slice(0, 3), { type: 'error', error }]))

    expect(text.endsWith('"code":"timeout"}}\n\n')).toBe(true)
    expect(encoder.push([{ type: 'finish', reason: 'stop' }])).toHaveLength(0)
    expect(violationsOf(text, openaiCompletions)).toEqual([])
  })

  it('is legal, whatever the answer was', () => {
    fc.assert(
      fc.property(anyAnswer, (any) => {
        const written = chat.streamEncoder(context).push(any)

        expect(violationsOf(written, openaiCompletions)).toEqual([])
      }),
    )
  })

  it('that was cut off is an error', () => {
    const cut = bytes('data: {"choices":[{"index":0,"text":"a","finish_reason":null}]}\n\n')

    expect(decode(cut, { dialect: openaiCompletions }).at(-1)?.type).toBe('error')
  })
})
