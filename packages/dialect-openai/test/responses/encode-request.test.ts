import type { ChatRequest, JsonObject, Message, OpaqueState } from '@jackfield/core'
import { describe, expect, it } from 'vitest'
import { createOpenAIResponses, openaiResponses } from '../../src/index.ts'
import { decodeWire, encodeWire, hello, itemsOf } from './support/responses.ts'

const text = (said: string) => ({ type: 'text', text: said }) as const
const user = (said: string): Message => ({ role: 'user', content: [text(said)] })
const call = (callId: string, name = 'f') =>
  ({ type: 'tool-call', callId, name, kind: 'function', arguments: '{}' }) as const
const result = (
  callId: string,
  ...content: readonly { type: 'text'; text: string }[]
): Message => ({
  role: 'tool',
  content: [{ type: 'tool-result', callId, kind: 'function', content }],
})
const state: OpaqueState = { kind: 'encrypted-content', data: 'E', id: 'rs_1' }
const encode = (request: Partial<ChatRequest>) =>
  openaiResponses.chat.encodeRequest({ ...hello, ...request })

describe('a request', () => {
  it('stores nothing unless the client asked for it', () => {
    expect(encodeWire({})).toEqual({
      model: 'm',
      input: [{ role: 'user', content: 'hi' }],
      stream: false,
      store: false,
    })
    expect(encodeWire({ store: true })['store']).toBe(true)
  })

  it('names what this protocol has no word for', () => {
    const { dropped } = encode({
      topK: 3,
      seed: 1,
      stop: ['x'],
      presencePenalty: 1,
      frequencyPenalty: 1,
      modalities: ['text', 'audio'],
      serviceTier: 'standard_only',
      tools: [{ type: 'provider', dialect: 'gemini', value: { type: 'googleSearch' } }],
    })

    expect(dropped).toEqual([
      ...['googleSearch', 'top_k', 'seed', 'stop', 'presence_penalty', 'frequency_penalty'],
      ...['modalities', 'service_tier'],
    ])
  })

  it('says everything else in this protocol’s words', () => {
    expect(
      encodeWire({
        stream: true,
        maxOutputTokens: 100,
        temperature: 0.5,
        topP: 0.9,
        endUser: 'u',
        cacheKey: 'k',
        serviceTier: 'flex',
        metadata: { a: 'b' },
        verbosity: 'low',
        logprobs: 2,
        output: { type: 'json-schema', schema: { type: 'object' } },
      }),
    ).toMatchObject({
      max_output_tokens: 100,
      temperature: 0.5,
      top_p: 0.9,
      user: 'u',
      prompt_cache_key: 'k',
      service_tier: 'flex',
      metadata: { a: 'b' },
      top_logprobs: 2,
      include: ['message.output_text.logprobs'],
      text: {
        verbosity: 'low',
        format: { type: 'json_schema', name: 'response', schema: { type: 'object' } },
      },
    })
  })

  it.each([
    [1, 16, ['max_output_tokens']],
    [15, 16, ['max_output_tokens']],
    [16, 16, []],
    [17, 17, []],
  ])('limits an answer to no less than OpenAI takes, and says so: %i', (asked, sent, named) => {
    const { body, dropped } = encode({ maxOutputTokens: asked })

    expect(body['max_output_tokens']).toBe(sent)
    expect(dropped).toEqual(named)
  })

  it('is refused for several answers', () => {
    expect(() => encode({ candidates: 2 })).toThrow(
      expect.objectContaining({ code: 'unsupported_capability' }),
    )
  })

  it('continues what the provider has', () => {
    expect(encodeWire({ continues: 'resp_1' })['previous_response_id']).toBe('resp_1')
    const own = encodeWire({
      continues: 'conv_1',
      continuesIn: 'conversation',
      extensions: { 'openai-responses': { conversation: 'conv_1' } },
    })
    expect(own).toMatchObject({ conversation: 'conv_1' })
    expect(own).not.toHaveProperty('previous_response_id')
  })

  it('continues an answer with a stored prompt', () => {
    const extensions = { 'openai-responses': { prompt: { id: 'pmpt_1' } } }

    expect(encodeWire({ continues: 'resp_1', extensions })).toMatchObject({
      previous_response_id: 'resp_1',
      prompt: { id: 'pmpt_1' },
    })
  })

  it('holds the word that JSON mode demands', () => {
    expect(encodeWire({ output: { type: 'json' } })['input']).toEqual([
      { role: 'system', content: 'Answer with JSON.' },
      { role: 'user', content: 'hi' },
    ])
    expect(
      encodeWire({ output: { type: 'json' }, messages: [user('As JSON please')] })['input'],
    ).toHaveLength(1)
  })

  it('works in the background only where the answer is stored', () => {
    const extensions = { 'openai-responses': { background: true } }

    expect(encode({ extensions }).dropped).toEqual(['background'])
    expect(encodeWire({ extensions, store: true })['background']).toBe(true)
  })

  it('has streaming options only where it streams', () => {
    const extensions = { 'openai-responses': { stream_options: { include_obfuscation: false } } }

    expect(encodeWire({ extensions })).not.toHaveProperty('stream_options')
    expect(encodeWire({ extensions, stream: true })).toHaveProperty('stream_options')
  })

  it('never changes', () => {
    const request: ChatRequest = {
      ...hello,
      messages: [user('a'), { role: 'assistant', content: [call('c')] }],
    }
    const before = structuredClone(request)
    openaiResponses.chat.encodeRequest(request)

    expect(request).toEqual(before)
  })
})

describe('the conversation', () => {
  it('keeps instructions, and system messages in their places', () => {
    const wire = {
      model: 'm',
      instructions: 'I',
      input: [
        { role: 'user', content: 'a' },
        { role: 'developer', content: 'late' },
      ],
    }

    expect(openaiResponses.chat.encodeRequest(decodeWire(wire)).body).toMatchObject(wire)
  })

  it('puts what the model said into items without ids', () => {
    expect(
      itemsOf([
        user('a'),
        {
          role: 'assistant',
          content: [
            { type: 'reasoning', form: 'summary', text: 'Hm.', state: [state] },
            { ...text('I look.'), extensions: { 'openai-responses': { phase: 'commentary' } } },
            call('c1'),
            { type: 'tool-call', callId: 'c2', name: 'patch', kind: 'custom', arguments: 'x' },
          ],
        },
        {
          role: 'tool',
          content: [
            { type: 'tool-result', callId: 'c1', kind: 'function', content: [text('one')] },
            { type: 'tool-result', callId: 'c2', kind: 'custom', content: [] },
          ],
        },
      ]),
    ).toEqual([
      { role: 'user', content: 'a' },
      {
        type: 'reasoning',
        id: 'rs_1',
        summary: [{ type: 'summary_text', text: 'Hm.' }],
        encrypted_content: 'E',
      },
      { role: 'assistant', content: 'I look.', phase: 'commentary' },
      { type: 'function_call', call_id: 'c1', name: 'f', arguments: '{}' },
      { type: 'custom_tool_call', call_id: 'c2', name: 'patch', input: 'x' },
      { type: 'function_call_output', call_id: 'c1', output: 'one' },
      { type: 'custom_tool_call_output', call_id: 'c2', output: '' },
    ])
  })

  it('answers every call', () => {
    const turn: Message = { role: 'assistant', content: [call('c1'), call('c2')] }

    expect(itemsOf([user('a'), turn, result('c2', text('two')), user('b')])).toMatchObject([
      { role: 'user' },
      { call_id: 'c1', type: 'function_call' },
      { call_id: 'c2', type: 'function_call' },
      { call_id: 'c1', type: 'function_call_output', output: 'The tool gave no output.' },
      { call_id: 'c2', type: 'function_call_output', output: 'two' },
      { role: 'user' },
    ])
  })

  it('makes a result without its call the user’s words, and a second result too', () => {
    const turn: Message = { role: 'assistant', content: [call('c1')] }
    const items = itemsOf([
      result('c0', text('lost')),
      turn,
      result('c1', text('one')),
      result('c1', text('again')),
    ])

    expect(items).toMatchObject([
      { role: 'user', content: [{ text: 'Output of tool call c0:' }, { text: 'lost' }] },
      { type: 'function_call' },
      { type: 'function_call_output', output: 'one' },
      { role: 'user', content: [{ text: 'Output of tool call c1:' }, { text: 'again' }] },
    ])
  })

  it('answers a call whose only result came before it, and every call of an id that came again', () => {
    const turn: Message = { role: 'assistant', content: [call('c1')] }

    expect(itemsOf([result('c1', text('early')), turn])).toMatchObject([
      { role: 'user' },
      { type: 'function_call' },
      { output: 'The tool gave no output.' },
    ])
    expect(
      itemsOf([turn, result('c1', text('one')), user('b'), turn, result('c1', text('two'))]),
    ).toMatchObject([
      { type: 'function_call' },
      { output: 'one' },
      { role: 'user' },
      { type: 'function_call' },
      { output: 'two' },
    ])
  })

  it('answers calls also where something is continued', () => {
    const messages: Message[] = [{ role: 'assistant', content: [call('c1')] }]

    expect(encodeWire({ continues: 'resp_1', messages })['input']).toHaveLength(2)
  })

  it('leaves results to the provider that has the call', () => {
    const { input } = encodeWire({ continues: 'resp_1', messages: [result('c1', text('one'))] })

    expect(input).toEqual([{ type: 'function_call_output', call_id: 'c1', output: 'one' }])
  })

  it('shortens ids of calls that are too long, of the call and its result alike', () => {
    const id = 'c'.repeat(80)
    const [one, two] = itemsOf([
      { role: 'assistant', content: [call(id)] },
      result(id, text('x')),
    ]) as JsonObject[]

    expect(String(one?.['call_id']).length).toBeLessThanOrEqual(64)
    expect(two?.['call_id']).toBe(one?.['call_id'])
  })

  it('shows images and files in results', () => {
    const [, output] = itemsOf([
      { role: 'assistant', content: [call('c1')] },
      {
        role: 'tool',
        content: [
          {
            type: 'tool-result',
            callId: 'c1',
            kind: 'function',
            failed: true,
            content: [
              { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'AA' } },
              {
                type: 'file',
                source: { kind: 'base64', mediaType: 'application/pdf', data: 'BB' },
              },
              { type: 'audio', source: { kind: 'base64', mediaType: 'audio/wav', data: 'CC' } },
            ],
          },
        ],
      },
    ]) as JsonObject[]

    expect(output?.['output']).toEqual([
      { type: 'input_text', text: 'Error:' },
      { type: 'input_image', image_url: 'data:image/png;base64,AA' },
      { type: 'input_file', filename: 'file.pdf', file_data: 'data:application/pdf;base64,BB' },
    ])
  })

  it.each([
    [{ failed: true, content: [text('no such file')] }, 'Error: no such file'],
    [{ failed: true, content: [text('error: no such file')] }, 'error: no such file'],
    [{ failed: true, content: [] }, 'Error'],
    [{ structured: { a: 1 }, content: [] }, '{"a":1}'],
  ])('says of a result what has no member: %j', (rest, output) => {
    const messages: Message[] = [
      { role: 'assistant', content: [call('c1')] },
      { role: 'tool', content: [{ type: 'tool-result', callId: 'c1', kind: 'function', ...rest }] },
    ]

    expect((itemsOf(messages) as JsonObject[])[1]?.['output']).toBe(output)
  })

  it.each([
    [{ type: 'audio', source: { kind: 'base64', mediaType: 'audio/wav', data: 'A' } }],
    [{ type: 'video', source: { kind: 'url', url: 'https://x.test' } }],
    [{ type: 'image', source: { kind: 'file-id', dialect: 'anthropic-messages', id: 'f' } }],
  ] as const)('refuses what it cannot show: %j', (part) => {
    expect(() => itemsOf([{ role: 'user', content: [part] }])).toThrow(
      expect.objectContaining({ code: 'unsupported_capability' }),
    )
  })

  it('marks a cache breakpoint where the provider knows it', () => {
    const messages: Message[] = [
      { role: 'user', content: [{ ...text('a'), cache: { ttl: '30m' } }] },
    ]
    const marking = createOpenAIResponses({ cacheMarks: 'prompt_cache_breakpoint' })

    expect(openaiResponses.chat.encodeRequest({ ...hello, messages }).dropped).toEqual(['cache'])
    expect(itemsOf(messages, marking)).toEqual([
      {
        role: 'user',
        content: [
          {
            type: 'input_text',
            text: 'a',
            prompt_cache_breakpoint: { mode: 'explicit', ttl: '30m' },
          },
        ],
      },
    ])
  })

  it('tells developers as system where the provider knows only that', () => {
    const messages: Message[] = [{ role: 'developer', content: [text('a')] }, user('b')]

    expect(itemsOf(messages, createOpenAIResponses({ developerRole: 'system' }))).toMatchObject([
      { role: 'system' },
      { role: 'user' },
    ])
  })
})
