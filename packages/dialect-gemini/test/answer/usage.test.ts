import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeUsage, encodeUsage } from '../../src/answer/usage.ts'

describe('usage', () => {
  it('counts thoughts with the answer and prompts of tools with the prompt', () => {
    const wire = {
      promptTokenCount: 15,
      candidatesTokenCount: 18,
      thoughtsTokenCount: 742,
      toolUsePromptTokenCount: 770,
      totalTokenCount: 1545,
      cachedContentTokenCount: 10,
      promptTokensDetails: [
        { modality: 'AUDIO', tokenCount: 5 },
        { modality: 'TEXT', tokenCount: 10 },
      ],
      trafficType: 'ON_DEMAND',
    }
    const usage = decodeUsage(wire)

    expect(usage).toMatchObject({
      inputTokens: 785,
      outputTokens: 760,
      cachedInputTokens: 10,
      reasoningTokens: 742,
      audioInputTokens: 5,
    })
    expect(encodeUsage(usage ?? {})).toEqual(wire)
  })

  it.each<[unknown, unknown]>([
    [undefined, undefined],
    [{}, undefined],
    [{ trafficType: 'ON_DEMAND' }, undefined],
    [{ promptTokenCount: null, candidatesTokenCount: -1 }, undefined],
    [{ promptTokenCount: 0 }, { inputTokens: 0 }],
    [{ thoughtsTokenCount: 7 }, { outputTokens: 7, reasoningTokens: 7 }],
  ])('of %j is %j: missing is not zero', (wire, expected) => {
    expect(decodeUsage(wire as never)).toEqual(expected)
  })

  it('leaves out for clients what is not known', () => {
    expect(encodeUsage({ outputTokens: 5 })).toEqual({ candidatesTokenCount: 5 })
    expect(encodeUsage({ inputTokens: 3 })).toEqual({ promptTokenCount: 3, totalTokenCount: 3 })
    expect(
      encodeUsage({
        inputTokens: 3,
        audioInputTokens: 2,
        extra: { dialect: 'openai', value: { x: 1 } },
      }),
    ).toEqual({
      promptTokenCount: 3,
      totalTokenCount: 3,
      promptTokensDetails: [{ modality: 'AUDIO', tokenCount: 2 }],
    })
  })

  it('comes back as it was', () => {
    const usage = fc.record(
      {
        inputTokens: fc.nat(),
        outputTokens: fc.integer({ min: 50 }),
        reasoningTokens: fc.nat(50),
        cachedInputTokens: fc.nat(),
      },
      { requiredKeys: ['outputTokens'] },
    )
    fc.assert(
      fc.property(usage, (given) => {
        expect(decodeUsage(encodeUsage(given))).toEqual(given)
      }),
    )
  })
})
