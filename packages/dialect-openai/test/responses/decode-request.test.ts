import type { JsonObject, JsonValue } from '@jackfield/core'
import { packStates } from '@jackfield/dialect-kit'
import { describe, expect, it } from 'vitest'
import { decodeWire } from './support/responses.ts'

const messagesOf = (input: JsonValue, rest: JsonObject = {}) =>
  decodeWire({ model: 'm', input, ...rest }).messages
const user = { role: 'user', content: 'hi' }
const call = {
  type: 'function_call',
  call_id: 'c1',
  name: 'f',
  arguments: '{}',
  id: 'fc_1',
  status: 'completed',
}
const own = (value: JsonObject) => ({ 'openai-responses': value })

describe('input', () => {
  it('may be a text', () => {
    expect(messagesOf('hi')).toEqual([{ role: 'user', content: [{ type: 'text', text: 'hi' }] }])
  })

  it('follows the instructions, which remember what they are', () => {
    expect(messagesOf('hi', { instructions: 'Be brief.' })[0]).toEqual({
      role: 'system',
      content: [{ type: 'text', text: 'Be brief.' }],
      extensions: own({ place: 'instructions' }),
    })
  })

  it('holds messages of every role, with and without a type', () => {
    const messages = messagesOf([
      { role: 'developer', content: [{ type: 'input_text', text: 'a' }] },
      { type: 'message', role: 'system', content: 'b' },
      user,
      {
        type: 'message',
        role: 'assistant',
        id: 'msg_1',
        status: 'completed',
        content: [{ type: 'output_text', text: 'c', annotations: [] }],
      },
    ])

    expect(messages).toEqual([
      { role: 'developer', content: [{ type: 'text', text: 'a' }] },
      { role: 'system', content: [{ type: 'text', text: 'b' }] },
      { role: 'user', content: [{ type: 'text', text: 'hi' }] },
      { role: 'assistant', content: [{ type: 'text', text: 'c' }] },
    ])
  })

  it('groups neighbouring items of the model into one turn', () => {
    const messages = messagesOf([
      user,
      { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'E' },
      { role: 'assistant', content: 'Let me look.', phase: 'commentary' },
      call,
      { type: 'custom_tool_call', call_id: 'c2', name: 'patch', input: 'x' },
      { type: 'function_call_output', call_id: 'c1', output: 'one' },
      {
        type: 'custom_tool_call_output',
        call_id: 'c2',
        output: [{ type: 'input_text', text: 'two' }],
      },
    ])

    expect(messages.slice(1)).toEqual([
      {
        role: 'assistant',
        content: [
          {
            type: 'reasoning',
            form: 'summary',
            text: '',
            state: [{ kind: 'encrypted-content', data: 'E', id: 'rs_1' }],
          },
          { type: 'text', text: 'Let me look.', extensions: own({ phase: 'commentary' }) },
          { type: 'tool-call', callId: 'c1', name: 'f', kind: 'function', arguments: '{}' },
          { type: 'tool-call', callId: 'c2', name: 'patch', kind: 'custom', arguments: 'x' },
        ],
      },
      {
        role: 'tool',
        content: [
          {
            type: 'tool-result',
            callId: 'c1',
            name: 'f',
            kind: 'function',
            content: [{ type: 'text', text: 'one' }],
          },
          {
            type: 'tool-result',
            callId: 'c2',
            name: 'patch',
            kind: 'custom',
            content: [{ type: 'text', text: 'two' }],
          },
        ],
      },
    ])
  })

  it('holds summaries and the model’s own words', () => {
    const [turn] = messagesOf([
      {
        type: 'reasoning',
        id: 'rs_1',
        summary: [
          { type: 'summary_text', text: 'One' },
          { type: 'summary_text', text: 'Two' },
        ],
        content: [{ type: 'reasoning_text', text: 'Hm.' }],
        encrypted_content: null,
      },
    ])

    expect(turn?.content).toEqual([
      { type: 'reasoning', form: 'summary', text: 'One\n\nTwo' },
      { type: 'reasoning', form: 'raw', text: 'Hm.' },
    ])
  })

  it('gives packed state of other protocols back to what it belongs to', () => {
    const signature = {
      kind: 'signature',
      data: 's',
      origin: { dialect: 'anthropic-messages', scope: 'x' },
    } as const
    const [turn] = messagesOf([
      {
        type: 'reasoning',
        id: 'rs_1',
        summary: [{ type: 'summary_text', text: 'Hm.' }],
        encrypted_content: packStates([signature]),
      },
      call,
      {
        type: 'reasoning',
        summary: [],
        encrypted_content: `behind.${packStates([{ ...signature, kind: 'thought-signature' }])}`,
      },
    ])

    expect(turn?.content).toMatchObject([
      { type: 'reasoning', text: 'Hm.', state: [signature] },
      { type: 'tool-call', state: [{ kind: 'thought-signature' }] },
    ])
  })

  it('holds images, files and what only this protocol has', () => {
    const [message] = messagesOf([
      {
        role: 'user',
        content: [
          { type: 'input_image', image_url: 'data:image/png;base64,AAAA', detail: 'high' },
          { type: 'input_image', file_id: 'file-1' },
          { type: 'input_file', filename: 'a.pdf', file_data: 'data:application/pdf;base64,JVBE' },
          { type: 'input_file', file_url: 'https://x.test/a.pdf' },
          { type: 'input_audio', input_audio: { data: 'AA', format: 'mp3' } },
          {
            type: 'input_text',
            text: 'a',
            prompt_cache_breakpoint: { mode: 'explicit', ttl: '30m' },
          },
          { type: 'hologram', depth: 3 },
        ],
      },
    ])

    expect(message?.content).toEqual([
      {
        type: 'image',
        source: { kind: 'base64', mediaType: 'image/png', data: 'AAAA' },
        detail: 'high',
      },
      { type: 'image', source: { kind: 'file-id', dialect: 'openai-responses', id: 'file-1' } },
      {
        type: 'file',
        source: { kind: 'base64', mediaType: 'application/pdf', data: 'JVBE' },
        name: 'a.pdf',
      },
      { type: 'file', source: { kind: 'url', url: 'https://x.test/a.pdf' } },
      { type: 'audio', source: { kind: 'base64', mediaType: 'audio/mpeg', data: 'AA' } },
      {
        type: 'text',
        text: 'a',
        cache: { ttl: '30m' },
        extensions: own({ prompt_cache_breakpoint: { mode: 'explicit', ttl: '30m' } }),
      },
      {
        type: 'provider',
        dialect: 'openai-responses',
        value: { type: 'hologram', depth: 3 },
        extensions: own({ place: 'content' }),
      },
    ])
  })

  it('keeps what a provider’s tools did whole, known to it by its id', () => {
    const search = { type: 'web_search_call', id: 'ws_1', status: 'completed' }
    const [turn] = messagesOf([search, { role: 'assistant', content: 'Found.' }])

    expect(turn?.content[0]).toEqual({
      type: 'provider',
      dialect: 'openai-responses',
      value: search,
      state: [{ kind: 'encrypted-content', data: 'ws_1', id: 'ws_1' }],
    })
  })

  it.each([
    { type: 'computer_call_output', call_id: 'c', output: { type: 'computer_screenshot' } },
    { type: 'mcp_approval_response', approval_request_id: 'a', approve: true },
    { type: 'item_reference', id: 'msg_1' },
    { id: 'msg_1' },
    { type: 'compaction_trigger' },
    { type: 'function_call_output', async: true, output: 'late' },
  ])('makes no turn of its own of $type', (item) => {
    const messages = messagesOf([user, item])

    expect(messages).toHaveLength(1)
    expect(messages[0]?.content[1]).toMatchObject({ type: 'provider', value: item })
  })

  it('keeps a compaction with its state', () => {
    const [turn] = messagesOf([{ type: 'compaction', id: 'cmp_1', encrypted_content: 'E' }, user])

    expect(turn?.content[0]).toMatchObject({
      type: 'provider',
      state: [{ kind: 'encrypted-content', data: 'E', id: 'cmp_1' }],
    })
  })

  it('shows what a system message holds besides texts as the user’s', () => {
    const messages = messagesOf([
      {
        role: 'developer',
        content: [
          { type: 'input_text', text: 'a' },
          { type: 'input_image', image_url: 'https://x.test/a.png' },
        ],
      },
    ])

    expect(messages.map(({ role }) => role)).toEqual(['developer', 'user'])
  })

  const wrong: readonly (readonly [JsonValue, string])[] = [
    [[3], 'input[0]'],
    [[{ role: 'robot', content: 'a' }], 'input[0].role'],
    [[{ role: 'user', content: 3 }], 'input[0].content'],
    [[{ role: 'user', content: [{ text: 'a' }] }], 'input[0].content[0].type'],
    [[{ role: 'user', content: [{ type: 'input_text' }] }], 'input[0].content[0].text'],
    [[{ role: 'user', content: [{ type: 'input_image' }] }], 'input[0].content[0]'],
    [[{ role: 'user', content: [{ type: 'input_file', filename: 'a' }] }], 'input[0].content[0]'],
    [[{ role: 'user', content: [{ type: 'refusal', refusal: 'no' }] }], 'input[0].content[0]'],
    [[{ type: 'function_call', call_id: 'c', arguments: '{}' }], 'input[0].name'],
    [[{ type: 'function_call_output', output: 'x' }], 'input[0].call_id'],
  ]
  it.each(wrong)('is refused by name: %j', (input, param) => {
    expect(() => messagesOf(input)).toThrow(
      expect.objectContaining({ code: 'invalid_request', param }),
    )
  })
})

describe('tools', () => {
  const toolsOf = (tools: JsonValue, rest: JsonObject = {}) =>
    decodeWire({ model: 'm', input: 'hi', tools, ...rest })

  it('are functions, custom tools and what a provider runs', () => {
    const search = { type: 'web_search', search_context_size: 'low' }
    const { tools } = toolsOf([
      {
        type: 'function',
        name: 'f',
        description: 'd',
        parameters: { type: 'object' },
        strict: null,
        defer_loading: true,
      },
      {
        type: 'custom',
        name: 'patch',
        format: { type: 'grammar', syntax: 'lark', definition: 'x' },
      },
      { type: 'custom', name: 'free', format: { type: 'text' } },
      search,
    ])

    expect(tools).toEqual([
      {
        type: 'function',
        name: 'f',
        description: 'd',
        parameters: { type: 'object' },
        extensions: own({ defer_loading: true }),
      },
      { type: 'custom', name: 'patch', format: { syntax: 'lark', definition: 'x' } },
      { type: 'custom', name: 'free' },
      { type: 'provider', dialect: 'openai-responses', value: search },
    ])
  })

  it('of a namespace are tools of their own with both names', () => {
    const { tools } = toolsOf([
      {
        type: 'namespace',
        name: 'crm',
        description: 'CRM',
        tools: [{ type: 'function', name: 'find' }],
      },
    ])

    expect(tools).toEqual([
      {
        type: 'function',
        name: 'crm__find',
        extensions: own({ namespace: { name: 'crm', description: 'CRM' } }),
      },
    ])
  })

  it('come along with items too', () => {
    const { tools } = decodeWire({
      model: 'm',
      input: [
        user,
        {
          type: 'additional_tools',
          role: 'developer',
          tools: [
            { type: 'function', name: 'late' },
            { type: 'function', name: 'f' },
          ],
        },
      ],
      tools: [{ type: 'function', name: 'f' }],
    })

    expect(tools).toEqual([
      { type: 'function', name: 'f' },
      { type: 'function', name: 'late', extensions: own({ later: true }) },
    ])
  })

  it.each([
    ['required', { type: 'required' }],
    [
      { type: 'function', name: 'f' },
      { type: 'tool', kind: 'function', name: 'f' },
    ],
    [
      { type: 'custom', name: 'p' },
      { type: 'tool', kind: 'custom', name: 'p' },
    ],
    [
      { type: 'allowed_tools', mode: 'required', tools: [{ type: 'function', name: 'f' }] },
      { type: 'allowed', mode: 'required', names: ['f'] },
    ],
    [
      { type: 'file_search' },
      { type: 'provider', dialect: 'openai-responses', value: { type: 'file_search' } },
    ],
    [
      { type: 'allowed_tools', mode: 'auto', tools: [{ type: 'mcp', server_label: 's' }] },
      {
        type: 'provider',
        dialect: 'openai-responses',
        value: { type: 'allowed_tools', mode: 'auto', tools: [{ type: 'mcp', server_label: 's' }] },
      },
    ],
  ] as const)('are chosen: %j', (choice, expected) => {
    expect(toolsOf([], { tool_choice: choice as JsonValue }).toolChoice).toEqual(expected)
  })

  it.each([
    [{ tools: [{ type: 'function' }] }, 'tools[0].name'],
    [{ tools: [{ name: 'f' }] }, 'tools[0].type'],
    [{ tools: ['f'] }, 'tools[0]'],
    [{ tool_choice: 'sometimes' }, 'tool_choice'],
    [{ tool_choice: { type: 'function' } }, 'tool_choice.name'],
  ])('are refused by name: %j', (rest, param) => {
    expect(() => decodeWire({ model: 'm', input: 'hi', ...rest })).toThrow(
      expect.objectContaining({ code: 'invalid_request', param }),
    )
  })
})

describe('parameters', () => {
  it('have their canonical names, and keep what has none', () => {
    const { messages: _, ...request } = decodeWire({
      model: 'm',
      input: 'hi',
      stream: true,
      temperature: 1,
      top_p: 0.5,
      max_output_tokens: 100,
      prompt_cache_key: 'k',
      service_tier: 'flex',
      store: false,
      metadata: { a: 'b' },
      safety_identifier: 'u',
      parallel_tool_calls: false,
      previous_response_id: 'resp_1',
      top_logprobs: 3,
      include: ['file_search_call.results'],
      truncation: 'auto',
      text: {
        format: { type: 'json_schema', name: 'n', schema: { type: 'object' }, strict: true },
        verbosity: 'low',
      },
      reasoning: { effort: 'high', summary: 'detailed', context: 'all_turns' },
    })

    expect(request).toEqual({
      model: 'm',
      stream: true,
      includeUsage: true,
      temperature: 1,
      topP: 0.5,
      maxOutputTokens: 100,
      cacheKey: 'k',
      serviceTier: 'flex',
      store: false,
      metadata: { a: 'b' },
      endUser: 'u',
      parallelToolCalls: false,
      continues: 'resp_1',
      logprobs: 3,
      output: { type: 'json-schema', name: 'n', schema: { type: 'object' }, strict: true },
      verbosity: 'low',
      reasoning: { effort: 'high', show: 'detailed' },
      extensions: own({
        include: ['file_search_call.results'],
        truncation: 'auto',
        reasoning: { context: 'all_turns' },
      }),
    })
  })

  it.each([
    ['auto', true],
    ['concise', 'summary'],
    ['detailed', 'detailed'],
  ])('show reasoning: %s', (summary, show) => {
    expect(decodeWire({ model: 'm', input: 'hi', reasoning: { summary } }).reasoning).toEqual({
      show,
    })
  })

  it.each([
    [{ conversation: 'conv_1' }, 'conv_1'],
    [{ conversation: { id: 'conv_1' } }, 'conv_1'],
    [{ prompt: { id: 'pmpt_1' } }, 'pmpt_1'],
  ])('continue what only the provider has: %j', (rest, id) => {
    expect(decodeWire({ model: 'm', input: 'hi', ...rest }).continues).toBe(id)
  })

  it('ask for probabilities with a word', () => {
    expect(
      decodeWire({ model: 'm', input: 'hi', include: ['message.output_text.logprobs'] }).logprobs,
    ).toBe(0)
  })
})
