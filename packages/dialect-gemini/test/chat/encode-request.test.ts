import type {
  AssistantPart,
  ChatRequest,
  JsonObject,
  Message,
  ReasoningRequest,
  ToolResultPart,
} from '@jackfield/core'
import { describe, expect, it } from 'vitest'
import { createGemini, gemini } from '../../src/index.ts'
import { model, request, user } from '../support/requests.ts'

const encode = (rest: Partial<ChatRequest>) => gemini.chat.encodeRequest({ ...request, ...rest })
const contentsOf = (messages: readonly Message[], rest: Partial<ChatRequest> = {}) =>
  encode({ messages, ...rest }).body['contents']

const say = (text: string): Message => ({ role: 'user', content: [{ type: 'text', text }] })
const answer = (...content: readonly AssistantPart[]): Message => ({ role: 'assistant', content })
const call = (callId: string, rest: Partial<Extract<AssistantPart, { type: 'tool-call' }>> = {}) =>
  ({ type: 'tool-call', callId, name: 'f', kind: 'function', arguments: '{}', ...rest }) as const
const result = (callId: string, rest: Partial<ToolResultPart> = {}): ToolResultPart => ({
  type: 'tool-result',
  callId,
  kind: 'function',
  content: [{ type: 'text', text: 'ok' }],
  ...rest,
})
const results = (...content: readonly ToolResultPart[]): Message => ({ role: 'tool', content })

const older = { model: 'gemini-2.5-flash' }
const sent = (id: string, rest: JsonObject = {}) => ({
  functionCall: { id, name: 'f', args: {} },
  ...rest,
})
const told = (id: string, response: JsonObject = { output: 'ok' }) => ({
  functionResponse: { id, name: 'f', response },
})
const placeholder = { thoughtSignature: 'skip_thought_signature_validator' }

describe('a conversation for a strict provider', () => {
  it('takes turns, the user first', () => {
    const text = (value: string) => ({ type: 'text', text: value }) as const

    expect(
      contentsOf([say('a'), say('b'), answer(text('c')), answer(text('d')), say('e')]),
    ).toEqual([
      user({ text: 'a' }, { text: 'b' }),
      model({ text: 'c' }, { text: 'd' }),
      user({ text: 'e' }),
    ])
    expect(contentsOf([answer(text('hello')), say('a')])).toEqual([
      user({ text: ' ' }),
      model({ text: 'hello' }),
      user({ text: 'a' }),
    ])
  })

  it('has its instructions at the front, and says that some were moved there', () => {
    const system = (text: string): Message => ({
      role: 'system',
      content: [{ type: 'text', text }],
    })
    const { body, dropped } = encode({
      messages: [system('a'), system('b'), say('x'), system('c')],
    })

    expect(body['systemInstruction']).toEqual({
      parts: [{ text: 'a' }, { text: 'b' }, { text: 'c' }],
    })
    expect(body['contents']).toEqual([user({ text: 'x' })])
    expect(dropped).toEqual(['system_position'])
    expect(encode({ messages: [system('a'), say('x')] }).dropped).toEqual([])
  })

  it('is never empty: the last instruction is then what the user says', () => {
    const messages: Message[] = [
      { role: 'developer', content: [{ type: 'text', text: 'a' }] },
      { role: 'system', content: [{ type: 'text', text: 'b' }] },
    ]

    expect(encode({ messages }).body).toMatchObject({
      systemInstruction: { parts: [{ text: 'a' }] },
      contents: [user({ text: 'b' })],
    })
  })

  it('answers all calls of a turn in one content, in their order', () => {
    const messages = [
      say('q'),
      answer(call('1'), call('2')),
      results(result('2')),
      results(result('1')),
      say('and'),
    ]

    expect(contentsOf(messages, older)).toEqual([
      user({ text: 'q' }),
      model(sent('1'), sent('2')),
      user(told('1'), told('2'), { text: 'and' }),
    ])
  })

  it('fills in what was never answered', () => {
    const missing = told('2', { error: 'The call was not answered.' })

    expect(
      contentsOf([say('q'), answer(call('1'), call('2')), results(result('1')), say('x')], older),
    ).toEqual([
      user({ text: 'q' }),
      model(sent('1'), sent('2')),
      user(told('1'), missing, { text: 'x' }),
    ])
    expect(contentsOf([say('q'), answer(call('2'))], older)).toEqual([
      user({ text: 'q' }),
      model(sent('2')),
      user(missing),
    ])
  })

  it('puts a late answer where it belongs, and tells a lost one in words', () => {
    const text = { type: 'text', text: 'hm' } as const
    const messages = [
      say('q'),
      answer(call('1')),
      say('wait'),
      answer(text),
      results(result('1'), result('lost', { failed: true })),
    ]

    expect(contentsOf(messages, older)).toEqual([
      user({ text: 'q' }),
      model(sent('1')),
      user(told('1'), { text: 'wait' }),
      model({ text: 'hm' }),
      user({ text: 'Error of tool call lost: ok' }),
    ])
  })

  it('keeps calls apart that have the same id in every turn', () => {
    const turn = (text: string) => [
      answer(call('same')),
      results(result('same', { content: [{ type: 'text', text }] })),
    ]

    expect(contentsOf([say('q'), ...turn('one'), ...turn('two')], older)).toEqual([
      user({ text: 'q' }),
      model(sent('same')),
      user(told('same', { output: 'one' })),
      model(sent('same')),
      user(told('same', { output: 'two' })),
    ])
  })
})

describe('an answer to an id that was used before', () => {
  it('is for the latest call', () => {
    const missing = told('same', { error: 'The call was not answered.' })
    const messages = [
      say('q'),
      answer(call('same')),
      say('x'),
      answer(call('same')),
      results(result('same')),
    ]

    expect(contentsOf(messages, older)).toEqual([
      user({ text: 'q' }),
      model(sent('same')),
      user(missing, { text: 'x' }),
      model(sent('same')),
      user(told('same')),
    ])
  })
})

describe('results', () => {
  const responseOf = (rest: Partial<ToolResultPart>, target: Partial<ChatRequest> = {}) => {
    const contents = contentsOf([say('q'), answer(call('1')), results(result('1', rest))], target)
    return Array.isArray(contents) ? contents.at(-1)?.parts : undefined
  }
  const image = {
    type: 'image',
    source: { kind: 'base64', mediaType: 'image/png', data: 'AA' },
  } as const

  it.each<[Partial<ToolResultPart>, object]>([
    [{}, { output: 'ok' }],
    [{ content: [] }, { output: '' }],
    [
      {
        content: [
          { type: 'text', text: 'a' },
          { type: 'text', text: 'b' },
        ],
      },
      { output: 'a\nb' },
    ],
    [{ failed: true }, { error: 'ok' }],
    [{ failed: true, content: [] }, { error: 'The call failed.' }],
    [{ structured: { a: 1 } }, { a: 1 }],
    [{ structured: { a: 1 }, failed: true }, { error: { a: 1 } }],
    [{ structured: { error: 'x' }, failed: true }, { error: 'x' }],
  ])('of %j are %j', (rest, response) => {
    expect(responseOf(rest)).toEqual([{ functionResponse: { id: '1', name: 'f', response } }])
  })

  it('hold pictures where the model takes them there', () => {
    expect(responseOf({ content: [image] })).toEqual([
      {
        functionResponse: {
          id: '1',
          name: 'f',
          response: { output: '' },
          parts: [{ inlineData: { mimeType: 'image/png', data: 'AA' } }],
        },
      },
    ])
  })

  it('are followed by pictures where it does not, or by what is only named', () => {
    const behind = [told('1', { output: '' }), { text: 'Output of tool call 1:' }]
    const url = { ...image, source: { kind: 'url', url: 'https://x.test/a.png' } } as const

    expect(responseOf({ content: [image] }, older)).toEqual([
      ...behind,
      { inlineData: { mimeType: 'image/png', data: 'AA' } },
    ])
    expect(responseOf({ content: [url] })).toEqual([
      ...behind,
      { fileData: { mimeType: 'image/png', fileUri: 'https://x.test/a.png' } },
    ])
  })
})

describe('calls', () => {
  const argsOf = (rest: Partial<Extract<AssistantPart, { type: 'tool-call' }>>) => {
    const contents = contentsOf([say('q'), answer(call('1', rest))], older)
    return Array.isArray(contents) ? contents[1]?.parts[0].functionCall.args : undefined
  }

  it.each<[string, unknown]>([
    ['{"a":{"b":[1]}}', { a: { b: [1] } }],
    ['', {}],
    [' ', {}],
    ['{"a":', { _raw: '{"a":' }],
    ['[1]', { _raw: '[1]' }],
    ['"x"', { _raw: '"x"' }],
  ])('with the arguments %j send %j', (text, args) => {
    expect(argsOf({ arguments: text })).toEqual(args)
  })

  it('of free text have one string', () => {
    expect(argsOf({ kind: 'custom', arguments: 'ls -l' })).toEqual({ input: 'ls -l' })
  })
})

describe('reasoning state', () => {
  const state = [{ kind: 'thought-signature', data: 'SIG' }] as const
  const signature = { thoughtSignature: 'SIG' }

  it('goes back on the part that it came with', () => {
    const content: AssistantPart[] = [
      { type: 'reasoning', form: 'summary', text: 'hm', state },
      { type: 'text', text: 'a' },
      { type: 'text', text: '', state },
      { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'AA' }, state },
      { type: 'provider', dialect: 'gemini', value: { toolCall: { id: 'x' } }, state },
      call('1', { state }),
      call('2'),
    ]

    expect(contentsOf([say('q'), answer(...content)])).toMatchObject([
      {},
      model(
        { text: 'hm', thought: true, ...signature },
        { text: 'a' },
        { text: '', ...signature },
        { inlineData: { mimeType: 'image/png', data: 'AA' }, ...signature },
        { toolCall: { id: 'x' }, ...signature },
        sent('1', signature),
        sent('2'),
      ),
      {},
    ])
  })

  it('of others, and their reasoning, is not sent', () => {
    const foreign = [
      { kind: 'signature', data: 'X' },
      { kind: 'thought-signature', data: { google: {} } },
      { kind: 'thought-signature', data: 'Y', origin: { dialect: 'openai-chat', scope: 's' } },
    ] as const
    const contents = contentsOf([
      say('q'),
      answer(
        { type: 'reasoning', form: 'raw', text: 'secret', state: foreign },
        { type: 'text', text: 'a', state: foreign },
      ),
    ])

    expect(contents).toEqual([user({ text: 'q' }), model({ text: 'a' })])
  })

  it('is replaced where the model demands it: on the first call of each step of the turn', () => {
    const messages = [
      say('old'),
      answer(call('0')),
      results(result('0')),
      answer({ type: 'text', text: 'done' }),
      say('new'),
      answer({ type: 'text', text: 'hm' }, call('1'), call('2')),
      results(result('1'), result('2')),
      answer(call('3', { state })),
      results(result('3')),
      answer(call('4')),
      results(result('4')),
    ]
    const contents = contentsOf(messages)

    expect(Array.isArray(contents) ? contents.filter(({ role }) => role === 'model') : []).toEqual([
      model(sent('0')),
      model({ text: 'done' }),
      model({ text: 'hm' }, sent('1', placeholder), sent('2')),
      model(sent('3', signature)),
      model(sent('4', placeholder)),
    ])
    expect(JSON.stringify(contentsOf(messages, older))).not.toContain('skip_')
  })

  it('has the placeholder that the provider wants', () => {
    const own = createGemini({ signaturePlaceholder: 'lost' })
    const { body } = own.chat.encodeRequest({ ...request, messages: [say('q'), answer(call('1'))] })

    expect(body['contents']).toMatchObject([{}, model(sent('1', { thoughtSignature: 'lost' })), {}])
  })
})

describe('tools', () => {
  const f = {
    type: 'function',
    name: 'f',
    parameters: { type: 'object', properties: { a: { const: 1 } } },
  } as const
  const search = { type: 'provider', dialect: 'gemini', value: { googleSearch: {} } } as const

  it('are all in one element, beside those that Google runs', () => {
    const tools = [f, search, { type: 'function', name: 'g', description: 'G' }] as const

    expect(encode({ tools }).body['tools']).toEqual([
      {
        functionDeclarations: [
          { name: 'f', parametersJsonSchema: f.parameters },
          { name: 'g', description: 'G' },
        ],
      },
      { googleSearch: {} },
    ])
  })

  it.each([
    { type: 'object' },
    { type: 'object', properties: {}, additionalProperties: false },
    {},
  ])('without parameters have none: %j', (parameters) => {
    const { body } = encode({ tools: [{ type: 'function', name: 'f', parameters }] })

    expect(body['tools']).toEqual([{ functionDeclarations: [{ name: 'f' }] }])
  })

  it('of models that know no JSON Schema are rewritten', () => {
    const { body } = encode({ model: 'gemini-1.5-pro', tools: [f] })

    expect(body['tools']).toMatchObject([
      {
        functionDeclarations: [
          { parameters: { type: 'OBJECT', properties: { a: { type: 'NUMBER' } } } },
        ],
      },
    ])
  })

  it('of free text are functions of one string, and said to have been changed', () => {
    const tools = [
      { type: 'custom', name: 'shell', format: { syntax: 'lark', definition: 'start: "x"' } },
    ] as const
    const { body, changes } = encode({ tools })

    expect(body['tools']).toMatchObject([
      {
        functionDeclarations: [
          {
            name: 'shell',
            parametersJsonSchema: {
              properties: {
                input: { type: 'string', description: expect.stringContaining('start: "x"') },
              },
              required: ['input'],
            },
          },
        ],
      },
    ])
    expect(changes).toEqual({ customTools: new Set(['shell']) })
  })

  it('have names that the protocol takes, in calls and choices too', () => {
    const name = 'größe/7'
    const { body, changes } = encode({
      ...older,
      messages: [say('q'), answer(call('1', { name })), results(result('1', { name }))],
      tools: [{ type: 'function', name }, f],
      toolChoice: { type: 'tool', name, kind: 'function' },
    })
    const [sentName = '', own] = [...(changes?.toolNames ?? [])][0] ?? []

    expect(own).toBe(name)
    expect(sentName).toMatch(/^[A-Za-z_][A-Za-z0-9_.:-]{0,127}$/)
    expect(body).toMatchObject({
      contents: [
        {},
        { parts: [{ functionCall: { name: sentName } }] },
        { parts: [{ functionResponse: { name: sentName } }] },
      ],
      tools: [{ functionDeclarations: [{ name: sentName }, { name: 'f' }] }],
      toolConfig: { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: [sentName] } },
    })
  })

  it.each<[ChatRequest['toolChoice'], unknown]>([
    [{ type: 'auto' }, { mode: 'AUTO' }],
    [{ type: 'none' }, { mode: 'NONE' }],
    [{ type: 'required' }, { mode: 'ANY' }],
    [
      { type: 'tool', name: 'f', kind: 'function' },
      { mode: 'ANY', allowedFunctionNames: ['f'] },
    ],
    [
      { type: 'allowed', mode: 'required', names: ['f'] },
      { mode: 'ANY', allowedFunctionNames: ['f'] },
    ],
    [
      { type: 'allowed', mode: 'auto', names: ['f'] },
      { mode: 'VALIDATED', allowedFunctionNames: ['f'] },
    ],
    [{ type: 'provider', dialect: 'gemini', value: { mode: 'VALIDATED' } }, { mode: 'VALIDATED' }],
  ])('are chosen: %j', (toolChoice, expected) => {
    const chosen = toolChoice === undefined ? {} : { toolChoice }

    expect(encode({ tools: [f], ...chosen }).body['toolConfig']).toEqual({
      functionCallingConfig: expected,
    })
    expect(encode(chosen).body).not.toHaveProperty('toolConfig')
  })

  it('of other providers are Google’s where it has the same, and named where it has not', () => {
    const own = (dialect: string, type: string) =>
      ({ type: 'provider', dialect, value: { type } }) as const
    const { body, dropped } = encode({
      tools: [
        own('anthropic-messages', 'web_search_20250305'),
        own('openai-responses', 'code_interpreter'),
        own('anthropic-messages', 'code_execution_20250825'),
        own('openai-responses', 'file_search'),
      ],
    })

    expect(body['tools']).toEqual([{ googleSearch: {} }, { codeExecution: {} }])
    expect(dropped).toEqual(['file_search'])
  })

  it('of Google are left out beside functions where the model refuses both', () => {
    const { body, dropped } = encode({ ...older, tools: [f, search] })

    expect(body['tools']).toHaveLength(1)
    expect(dropped).toEqual(['googleSearch'])
    expect(encode({ ...older, tools: [search] }).body['tools']).toEqual([{ googleSearch: {} }])
  })
})

describe('a configuration', () => {
  const configOf = (rest: Partial<ChatRequest>) => encode(rest).body['generationConfig']

  it('says what can be said', () => {
    expect(
      configOf({
        temperature: 1.5,
        topP: 0.9,
        topK: 40,
        maxOutputTokens: 10,
        seed: 1,
        presencePenalty: 0.1,
        frequencyPenalty: 0.2,
        stop: ['a', ''],
        logprobs: 2,
        modalities: ['text', 'image'],
      }),
    ).toEqual({
      temperature: 1.5,
      topP: 0.9,
      topK: 40,
      maxOutputTokens: 10,
      seed: 1,
      presencePenalty: 0.1,
      frequencyPenalty: 0.2,
      stopSequences: ['a'],
      responseLogprobs: true,
      logprobs: 2,
      responseModalities: ['TEXT', 'IMAGE'],
    })
    expect(encode({}).body).not.toHaveProperty('generationConfig')
    expect(configOf({ logprobs: 0 })).toEqual({ responseLogprobs: true })
  })

  it('has seeds of 32 bits, the same for the same seed', () => {
    expect(configOf({ seed: -7 })).toEqual({ seed: -7 })
    expect(configOf({ seed: 2 ** 40 + 7 })).toEqual({ seed: 7 })
  })

  it('names what is lost, as clients know it', () => {
    const message: Message = { ...say('x'), name: 'n', cache: {} }
    const { dropped } = encode({
      messages: [message],
      stop: ['1', '2', '3', '4', '5', '6'],
      verbosity: 'low',
      endUser: 'u',
      cacheKey: 'k',
      metadata: { a: 'b' },
      store: true,
      serviceTier: 'scale',
      parallelToolCalls: false,
      tools: [{ type: 'function', name: 'f', strict: true, cache: {} }],
    })

    expect(dropped.toSorted()).toEqual([
      'cache',
      'metadata',
      'name',
      'parallel_tool_calls',
      'prompt_cache_key',
      'service_tier',
      'stop',
      'store',
      'strict',
      'user',
      'verbosity',
    ])
  })

  it.each([
    ['auto', undefined],
    ['default', 'standard'],
    ['flex', 'flex'],
    ['priority', 'priority'],
  ])('has the tier %s', (serviceTier, expected) => {
    expect(encode({ serviceTier }).body['serviceTier']).toBe(expected)
  })

  it('demands JSON', () => {
    const schema = { type: 'object', properties: { a: { const: 'x' } } }

    expect(configOf({ output: { type: 'json' } })).toEqual({ responseMimeType: 'application/json' })
    expect(configOf({ output: { type: 'text' } })).toEqual({ responseMimeType: 'text/plain' })
    expect(configOf({ output: { type: 'json-schema', schema } })).toEqual({
      responseMimeType: 'application/json',
      responseJsonSchema: schema,
    })
    expect(
      configOf({ model: 'gemini-1.5-flash', output: { type: 'json-schema', schema } }),
    ).toEqual({
      responseMimeType: 'application/json',
      responseSchema: { type: 'OBJECT', properties: { a: { type: 'STRING', enum: ['x'] } } },
    })
  })

  it('demands no JSON beside functions where the model refuses both', () => {
    const tools = [{ type: 'function', name: 'f' }] as const
    const output = { type: 'json' } as const

    expect(encode({ ...older, tools, output })).toMatchObject({ dropped: ['response_format'] })
    expect(encode({ tools, output })).toMatchObject({
      dropped: [],
      body: { generationConfig: { responseMimeType: 'application/json' } },
    })
  })

  it('keeps what only this protocol has', () => {
    const extensions = {
      gemini: {
        safetySettings: [{ category: 'X' }],
        generationConfig: { speechConfig: {}, temperature: 0 },
        toolConfig: { retrievalConfig: {} },
      },
      'openai-chat': { logit_bias: {} },
    }

    expect(encode({ extensions, temperature: 1 }).body).toEqual({
      contents: [user({ text: 'hi' })],
      generationConfig: { temperature: 1, speechConfig: {} },
      safetySettings: [{ category: 'X' }],
      toolConfig: { retrievalConfig: {} },
    })
  })

  it('refuses what would be another request', () => {
    expect(() => encode({ candidates: 2 })).toThrow(
      expect.objectContaining({ code: 'unsupported_capability', param: 'candidateCount' }),
    )
    expect(() => encode({ continues: 'resp_1' })).toThrow(
      expect.objectContaining({ code: 'unsupported_capability', param: 'previous_response_id' }),
    )
    expect(() => encode({ continues: 'pmpt_1', continuesIn: 'prompt' })).toThrow(
      expect.objectContaining({ code: 'unsupported_capability', param: 'prompt' }),
    )
  })

  it('changes nothing of the request', () => {
    const given = { ...request, messages: [say('a'), answer(call('1')), say('b')] }
    const before = structuredClone(given)

    gemini.chat.encodeRequest(given)

    expect(given).toEqual(before)
  })
})

describe('asking for thoughts', () => {
  const thinking = (model: string, reasoning?: ReasoningRequest) => {
    const asked = reasoning === undefined ? {} : { reasoning }
    const { body, dropped } = encode({ model, ...asked })
    const config = body['generationConfig']
    return dropped.length > 0 ? dropped : (config as JsonObject | undefined)?.['thinkingConfig']
  }
  const shown = { includeThoughts: true }

  it.each<[string, ChatRequest['reasoning'], unknown]>([
    ['gemini-2.5-pro', { effort: 'high' }, { thinkingBudget: 24_576, ...shown }],
    ['gemini-2.5-pro', { effort: 'max' }, { thinkingBudget: 32_768, ...shown }],
    ['gemini-2.5-pro', { effort: 'none' }, { thinkingBudget: 128 }],
    ['gemini-2.5-pro', { budget: 50 }, { thinkingBudget: 128, ...shown }],
    ['gemini-2.5-flash', { effort: 'none' }, { thinkingBudget: 0 }],
    ['gemini-2.5-flash', { enabled: false }, { thinkingBudget: 0 }],
    ['gemini-2.5-flash', { enabled: true }, { ...shown }],
    ['gemini-2.5-flash', { enabled: true, budget: 'dynamic' }, { thinkingBudget: -1, ...shown }],
    ['gemini-2.5-flash', { effort: 'low', show: false }, { thinkingBudget: 1024 }],
    ['gemini-2.5-flash-lite', { budget: 100 }, { thinkingBudget: 512, ...shown }],
    ['gemini-3-pro-preview', { effort: 'minimal' }, { thinkingLevel: 'LOW', ...shown }],
    ['gemini-3-pro-preview', { effort: 'medium' }, { thinkingLevel: 'HIGH', ...shown }],
    ['gemini-3.1-pro', { effort: 'medium' }, { thinkingLevel: 'MEDIUM', ...shown }],
    ['gemini-3-pro', { enabled: false }, { thinkingLevel: 'LOW' }],
    ['gemini-3-flash', { effort: 'none' }, { thinkingLevel: 'MINIMAL' }],
    ['gemini-3-flash', { effort: 'xhigh' }, { thinkingLevel: 'HIGH', ...shown }],
    ['gemini-3-flash', { budget: 1000 }, { thinkingLevel: 'LOW', ...shown }],
    ['gemini-3-flash', { enabled: true, budget: 'dynamic' }, { ...shown }],
    ['gemini-flash-latest', { effort: 'low' }, { thinkingLevel: 'LOW', ...shown }],
    ['gemini-3-flash', { show: true }, { ...shown }],
    ['gemini-3-flash', { show: false }, undefined],
    ['gemini-2.0-flash', { effort: 'high' }, ['reasoning_effort']],
    ['gemini-2.0-flash', { effort: 'none' }, undefined],
    ['gemini-2.5-flash-image', { enabled: true }, ['reasoning_effort']],
    ['gemma-3-27b', { enabled: false }, undefined],
  ])('of %s with %j', (name, reasoning, expected) => {
    expect(thinking(name, reasoning)).toEqual(expected)
  })

  it('never names a budget and a level together', () => {
    for (const name of ['gemini-2.5-pro', 'gemini-3-pro']) {
      const config = thinking(name, { effort: 'low', budget: 5000 })

      expect(Object.keys(config ?? {})).toHaveLength(2)
    }
  })

  it('takes the word of whoever knows the models', () => {
    const own = createGemini({
      models: () => ({
        thinking: 'level',
        levels: ['medium'],
        jsonSchema: true,
        requiresSignatures: false,
        mixesTools: true,
      }),
    })
    const { body } = own.chat.encodeRequest({
      ...request,
      reasoning: { effort: 'low', show: false },
    })

    expect(body['generationConfig']).toEqual({ thinkingConfig: { thinkingLevel: 'MEDIUM' } })
  })
})

describe('media', () => {
  const partOf = (part: Extract<Message, { role: 'user' }>['content'][number]) => {
    const contents = contentsOf([{ role: 'user', content: [part] }])
    return Array.isArray(contents) ? contents[0]?.parts[0] : undefined
  }

  it('are data or addresses', () => {
    expect(
      partOf({ type: 'audio', source: { kind: 'base64', mediaType: 'audio/mpeg', data: 'AA' } }),
    ).toEqual({ inlineData: { mimeType: 'audio/mp3', data: 'AA' } })
    expect(
      partOf({ type: 'image', source: { kind: 'url', url: 'https://x.test/a.JPG?b=c' } }),
    ).toEqual({ fileData: { mimeType: 'image/jpeg', fileUri: 'https://x.test/a.JPG?b=c' } })
    expect(
      partOf({ type: 'image', source: { kind: 'url', url: 'data:image/webp;base64,AA' } }),
    ).toEqual({ inlineData: { mimeType: 'image/webp', data: 'AA' } })
    expect(
      partOf({
        type: 'file',
        name: 'a.txt',
        source: { kind: 'text', mediaType: 'text/plain', text: 'hé' },
      }),
    ).toEqual({
      inlineData: {
        mimeType: 'text/plain',
        data: Buffer.from('hé').toString('base64'),
        displayName: 'a.txt',
      },
    })
  })

  it('of another provider’s store are refused', () => {
    const source = { kind: 'file-id', dialect: 'openai-chat', id: 'file-1' } as const

    expect(() => partOf({ type: 'file', source })).toThrow(
      expect.objectContaining({ code: 'unsupported_capability' }),
    )
  })

  it('say that their detail is lost', () => {
    const image = {
      type: 'image',
      source: { kind: 'base64', mediaType: 'image/png', data: 'A' },
    } as const
    const droppedOf = (detail: 'auto' | 'high') =>
      encode({ messages: [{ role: 'user', content: [{ ...image, detail }] }] }).dropped

    expect(droppedOf('auto')).toEqual([])
    expect(droppedOf('high')).toEqual(['detail'])
  })
})
