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

  it('limits an answer to no less than OpenAI takes', () => {
    expect(encodeWire({ maxOutputTokens: 1 })['max_output_tokens']).toBe(16)
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
      extensions: { 'openai-responses': { conversation: 'conv_1' } },
    })
    expect(own).toMatchObject({ conversation: 'conv_1' })
    expect(own).not.toHaveProperty('previous_response_id')
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

describe('reasoning', () => {
  const thought = { type: 'reasoning', form: 'summary', text: 'Hm.' } as const

  it.each([
    ['without state', [thought, text('a')]],
    [
      'with state of another protocol',
      [{ ...thought, state: [{ kind: 'signature', data: 's' }] as const }, text('a')],
    ],
    [
      'with state of another origin',
      [{ ...thought, state: [{ ...state, origin: { dialect: 'x', scope: 'y' } }] }, text('a')],
    ],
  ] as const)('%s stays behind', (_, content) => {
    expect(itemsOf([user('q'), { role: 'assistant', content }])).toEqual([
      { role: 'user', content: 'q' },
      { role: 'assistant', content: 'a' },
    ])
  })

  it('is never the last item of a turn', () => {
    const content = [text('a'), { ...thought, state: [state] }]

    expect(itemsOf([{ role: 'assistant', content }, user('q')])).toHaveLength(2)
  })

  it('is left out where what it led to is', () => {
    const search = { type: 'provider', dialect: 'gemini', value: {} } as const
    const content = [{ ...thought, state: [state] }, search, text('a')]

    expect(itemsOf([{ role: 'assistant', content }])).toEqual([{ role: 'assistant', content: 'a' }])
  })

  it('goes along in words where the provider reads them', () => {
    const content = [{ ...thought, form: 'raw' as const }, text('a')]

    expect(
      itemsOf([{ role: 'assistant', content }], createOpenAIResponses({ returnReasoning: 'all' })),
    ).toEqual([
      { type: 'reasoning', summary: [], content: [{ type: 'reasoning_text', text: 'Hm.' }] },
      { role: 'assistant', content: 'a' },
    ])
  })

  it.each([
    [{ effort: 'high' }, { effort: 'high' }],
    [{ enabled: false }, { effort: 'none' }],
    [{ enabled: true }, { effort: 'medium' }],
    [{ budget: 5000 }, { effort: 'medium' }],
    [{ show: true }, { summary: 'auto' }],
    [{ show: 'detailed' }, { summary: 'detailed' }],
    [{ show: 'summary' }, { summary: 'auto' }],
  ] as const)('is asked for: %j', (reasoning, expected) => {
    expect(encodeWire({ reasoning })['reasoning']).toEqual(expected)
  })

  it('is asked for in the client’s own word', () => {
    const wire = { model: 'm', input: 'hi', reasoning: { summary: 'concise', mode: 'pro' } }

    expect(openaiResponses.chat.encodeRequest(decodeWire(wire)).body['reasoning']).toEqual(
      wire.reasoning,
    )
  })

  const encrypted = (request: Partial<ChatRequest>, dialect = openaiResponses) =>
    JSON.stringify(encodeWire(request, dialect)['include'] ?? []).includes('encrypted')

  it.each([
    ['reasoning is asked for', { reasoning: { effort: 'low' } }, true],
    ['reasoning is switched off', { reasoning: { effort: 'none' }, model: 'gpt-5' }, false],
    ['the model thinks unasked', { model: 'openai/gpt-5.2' }, true],
    ['the model thinks unasked', { model: 'o3-mini' }, true],
    ['the model may not think', { model: 'gpt-4o' }, false],
    ['the model only chats', { model: 'gpt-5-chat-latest' }, false],
    ['the provider stores the answer', { model: 'gpt-5', store: true }, false],
    [
      'it comes back',
      { messages: [{ role: 'assistant', content: [{ ...thought, state: [state] }, text('a')] }] },
      true,
    ],
  ] as const)('comes encrypted, or not, because %s', (_, request, expected) => {
    expect(encrypted(request)).toBe(expected)
  })

  it('comes encrypted as the provider needs it', () => {
    expect(encrypted({}, createOpenAIResponses({ encryptedReasoning: 'always' }))).toBe(true)
    expect(encrypted({ model: 'o3' }, createOpenAIResponses({ encryptedReasoning: 'never' }))).toBe(
      false,
    )
  })
})

describe('what a provider’s own tools did', () => {
  const search = { type: 'web_search_call', id: 'ws_1', status: 'completed' }
  const trace = { type: 'provider', dialect: 'openai-responses', value: search } as const

  it('goes back to it', () => {
    const content = [
      { ...trace, state: [{ kind: 'encrypted-content', data: 'ws_1' }] as const },
      text('a'),
    ]

    expect(itemsOf([{ role: 'assistant', content }])).toMatchObject([search, { role: 'assistant' }])
  })

  it('goes to nobody else, who would not know it', () => {
    expect(
      encode({ messages: [{ role: 'assistant', content: [trace, text('a')] }] }),
    ).toMatchObject({
      body: { input: [{ role: 'assistant' }] },
      dropped: ['web_search_call'],
    })
  })

  it('takes the outputs of what did not go along with it', () => {
    const items = [
      { type: 'computer_call', id: 'cu_1', call_id: 'x', status: 'completed' },
      { type: 'computer_call_output', id: 'o', call_id: 'x', output: {} },
    ]
    const request = decodeWire({ model: 'm', input: items })

    expect(openaiResponses.chat.encodeRequest(request).body['input']).toEqual([
      items[0],
      { type: 'computer_call_output', call_id: 'x', output: {} },
    ])
    const [turn] = request.messages
    const content = turn?.content.map((part) => ({ ...part, state: [] })) as never
    expect(itemsOf([{ role: 'assistant', content }])).toBe('')
  })

  it('is referred to only where it is stored', () => {
    const wire = {
      model: 'm',
      input: [
        { role: 'user', content: 'a' },
        { type: 'item_reference', id: 'msg_1' },
      ],
    }

    expect(openaiResponses.chat.encodeRequest(decodeWire(wire)).dropped).toEqual(['item_reference'])
    const stored = openaiResponses.chat.encodeRequest(decodeWire({ ...wire, store: true })).body
    expect(stored['input']).toEqual(wire.input)
  })

  it('is an image that goes back by its id', () => {
    const image = {
      type: 'image_generation_call',
      id: 'ig_1',
      status: 'completed',
      result: 'AAAA',
      revised_prompt: 'p',
    }
    const { body } = openaiResponses.chat.encodeRequest(decodeWire({ model: 'm', input: [image] }))

    expect(body['input']).toEqual([image])
  })

  it('is no image of another provider', () => {
    const image = {
      type: 'image',
      source: { kind: 'base64', mediaType: 'image/png', data: 'A' },
    } as const

    expect(
      encode({ messages: [{ role: 'assistant', content: [image, text('a')] }] }).dropped,
    ).toEqual(['image'])
  })
})

describe('tools', () => {
  const f = { type: 'function', name: 'f' } as const

  it('are flat, and strict only where it is said', () => {
    expect(
      encodeWire({
        tools: [
          { ...f, description: 'd' },
          { type: 'custom', name: 'p', format: { syntax: 'regex', definition: 'x' } },
        ],
      })['tools'],
    ).toEqual([
      {
        type: 'function',
        name: 'f',
        description: 'd',
        parameters: { type: 'object', properties: {} },
        strict: false,
      },
      { type: 'custom', name: 'p', format: { type: 'grammar', syntax: 'regex', definition: 'x' } },
    ])
  })

  it('get names that OpenAI takes, in choices and calls too', () => {
    const { body, changes } = encode({
      tools: [{ ...f, name: 'a.b' }],
      toolChoice: { type: 'tool', kind: 'function', name: 'a.b' },
      messages: [{ role: 'assistant', content: [call('c1', 'a.b')] }],
    })
    const [sent] = [...(changes?.toolNames?.keys() ?? [])]

    expect(sent).toMatch(/^[A-Za-z0-9_-]+$/)
    expect(changes?.toolNames?.get(String(sent))).toBe('a.b')
    expect(body['tools']).toMatchObject([{ name: sent }])
    expect(body['tool_choice']).toEqual({ type: 'function', name: sent })
    expect(body['input']).toMatchObject([{ name: sent }, { type: 'function_call_output' }])
  })

  const namespace = {
    type: 'namespace',
    name: 'crm',
    description: 'CRM',
    tools: [{ type: 'function', name: 'find', parameters: {}, strict: false }],
  }

  it('of a namespace stay in it', () => {
    const wire = {
      model: 'm',
      input: [
        { type: 'function_call', call_id: 'c', namespace: 'crm', name: 'find', arguments: '{}' },
        { type: 'function_call_output', call_id: 'c', output: 'x' },
      ],
      tools: [namespace],
    }

    const { body } = openaiResponses.chat.encodeRequest(decodeWire(wire))
    expect(body).toMatchObject(wire)
  })

  it('of a namespace are plain functions where the provider knows no namespaces', () => {
    const flat = createOpenAIResponses({ namespaces: false })
    const { body } = flat.chat.encodeRequest(
      decodeWire({ model: 'm', input: 'hi', tools: [namespace] }),
    )

    expect(body['tools']).toMatchObject([{ type: 'function', name: 'crm__find' }])
    expect((body['tools'] as JsonObject[])[0]).not.toHaveProperty('namespace')
  })

  it('that items bring along are not listed', () => {
    const wire = {
      model: 'm',
      input: [
        { role: 'user', content: 'a' },
        {
          type: 'additional_tools',
          role: 'developer',
          tools: [{ type: 'function', name: 'late' }],
        },
      ],
      tool_choice: 'auto',
    }

    const { body } = openaiResponses.chat.encodeRequest(decodeWire(wire))
    expect(body).toMatchObject(wire)
    expect(body).not.toHaveProperty('tools')
  })

  it('are chosen', () => {
    const choices = (toolChoice: ChatRequest['toolChoice']) =>
      encodeWire({ tools: [f], ...(toolChoice === undefined ? {} : { toolChoice }) })['tool_choice']

    expect(choices({ type: 'required' })).toBe('required')
    expect(choices({ type: 'allowed', mode: 'auto', names: ['f'] })).toEqual({
      type: 'allowed_tools',
      mode: 'auto',
      tools: [{ type: 'function', name: 'f' }],
    })
    expect(
      choices({ type: 'provider', dialect: 'openai-responses', value: { type: 'mcp' } }),
    ).toEqual({ type: 'mcp' })
    expect(choices({ type: 'provider', dialect: 'gemini', value: {} })).toBeUndefined()
  })

  it('are told nothing about where there are none', () => {
    expect(
      encodeWire({ toolChoice: { type: 'auto' }, parallelToolCalls: false }),
    ).not.toHaveProperty('tool_choice')
  })
})

describe('a provider’s list of parameters', () => {
  it('decides what is sent, and what is left out is named', () => {
    const picky = createOpenAIResponses({ parameters: { drop: ['store', 'temperature'] } })
    const { body, dropped } = picky.chat.encodeRequest({ ...hello, temperature: 1 })

    expect(Object.keys(body)).toEqual(['model', 'input', 'stream'])
    expect(dropped).toEqual(['store', 'temperature'])
  })

  it('may name what is allowed', () => {
    const strict = createOpenAIResponses({ parameters: { allow: ['store'] } })

    expect(strict.chat.encodeRequest({ ...hello, topP: 1 }).dropped).toEqual(['top_p'])
  })
})
