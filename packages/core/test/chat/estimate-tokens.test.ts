import { describe, expect, it } from 'vitest'
import { estimateInputTokens } from '../../src/chat/estimate-tokens.ts'
import type { ChatRequest } from '../../src/chat/request.ts'

const base: ChatRequest = { model: 'm', stream: false, includeUsage: false, messages: [] }
const ask = (text: string): ChatRequest => ({
  ...base,
  messages: [{ role: 'user', content: [{ type: 'text', text }] }],
})

describe('an estimate of input tokens', () => {
  it('is about a quarter of the bytes of a text, and never nothing', () => {
    expect(estimateInputTokens(base)).toBe(1)
    expect(estimateInputTokens(ask('word '.repeat(800)))).toBe(1_004)
    expect(estimateInputTokens(ask('漢'.repeat(400)))).toBe(304)
  })

  it('grows with everything that a model reads', () => {
    const plain = estimateInputTokens(ask('hi'))
    const tools = [{ type: 'function', name: 'f', parameters: { type: 'object' } }] as const
    const image = {
      type: 'image',
      source: { kind: 'url', url: 'https://example.com/a.png' },
    } as const
    const more: readonly ChatRequest[] = [
      { ...ask('hi'), tools },
      { ...ask('hi'), output: { type: 'json-schema', schema: { type: 'object' } } },
      { ...ask('hi'), messages: [...ask('hi').messages, { role: 'user', content: [image] }] },
      {
        ...ask('hi'),
        messages: [
          ...ask('hi').messages,
          {
            role: 'tool',
            content: [
              {
                type: 'tool-result',
                callId: 'c',
                kind: 'function',
                content: [],
                structured: { a: 1 },
              },
            ],
          },
        ],
      },
    ]

    expect(more.map((request) => estimateInputTokens(request) > plain)).not.toContain(false)
  })
})
