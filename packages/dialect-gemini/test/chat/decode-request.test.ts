import type { OpaqueState } from '@jackfield/core'
import { packStates } from '@jackfield/dialect-kit'
import { describe, expect, it } from 'vitest'
import { decodeWire, minimal, model, user } from '../support/requests.ts'

const messagesOf = (...contents: readonly unknown[]) => decodeWire({ contents }).messages
const problem = (body: unknown) => {
  try {
    decodeWire(body)
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}

describe('parts', () => {
  it('are text, thoughts, media and what only this protocol has', () => {
    const [message] = messagesOf(
      model(
        { text: 'hi' },
        { text: 'hm', thought: true },
        { inlineData: { mimeType: 'image/png', data: 'AA', displayName: 'a.png' } },
        { executableCode: { language: 'PYTHON', code: 'x' }, thoughtSignature: 'S1' },
        { somethingNew: { a_b: 1 } },
      ),
    )

    expect(message).toEqual({
      role: 'assistant',
      content: [
        { type: 'text', text: 'hi' },
        { type: 'reasoning', form: 'summary', text: 'hm' },
        {
          type: 'image',
          source: { kind: 'base64', mediaType: 'image/png', data: 'AA' },
          name: 'a.png',
        },
        {
          type: 'provider',
          dialect: 'gemini',
          value: { executableCode: { language: 'PYTHON', code: 'x' } },
          state: [{ kind: 'thought-signature', data: 'S1' }],
        },
        { type: 'provider', dialect: 'gemini', value: { somethingNew: { aB: 1 } } },
      ],
    })
  })

  it.each([
    ['image/png', 'image'],
    ['audio/wav', 'audio'],
    ['video/mp4', 'video'],
    ['application/pdf', 'file'],
    ['text/plain', 'file'],
  ])('of %s are %s', (mimeType, type) => {
    const [inline] = messagesOf(user({ inlineData: { mimeType, data: 'AA' } }))
    const [file] = messagesOf(user({ fileData: { mimeType, fileUri: 'gs://b/o' } }))

    expect(inline).toMatchObject({ content: [{ type, source: { mediaType: mimeType } }] })
    expect(file).toMatchObject({
      content: [{ type, source: { kind: 'url', url: 'gs://b/o', mediaType: mimeType } }],
    })
  })

  it('guess what is not said', () => {
    const [message] = messagesOf(
      user(
        { inlineData: { data: 'iVBORw0KGgo' } },
        { fileData: { fileUri: 'https://youtu.be/x' } },
        { fileData: { fileUri: 'https://x.test/files/1' } },
      ),
    )

    expect(message?.content.map(({ type }) => type)).toEqual(['image', 'video', 'file'])
  })

  it('keep their modifiers for this protocol', () => {
    const part = {
      fileData: { fileUri: 'gs://v', mimeType: 'video/mp4' },
      videoMetadata: { fps: 1 },
      mediaResolution: { level: 'MEDIA_RESOLUTION_LOW' },
    }
    const [message] = messagesOf(user(part))

    expect(message).toMatchObject({
      content: [
        {
          type: 'video',
          detail: 'low',
          extensions: {
            gemini: { videoMetadata: { fps: 1 }, mediaResolution: part.mediaResolution },
          },
        },
      ],
    })
  })

  it('of thoughts that are pictures are no picture of the answer', () => {
    const picture = { inlineData: { mimeType: 'image/png', data: 'AA' }, thought: true }
    const [message] = messagesOf(model(picture))

    expect(message).toMatchObject({ content: [{ type: 'provider', value: picture }] })
  })

  it('bring back state that was packed for another protocol', () => {
    const foreign = { kind: 'signature', data: 'x', origin: { dialect: 'a', scope: 's' } } as const
    const part = { text: 'hm', thought: true, thoughtSignature: packStates([foreign]) }

    expect(messagesOf(model(part))).toMatchObject([{ content: [{ state: [foreign] }] }])
  })

  describe('of blocks of another protocol', () => {
    const sealed = (kind: OpaqueState['kind'], data: string): OpaqueState => ({
      kind,
      data,
      origin: { dialect: 'a', scope: 's' },
    })
    const thought = (text: string, ...state: readonly OpaqueState[]) => ({
      text,
      thought: true,
      ...(state.length === 0 ? {} : { thoughtSignature: packStates(state) }),
    })
    const one = sealed('signature', '1')
    const two = sealed('signature', '2')
    const reasoning = (text: string, ...state: readonly OpaqueState[]) => ({
      type: 'reasoning',
      form: 'summary',
      text,
      ...(state.length === 0 ? {} : { state }),
    })

    it('become one thought with all of its words, and the state behind them', () => {
      const parts = [thought('I should '), thought('look.'), thought('', one)]
      const whole = [{ role: 'assistant', content: [reasoning('I should look.', one)] }]

      expect(messagesOf(model(...parts))).toEqual(whole)
      expect(messagesOf(...parts.map((part) => model(part)))).toEqual(whole)
    })

    it('end with the state of each', () => {
      const [message] = messagesOf(
        model(thought('a'), thought('b'), thought('', one), thought('c'), thought('', two)),
      )

      expect(message?.content).toEqual([reasoning('ab', one), reasoning('c', two)])
    })

    it('are whole where their state came with words, or stands alone', () => {
      const hidden = sealed('redacted-thinking', 'x')
      const [message] = messagesOf(
        model(thought('a'), thought('b', one), thought('', hidden), { text: 'x' }),
      )

      expect(message?.content).toEqual([
        reasoning('a'),
        reasoning('b', one),
        reasoning('', hidden),
        { type: 'text', text: 'x' },
      ])
    })

    it('become one text the same way, and mix with no thoughts', () => {
      const state = [sealed('encrypted-content', 'x')]
      const [message] = messagesOf(
        model(
          { text: 'no piece', partMetadata: { a: 1 } },
          { text: 'Hel' },
          { text: 'lo' },
          { text: '', thoughtSignature: packStates(state) },
          thought('', one),
        ),
      )

      expect(message?.content).toEqual([
        {
          type: 'text',
          text: 'no piece',
          extensions: { gemini: { partMetadata: { a: 1 } } },
        },
        { type: 'text', text: 'Hello', state },
        reasoning('', one),
      ])
    })

    it('are none where Google signed them', () => {
      const signed = { text: '', thought: true, thoughtSignature: 'S' }
      const [message] = messagesOf(model(thought('a'), thought('b'), signed))

      expect(message?.content).toEqual([
        reasoning('a'),
        reasoning('b'),
        reasoning('', { kind: 'thought-signature', data: 'S' }),
      ])
    })
  })

  it('have no state in a placeholder', () => {
    const call = {
      functionCall: { name: 'f' },
      thoughtSignature: 'skip_thought_signature_validator',
    }
    const [message] = messagesOf(model(call))

    expect(message?.content[0]).not.toHaveProperty('state')
  })
})

describe('contents', () => {
  it('are taken in every form that Google takes', () => {
    const message = [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }]

    expect(decodeWire({ contents: { parts: { text: 'hi' } } }).messages).toEqual(message)
    expect(messagesOf({ role: '', parts: [{ text: 'hi' }] })).toEqual(message)
    expect(messagesOf({ parts: ['hi'] })).toEqual(message)
  })

  it('have instructions at their front', () => {
    const { messages } = decodeWire({
      ...minimal,
      system_instruction: { role: 'user', parts: [{ text: 'a' }, { text: '' }, { text: 'b' }] },
    })

    expect(messages[0]).toEqual({
      role: 'system',
      content: [
        { type: 'text', text: 'a' },
        { type: 'text', text: 'b' },
      ],
    })
    expect(decodeWire({ ...minimal, systemInstruction: 'a' }).messages[0]).toMatchObject({
      role: 'system',
    })
    expect(decodeWire({ ...minimal, systemInstruction: { parts: [] } }).messages).toHaveLength(1)
  })

  it('lose parts that say nothing, but no signed ones', () => {
    const [message] = messagesOf(
      model({ text: '' }, { text: '', thoughtSignature: 'S' }, { functionCall: {} }, { text: 'x' }),
    )

    expect(message?.content).toEqual([
      { type: 'text', text: '', state: [{ kind: 'thought-signature', data: 'S' }] },
      { type: 'text', text: 'x' },
    ])
  })

  it.each<[unknown, string]>([
    [{ contents: [{ role: 'robot', parts: [] }] }, 'contents[0].role'],
    [{ contents: [user({ text: 'a' }), user(5)] }, 'contents[1].parts[0]'],
    [
      { contents: [user({ inlineData: { mimeType: 'image/png' } })] },
      'contents[0].parts[0].inlineData.data',
    ],
    [{ contents: [user({ file_data: {} })] }, 'contents[0].parts[0].fileData.fileUri'],
    [
      { contents: [model({ functionCall: { args: {} } })] },
      'contents[0].parts[0].functionCall.name',
    ],
    [
      { contents: [model({ functionCall: { name: 'f', args: 'x' } })] },
      'contents[0].parts[0].functionCall.args',
    ],
    [{ contents: [user({ text: 'a', thought: true })] }, 'contents[0].parts[0]'],
    [
      { ...minimal, systemInstruction: { parts: [{ inlineData: { data: 'A' } }] } },
      'systemInstruction.parts[0]',
    ],
    [{ ...minimal, generationConfig: { temperature: 'hot' } }, 'generationConfig.temperature'],
    [
      { ...minimal, generation_config: { stop_sequences: [1] } },
      'generationConfig.stopSequences[0]',
    ],
    [
      { ...minimal, generationConfig: { thinkingConfig: { thinkingBudget: 'x' } } },
      'generationConfig.thinkingConfig.thinkingBudget',
    ],
    [
      {
        ...minimal,
        generationConfig: { responseMimeType: 'application/json', responseSchema: [] },
      },
      'generationConfig.responseSchema',
    ],
    [
      { ...minimal, tools: [{ functionDeclarations: [{}] }] },
      'tools[0].functionDeclarations[0].name',
    ],
    [{ ...minimal, tools: [5] }, 'tools[0]'],
    [{ contents: [{ parts: [{ text: 1 }] }] }, 'contents[0].parts[0].text'],
    [{ contents: [{ parts: [{ inlineData: 'x' }] }] }, 'contents[0].parts[0].inlineData'],
    [{ contents: [{ parts: [{ fileData: [] }] }] }, 'contents[0].parts[0].fileData'],
    [
      { ...minimal, toolConfig: { functionCallingConfig: { allowedFunctionNames: [1] } } },
      'toolConfig.functionCallingConfig.allowedFunctionNames[0]',
    ],
  ])('of %j are refused by the name of the field', (body, param) => {
    expect(problem(body)).toMatchObject({ code: 'invalid_request', param })
  })
})

describe('calls and their results', () => {
  const response = (value: unknown, rest = {}) => ({
    functionResponse: { name: 'f', response: value, ...rest },
  })

  it('are linked by ids where there are any', () => {
    const [, results] = messagesOf(
      model(
        { functionCall: { id: 'a', name: 'f', args: {} } },
        { functionCall: { id: 'b', name: 'f' } },
      ),
      user(response({ output: '2' }, { id: 'b' }), response({ output: '1' }, { id: 'a' })),
    )

    expect(results).toMatchObject({ role: 'tool', content: [{ callId: 'b' }, { callId: 'a' }] })
  })

  it('are linked by name and order where there are none', () => {
    const [call, results] = messagesOf(
      model(
        { functionCall: { name: 'f', args: { x: 1 } } },
        { functionCall: { name: 'g' } },
        { functionCall: { name: 'f' } },
      ),
      user(
        response({ output: 'f1' }),
        { functionResponse: { name: 'f', response: { output: 'f2' } } },
        { functionResponse: { name: 'g', response: { output: 'g1' } } },
      ),
    )

    expect(call?.content).toMatchObject([
      { callId: 'call_m0_0', arguments: '{"x":1}' },
      { callId: 'call_m0_1', arguments: '{}' },
      { callId: 'call_m0_2' },
    ])
    expect(results?.content).toMatchObject([
      { callId: 'call_m0_0', name: 'f' },
      { callId: 'call_m0_2', name: 'f' },
      { callId: 'call_m0_1', name: 'g' },
    ])
  })

  it('are linked where only the result kept the id that we made up', () => {
    const [, results] = messagesOf(
      model({ functionCall: { name: 'f' } }),
      user(response({ output: '1' }, { id: 'call_r1_0' })),
    )

    expect(results).toMatchObject({ content: [{ callId: 'call_m0_0' }] })
  })

  it('answer all calls of a turn that came in several contents', () => {
    const [turn, results] = messagesOf(
      model({ functionCall: { name: 'f' } }),
      model({ functionCall: { name: 'g' } }),
      user(response({ output: '1' }), response({ output: '2' }, { name: 'g' })),
    )

    expect(turn?.content).toMatchObject([{ callId: 'call_m0_0' }, { callId: 'call_m1_0' }])
    expect(results?.content).toMatchObject([{ callId: 'call_m0_0' }, { callId: 'call_m1_0' }])
  })

  it('keep results without their call', () => {
    expect(messagesOf(user(response({ output: 'x' }, { id: 'lost' })))).toMatchObject([
      { role: 'tool', content: [{ callId: 'lost', name: 'f' }] },
    ])
    expect(messagesOf(user(response({ output: 'x' })))).toMatchObject([
      { role: 'tool', content: [{ callId: 'call_u0_0' }] },
    ])
  })

  it.each<[unknown, object]>([
    [{ output: 'x' }, { content: [{ type: 'text', text: 'x' }] }],
    [{ output: '' }, { content: [] }],
    [{ error: 'x' }, { content: [{ type: 'text', text: 'x' }], failed: true }],
    [{ output: { a: 1 } }, { content: [], structured: { output: { a: 1 } } }],
    [{ a_b: 1, output: 'x' }, { structured: { a_b: 1, output: 'x' } }],
    [{ error: { code: 5 } }, { structured: { error: { code: 5 } }, failed: true }],
    [{}, { content: [], structured: {} }],
    ['bare', { content: [{ type: 'text', text: 'bare' }] }],
    [[1], { structured: { output: [1] } }],
    [null, { content: [] }],
  ])('say %j', (value, expected) => {
    const [message] = messagesOf({ role: 'function', parts: [response(value)] })

    expect(message?.content[0]).toMatchObject(expected)
  })

  it('hold media of their own', () => {
    const [message] = messagesOf(
      user(
        response(
          { output: 'x' },
          { parts: [{ inline_data: { mime_type: 'image/png', data: 'AA' } }] },
        ),
      ),
    )

    expect(message).toMatchObject({ content: [{ content: [{ type: 'text' }, { type: 'image' }] }] })
  })

  it('come before whatever the user says beside them', () => {
    const messages = messagesOf(
      model({ functionCall: { name: 'f' } }),
      user({ text: 'and' }, response({ output: 'x' })),
    )

    expect(messages.map(({ role }) => role)).toEqual(['assistant', 'tool', 'user'])
  })
})

describe('tools', () => {
  const toolsOf = (tools: unknown, rest = {}) => decodeWire({ ...minimal, tools, ...rest })

  it('are functions, or Google’s own', () => {
    const { tools } = toolsOf([
      {
        function_declarations: [
          { name: 'f', description: '', parameters_json_schema: { type: 'object', a_b: 1 } },
          { name: 'g', description: 'G', behavior: 'BLOCKING' },
        ],
        googleSearch: {},
      },
      { file_search: { file_search_store_names: ['s'] } },
    ])

    expect(tools).toEqual([
      { type: 'function', name: 'f', parameters: { type: 'object', a_b: 1 } },
      {
        type: 'function',
        name: 'g',
        description: 'G',
        extensions: { gemini: { behavior: 'BLOCKING' } },
      },
      { type: 'provider', dialect: 'gemini', value: { googleSearch: {} } },
      {
        type: 'provider',
        dialect: 'gemini',
        value: { fileSearch: { fileSearchStoreNames: ['s'] } },
      },
    ])
  })

  it('may be a bare object', () => {
    expect(toolsOf({ functionDeclarations: [{ name: 'f' }] }).tools).toEqual([
      { type: 'function', name: 'f' },
    ])
    expect(toolsOf([]).tools).toBeUndefined()
  })

  it('have their parameters as JSON Schema', () => {
    const parameters = {
      type: 'OBJECT',
      properties: {
        a: { type: 'STRING', nullable: true, enum: ['x', 'y'], format: 'enum' },
        any_of: { anyOf: [{ type: 'INTEGER', minItems: '2' }], nullable: true },
        list: { type: 'ARRAY', items: { type: 'NUMBER', example: 1 }, max_items: '3' },
      },
      required: ['a'],
    }
    const [tool] = toolsOf([{ functionDeclarations: [{ name: 'f', parameters }] }]).tools ?? []

    expect(tool).toMatchObject({
      parameters: {
        type: 'object',
        properties: {
          a: { type: ['string', 'null'], enum: ['x', 'y', null] },
          any_of: { anyOf: [{ type: 'integer', minItems: 2 }, { type: 'null' }] },
          list: { type: 'array', items: { type: 'number', examples: [1] }, maxItems: 3 },
        },
        required: ['a'],
      },
    })
    expect(JSON.stringify(tool)).not.toContain('"format"')
  })

  it.each<[object, unknown]>([
    [{ mode: 'AUTO' }, { type: 'auto' }],
    [{ mode: 'any' }, { type: 'required' }],
    [{ mode: 'NONE' }, { type: 'none' }],
    [
      { mode: 'ANY', allowedFunctionNames: ['f'] },
      { type: 'tool', name: 'f', kind: 'function' },
    ],
    [
      { mode: 'ANY', allowed_function_names: ['f', 'g'] },
      { type: 'allowed', mode: 'required', names: ['f', 'g'] },
    ],
    [
      { mode: 'VALIDATED', allowedFunctionNames: ['f'] },
      { type: 'allowed', mode: 'auto', names: ['f'] },
    ],
    [{ mode: 'VALIDATED' }, { type: 'provider', dialect: 'gemini', value: { mode: 'VALIDATED' } }],
    [{ mode: 'MODE_UNSPECIFIED' }, undefined],
    [{}, undefined],
  ])('are chosen by %j', (functionCallingConfig, expected) => {
    expect(toolsOf([], { tool_config: { functionCallingConfig } }).toolChoice).toEqual(expected)
  })

  it('leave the rest of their configuration to this protocol', () => {
    const toolConfig = {
      functionCallingConfig: { mode: 'AUTO', streamFunctionCallArguments: true },
      retrievalConfig: { languageCode: 'de' },
    }

    expect(toolsOf([], { toolConfig }).extensions).toEqual({
      gemini: {
        toolConfig: {
          functionCallingConfig: { streamFunctionCallArguments: true },
          retrievalConfig: { languageCode: 'de' },
        },
      },
    })
  })
})

describe('a configuration', () => {
  const config = (generationConfig: object, rest = {}) =>
    decodeWire({ ...minimal, generationConfig, ...rest })

  it('has canonical words for what others have too', () => {
    const { messages: _, ...request } = config({
      temperature: 0.5,
      top_p: 0.9,
      topK: 40,
      max_output_tokens: 100,
      stopSequences: ['x'],
      seed: 7,
      presencePenalty: 0.1,
      frequency_penalty: 0.2,
      responseLogprobs: true,
      logprobs: 3,
      candidateCount: 1,
      responseModalities: ['TEXT', 'image'],
    })

    expect(request).toEqual({
      model: 'gemini-3-pro',
      stream: false,
      includeUsage: true,
      temperature: 0.5,
      topP: 0.9,
      topK: 40,
      maxOutputTokens: 100,
      stop: ['x'],
      seed: 7,
      presencePenalty: 0.1,
      frequencyPenalty: 0.2,
      logprobs: 3,
      modalities: ['text', 'image'],
    })
  })

  it('keeps the rest for this protocol', () => {
    const request = config(
      { speech_config: { voice_config: {} }, responseModalities: ['VIDEO'], candidateCount: 2 },
      {
        safety_settings: [{ category: 'X' }],
        labels: { a_b: 'c' },
        cachedContent: 'cachedContents/1',
      },
    )

    expect(request.candidates).toBe(2)
    expect(request.extensions).toEqual({
      gemini: {
        generationConfig: { speechConfig: { voiceConfig: {} }, responseModalities: ['VIDEO'] },
        safetySettings: [{ category: 'X' }],
        labels: { a_b: 'c' },
        cachedContent: 'cachedContents/1',
      },
    })
  })

  it.each<[object, object]>([
    [{ responseMimeType: 'application/json' }, { output: { type: 'json' } }],
    [{ responseMimeType: 'text/plain' }, { output: { type: 'text' } }],
    [
      { responseMimeType: 'application/json', responseJsonSchema: { type: 'object' } },
      { output: { type: 'json-schema', schema: { type: 'object' } } },
    ],
    [
      { response_mime_type: 'application/json', response_schema: { type: 'STRING' } },
      { output: { type: 'json-schema', schema: { type: 'string' } } },
    ],
    [
      { responseMimeType: 'text/x.enum', responseSchema: { type: 'STRING' } },
      {
        extensions: {
          gemini: {
            generationConfig: {
              responseMimeType: 'text/x.enum',
              responseSchema: { type: 'STRING' },
            },
          },
        },
      },
    ],
  ])('wants %j', (given, expected) => {
    expect(config(given)).toMatchObject(expected)
  })

  it.each<[object, object]>([
    [{ thinkingBudget: 0 }, { enabled: false, budget: 0, show: false }],
    [
      { thinking_budget: 512, include_thoughts: true },
      { enabled: true, budget: 512, show: true },
    ],
    [{ thinkingBudget: -1 }, { enabled: true, budget: 'dynamic', show: false }],
    [{ thinkingLevel: 'LOW' }, { effort: 'low', show: false }],
    [{ thinkingLevel: 'high' }, { effort: 'high', show: false }],
    [{ thinkingLevel: 'THINKING_LEVEL_UNSPECIFIED' }, { show: false }],
    [{ includeThoughts: true }, { show: true }],
  ])('thinks as %j', (thinkingConfig, expected) => {
    expect(config({ thinkingConfig }).reasoning).toEqual(expected)
  })

  it('has the tiers that others have', () => {
    expect(decodeWire({ ...minimal, serviceTier: 'STANDARD' }).serviceTier).toBe('default')
    expect(decodeWire({ ...minimal, service_tier: 'flex' }).serviceTier).toBe('flex')
    expect(decodeWire({ ...minimal, serviceTier: 'unspecified' }).serviceTier).toBeUndefined()
  })

  it('counts camelCase where a member comes in both spellings', () => {
    expect(config({ topK: 1, top_k: 2 }).topK).toBe(1)
    expect(config({ top_k: 2, topK: 1 }).topK).toBe(1)
    expect(config({ top_k: 2, topK: null }).topK).toBe(2)
  })
})
