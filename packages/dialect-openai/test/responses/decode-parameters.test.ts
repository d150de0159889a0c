import type { JsonObject, JsonValue } from '@jackfield/core'
import { describe, expect, it } from 'vitest'
import { decodeWire } from './support/responses.ts'

const user = { role: 'user', content: 'hi' }
const own = (value: JsonObject) => ({ 'openai-responses': value })

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
    [{ previous_response_id: 'resp_1' }, 'resp_1', undefined],
    [{ previous_response_id: 'resp_1', prompt: { id: 'pmpt_1' } }, 'resp_1', undefined],
    [{ previous_response_id: '', conversation: 'conv_1' }, 'conv_1', 'conversation'],
    [{ conversation: { id: 'conv_1' } }, 'conv_1', 'conversation'],
    [{ conversation: 'conv_1', prompt: { id: 'pmpt_1' } }, 'conv_1', 'conversation'],
    [{ conversation: null, prompt: { id: 'pmpt_1' } }, 'pmpt_1', 'prompt'],
    [{ conversation: {}, prompt: {} }, undefined, undefined],
  ])('continue what only the provider has: %j', (rest, id, member) => {
    const { continues, continuesIn } = decodeWire({ model: 'm', input: 'hi', ...rest })

    expect([continues, continuesIn]).toEqual([id, member])
  })

  it.each([
    [{ reasoning: { effort: 3 } }, 'reasoning.effort'],
    [{ text: { verbosity: true } }, 'text.verbosity'],
  ])('are refused by name: %j', (rest, param) => {
    expect(() => decodeWire({ model: 'm', input: 'hi', ...rest })).toThrow(
      expect.objectContaining({ code: 'invalid_request', param }),
    )
  })

  it('ask for probabilities with a word', () => {
    expect(
      decodeWire({ model: 'm', input: 'hi', include: ['message.output_text.logprobs'] }).logprobs,
    ).toBe(0)
  })
})
