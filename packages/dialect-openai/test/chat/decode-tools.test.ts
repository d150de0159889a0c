import { describe, expect, it } from 'vitest'
import { decodeWire, minimal } from '../support/requests.ts'

const asked = (members: Record<string, unknown>) => decodeWire({ ...minimal, ...members })

describe('tools', () => {
  const f = { name: 'f', description: 'd', parameters: { type: 'object' }, strict: true }

  it.each([
    ['their type', { tools: [{ type: 'function', function: f }] }],
    ['no type, as Mistral clients do', { tools: [{ function: f }] }],
    ['a flat body', { tools: [{ type: 'function', ...f }] }],
    ['the deprecated functions', { functions: [f] }],
  ])('are read from %s', (_, members) => {
    expect(asked(members).tools).toEqual([{ type: 'function', ...f }])
  })

  it('may take free text, in a grammar or not', () => {
    const grammar = { type: 'grammar', grammar: { syntax: 'lark', definition: 'start: "a"' } }

    expect(
      asked({
        tools: [
          { type: 'custom', custom: { name: 'c', format: grammar } },
          { type: 'custom', custom: { name: 'd', format: { type: 'text' } } },
        ],
      }).tools,
    ).toEqual([
      { type: 'custom', name: 'c', format: { syntax: 'lark', definition: 'start: "a"' } },
      { type: 'custom', name: 'd' },
    ])
  })

  it('that only a provider knows are kept for it', () => {
    const tool = { type: 'openrouter:web_search', max_results: 3 }

    expect(asked({ tools: [tool] }).tools).toEqual([
      { type: 'provider', dialect: 'openai-chat', value: tool },
    ])
  })

  it('keep their marks and unknown members', () => {
    const tool = {
      type: 'function',
      function: { name: 'f', extra: 1 },
      cache_control: { type: 'ephemeral' },
    }

    expect(asked({ tools: [tool] }).tools).toEqual([
      {
        type: 'function',
        name: 'f',
        cache: {},
        extensions: {
          'openai-chat': { cache_control: { type: 'ephemeral' }, function: { extra: 1 } },
        },
      },
    ])
  })

  it.each([
    ['auto', { type: 'auto' }],
    ['any', { type: 'required' }],
    [{ type: 'auto' }, { type: 'auto' }],
    [
      { type: 'function', function: { name: 'f' } },
      { type: 'tool', kind: 'function', name: 'f' },
    ],
    [{ function: { name: 'f' } }, { type: 'tool', kind: 'function', name: 'f' }],
    [
      { type: 'function', name: 'f' },
      { type: 'tool', kind: 'function', name: 'f' },
    ],
    [
      { type: 'custom', custom: { name: 'c' } },
      { type: 'tool', kind: 'custom', name: 'c' },
    ],
    [
      {
        type: 'allowed_tools',
        allowed_tools: {
          mode: 'required',
          tools: [
            { type: 'function', function: { name: 'f' } },
            { type: 'custom', custom: { name: 'c' } },
          ],
        },
      },
      { type: 'allowed', mode: 'required', names: ['f', 'c'] },
    ],
    [{ type: 'magic' }, { type: 'provider', dialect: 'openai-chat', value: { type: 'magic' } }],
  ])('are chosen by %j', (tool_choice, expected) => {
    expect(asked({ tool_choice }).toolChoice).toEqual(expected)
  })

  it('are chosen by the deprecated function_call', () => {
    expect(asked({ function_call: 'none' }).toolChoice).toEqual({ type: 'none' })
    expect(asked({ function_call: { name: 'f' } }).toolChoice).toMatchObject({ name: 'f' })
  })
})
