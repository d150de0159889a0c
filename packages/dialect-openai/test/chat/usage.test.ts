import { describe, expect, it } from 'vitest'
import { decodeUsage, encodeUsage } from '../../src/chat/usage.ts'

const base = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 }

describe('usage', () => {
  it('is read with all its details', () => {
    expect(
      decodeUsage({
        ...base,
        prompt_tokens_details: { cached_tokens: 4, cache_write_tokens: 2, audio_tokens: 1 },
        completion_tokens_details: { reasoning_tokens: 3, audio_tokens: 1 },
      }),
    ).toEqual({
      inputTokens: 10,
      outputTokens: 5,
      cachedInputTokens: 4,
      cacheWriteInputTokens: 2,
      audioInputTokens: 1,
      reasoningTokens: 3,
      audioOutputTokens: 1,
    })
  })

  it.each([
    ['moonshot', { cached_tokens: 4 }],
    ['deepseek', { prompt_cache_hit_tokens: 4, prompt_cache_miss_tokens: 6 }],
    ['mistral', { num_cached_tokens: 4 }],
  ])('finds cached tokens where %s tells them', (_, members) => {
    expect(decodeUsage({ ...base, ...members })).toMatchObject({ cachedInputTokens: 4 })
  })

  it('counts reasoning that a provider leaves out of the completion', () => {
    expect(
      decodeUsage({
        ...base,
        total_tokens: 115,
        completion_tokens_details: { reasoning_tokens: 100 },
      }),
    ).toEqual({ inputTokens: 10, outputTokens: 105, reasoningTokens: 100 })
    expect(decodeUsage({ ...base, total_tokens: 20 })).toEqual({
      inputTokens: 10,
      outputTokens: 10,
      reasoningTokens: 5,
    })
  })

  it('is absent where nothing is told, and zero where zero is told', () => {
    expect(decodeUsage(null)).toBeUndefined()
    expect(decodeUsage({})).toBeUndefined()
    expect(decodeUsage({ prompt_tokens: null, completion_tokens: -1 })).toBeUndefined()
    expect(decodeUsage({ prompt_tokens: 0 })).toEqual({ inputTokens: 0 })
    expect(decodeUsage({ ...base, prompt_tokens_details: null })).toEqual({
      inputTokens: 10,
      outputTokens: 5,
    })
  })

  it('of embeddings has no output', () => {
    expect(decodeUsage({ prompt_tokens: 8, total_tokens: 8 })).toEqual({ inputTokens: 8 })
  })

  it('comes back as it was, what only the provider knows included', () => {
    const wire = {
      ...base,
      prompt_tokens_details: { cached_tokens: 4, video_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: 3, accepted_prediction_tokens: 1 },
      cost: 0.1,
      cost_details: { upstream_inference_cost: 0.1 },
    }

    expect(encodeUsage(decodeUsage(wire) ?? {})).toEqual(wire)
  })

  it('shows members of other dialects to nobody', () => {
    expect(encodeUsage({ inputTokens: 1, extra: { dialect: 'gemini', value: { x: 1 } } })).toEqual({
      prompt_tokens: 1,
      completion_tokens: 0,
      total_tokens: 1,
    })
  })
})
