import { describe, expect, it } from 'vitest'
import { decodeWire, minimal } from '../support/requests.ts'

const asked = (members: Record<string, unknown>) => decodeWire({ ...minimal, ...members })

describe('parameters', () => {
  it('have canonical names', () => {
    expect(
      asked({
        temperature: 0.5,
        top_p: 0.9,
        top_k: 5,
        seed: 7,
        stop: 'END',
        presence_penalty: 1,
        frequency_penalty: -1,
        max_tokens: 10,
        logprobs: true,
        top_logprobs: 3,
        n: 2,
        user: 'u',
        prompt_cache_key: 'k',
        service_tier: 'flex',
        store: false,
        metadata: { a: 'b' },
        modalities: ['text', 'audio'],
        verbosity: 'low',
        parallel_tool_calls: false,
      }),
    ).toMatchObject({
      temperature: 0.5,
      topP: 0.9,
      topK: 5,
      seed: 7,
      stop: ['END'],
      presencePenalty: 1,
      frequencyPenalty: -1,
      maxOutputTokens: 10,
      logprobs: 3,
      candidates: 2,
      endUser: 'u',
      cacheKey: 'k',
      serviceTier: 'flex',
      store: false,
      metadata: { a: 'b' },
      modalities: ['text', 'audio'],
      verbosity: 'low',
      parallelToolCalls: false,
    })
  })

  it('that are null are absent', () => {
    const nulls = {
      temperature: null,
      stop: null,
      tools: null,
      tool_choice: null,
      metadata: null,
      n: null,
    }

    expect(asked(nulls)).toEqual(asked({}))
  })

  it('prefer the newer of two names', () => {
    expect(asked({ max_tokens: 1, max_completion_tokens: 2 }).maxOutputTokens).toBe(2)
    expect(asked({ safety_identifier: 's' }).endUser).toBe('s')
    expect(asked({ safety_identifier: 's', user: 'u' })).toMatchObject({
      endUser: 'u',
      extensions: { 'openai-chat': { safety_identifier: 's' } },
    })
  })

  it('take log probabilities by number too', () => {
    expect(asked({ logprobs: 4 }).logprobs).toBe(4)
    expect(asked({ logprobs: false, top_logprobs: 3 }).logprobs).toBeUndefined()
  })

  it('take one candidate for what no number means', () => {
    expect(asked({ n: 1 }).candidates).toBeUndefined()
  })

  it('that are unknown travel on in the extensions, whatever their name', () => {
    const body = JSON.parse(
      '{"model":"m","messages":[{"role":"user","content":"x"}],"min_p":0.1,"__proto__":{"a":1}}',
    )
    const { extensions } = decodeWire(body)

    expect(Object.keys(extensions?.['openai-chat'] ?? {})).toEqual(['min_p', '__proto__'])
    expect(({} as Record<string, unknown>)['a']).toBeUndefined()
  })

  it('whose value has no canonical form travel on as they are', () => {
    const members = {
      response_format: { type: 'grammar', grammar: 'x' },
      modalities: ['smell'],
      verbosity: 'loud',
      metadata: { a: 1 },
      reasoning_effort: 'default',
      stream_options: { include_obfuscation: false },
    }

    expect(asked(members).extensions).toEqual({ 'openai-chat': members })
  })

  it.each([
    [{ type: 'text' }, { type: 'text' }],
    [{ type: 'json_object' }, { type: 'json' }],
    [
      {
        type: 'json_schema',
        json_schema: { name: 'n', description: 'd', schema: { type: 'object' }, strict: true },
      },
      {
        type: 'json-schema',
        name: 'n',
        description: 'd',
        schema: { type: 'object' },
        strict: true,
      },
    ],
  ])('ask for output in the form %j', (response_format, expected) => {
    expect(asked({ response_format }).output).toEqual(expected)
  })

  it.each([
    [{ reasoning_effort: 'high' }, { effort: 'high' }],
    [{ reasoning: { effort: 'low', exclude: true } }, { effort: 'low', show: false }],
    [{ reasoning: { max_tokens: 2000, enabled: true } }, { budget: 2000, enabled: true }],
    [{ thinking: { type: 'enabled', budget_tokens: 100 } }, { enabled: true, budget: 100 }],
    [{ thinking: { type: 'disabled' } }, { enabled: false }],
    [
      { enable_thinking: true, thinking_budget: 50 },
      { enabled: true, budget: 50 },
    ],
    [{ thinking_mode: false }, { enabled: false }],
    [{ include_reasoning: true }, { show: true }],
    [{ reasoning_effort: 'low', reasoning: { effort: 'high' } }, { effort: 'low' }],
  ])('ask for reasoning with %j', (members, expected) => {
    expect(asked(members).reasoning).toEqual(expected)
    expect(asked(members).extensions).toBeUndefined()
  })

  it('keep a reasoning object that says more', () => {
    const thinking = { type: 'enabled', clear_thinking: false }

    expect(asked({ thinking })).toMatchObject({
      reasoning: { enabled: true },
      extensions: { 'openai-chat': { thinking } },
    })
  })
})
