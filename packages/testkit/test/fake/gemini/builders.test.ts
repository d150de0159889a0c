import { describe, expect, it } from 'vitest'
import type { GeminiAnswer, GeminiPart } from '../../../src/fake/gemini/answer.ts'
import { geminiArray, geminiSse } from '../../../src/fake/gemini/frames.ts'
import { geminiChunks, geminiResponse } from '../../../src/fake/gemini/response.ts'

interface Candidate {
  readonly content?: { readonly role?: string; readonly parts?: readonly Record<string, unknown>[] }
  readonly finishReason?: string
  readonly index?: number
}
const candidates = (body: Record<string, unknown>): readonly Candidate[] =>
  (body['candidates'] ?? []) as Candidate[]
const parts = (body: Record<string, unknown>) => candidates(body)[0]?.content?.parts ?? []

const sign = (part: Record<string, unknown>, before: string): string =>
  `${Object.keys(part)[0]} after "${before}"`

const code: GeminiPart = { executableCode: { language: 'PYTHON', code: '1' } }
const result: GeminiPart = { codeExecutionResult: { outcome: 'OUTCOME_OK', output: '1' } }
const image: GeminiPart = { inlineData: { mimeType: 'image/png', data: 'AAAA' } }
const callOf = (name: string): GeminiPart => ({ functionCall: { name } })

const usage = {
  promptTokens: 9,
  candidateTokens: 4,
  thoughtTokens: 3,
  cachedTokens: 2,
  toolUseTokens: 1,
}

/** What a client makes of a stream: text joined up to the next part of another kind, empty text left out. */
function accumulated(chunks: readonly Record<string, unknown>[]): unknown[] {
  const all: Record<string, unknown>[] = []
  for (const part of chunks.flatMap(parts)) {
    const last = all.at(-1)
    const text = part['text']
    const joins = typeof text === 'string' && last?.['text'] !== undefined
    if (joins && last['thought'] === part['thought']) {
      all[all.length - 1] = { ...last, text: `${last['text']}${text}` }
    } else if (text !== '') all.push(part)
  }
  return all
}

const answers: readonly (readonly [string, GeminiAnswer])[] = [
  ['text', { parts: [{ text: ['Hel', 'lo'] }] }],
  ['text in one piece', { parts: [{ text: 'Hello' }] }],
  ['thoughts and text', { parts: [{ text: ['hm', '…'], thought: true }, { text: ['a', 'b'] }] }],
  ['a call', { parts: [{ functionCall: { name: 'f', id: 'c', args: { a: 1 } } }] }],
  ['calls', { parts: [{ text: 'so ' }, callOf('f'), callOf('g')] }],
  ['code', { parts: [code, result, { text: ['It ', 'is 1'] }] }],
  ['an image after text', { parts: [{ text: 'Here' }, image] }],
  [
    'server tools',
    {
      parts: [
        { toolCall: { id: 't', toolType: 'FILE_SEARCH' } },
        { toolResponse: { id: 't', toolType: 'FILE_SEARCH' } },
        { text: 'x' },
      ],
    },
  ],
]

describe('the builders of Gemini answers', () => {
  it.each(answers)('say %s streamed as unstreamed', (_, answer) => {
    for (const callsTogether of [false, true]) {
      const chunks = geminiChunks(answer, { callsTogether })

      expect(accumulated(chunks)).toEqual(parts(geminiResponse(answer)))
      expect(chunks.map((chunk) => candidates(chunk)[0]?.finishReason).slice(0, -1)).not.toContain(
        'STOP',
      )
      expect(candidates(chunks.at(-1) ?? {})[0]?.finishReason).toBe('STOP')
    }
  })

  it('send each piece of text alone and a call whole', () => {
    const chunks = geminiChunks({ parts: [{ text: ['a', 'b'] }, callOf('f'), callOf('g')] })
    const together = geminiChunks({ parts: [callOf('f'), callOf('g')] }, { callsTogether: true })

    expect(chunks.map((chunk) => parts(chunk).length)).toEqual([1, 1, 1, 1])
    expect(parts(chunks[2] ?? {})).toEqual([{ functionCall: { name: 'f' } }])
    expect(together.map((chunk) => parts(chunk).length)).toEqual([2])
  })

  it('sign the first call, code, tools, data, and the text that ends an answer', () => {
    const signatures = (list: readonly GeminiPart[]) =>
      parts(geminiResponse({ parts: list }, { sign })).map((part) => part['thoughtSignature'])

    expect(signatures([{ text: 'a' }, callOf('f'), callOf('g')])).toEqual([
      undefined,
      'functionCall after "a"',
      undefined,
    ])
    expect(signatures([{ text: 'hm', thought: true }, code, result, { text: 'a' }])).toEqual([
      undefined,
      'executableCode after ""',
      undefined,
      'text after ""',
    ])
    expect(signatures([{ text: 'a' }, { text: 'b' }, image])).toEqual([
      undefined,
      'text after "a"',
      'inlineData after "ab"',
    ])
    expect(signatures([{ text: 'a', thoughtSignature: 'own' }])).toEqual(['own'])
  })

  it('close streamed text with an empty part that has its signature', () => {
    const chunks = geminiChunks({ parts: [{ text: ['a', 'b'] }] }, { sign })
    const own = geminiChunks({ parts: [{ text: ['a', 'b'], thoughtSignature: 'own' }] }, { sign })

    expect(chunks.flatMap(parts)).toEqual([
      { text: 'a' },
      { text: 'b' },
      { text: '', thoughtSignature: 'text after "ab"' },
    ])
    const before = geminiChunks({ parts: [{ text: ['a', 'b'] }, image] }, { sign })
    expect(before.flatMap(parts)[2]).toEqual({ text: '', thoughtSignature: 'text after "ab"' })
    expect(own.flatMap(parts)).toEqual([{ text: 'a' }, { text: 'b', thoughtSignature: 'own' }])
  })

  it('count usage up to the whole, which includes thoughts and tools but cached tokens once', () => {
    const answer = { parts: [{ text: ['a', 'b', 'c'] }], usage }
    const chunks = geminiChunks(answer)
    const counts = chunks.map((chunk) => chunk['usageMetadata'] as Record<string, number>)

    expect(geminiResponse(answer)['usageMetadata']).toEqual({
      promptTokenCount: 9,
      candidatesTokenCount: 4,
      totalTokenCount: 17,
      cachedContentTokenCount: 2,
      promptTokensDetails: [{ modality: 'TEXT', tokenCount: 9 }],
      toolUsePromptTokenCount: 1,
      thoughtsTokenCount: 3,
    })
    expect(counts.map((count) => count['candidatesTokenCount'])).toEqual([1, 2, 3, 4])
    expect(counts.at(-1)).toEqual(geminiResponse(answer)['usageMetadata'])
  })

  it.each([
    ['last-chunk', [false, false, true]],
    ['absent', [false, false, false]],
    ['every-chunk', [true, true, true]],
  ] as const)('put usage on %s', (where, expected) => {
    const chunks = geminiChunks({ parts: [{ text: ['a', 'b'] }] }, { usage: where })

    expect(chunks.map((chunk) => 'usageMetadata' in chunk)).toEqual(expected)
  })

  it('can finish in a chunk of its own, or not at all, and leave out the index', () => {
    const own = geminiChunks({ parts: [callOf('f')] }, { finish: 'own-chunk' })
    const bare = geminiChunks({ parts: [callOf('f')] }, { withoutFinish: true, withoutIndex: true })

    expect(own.map((chunk) => candidates(chunk)[0]?.finishReason)).toEqual([undefined, 'STOP'])
    expect(parts(own[1] ?? {})).toEqual([{ text: '' }])
    expect(candidates(bare[0] ?? {})[0]).toEqual({
      content: { parts: [{ functionCall: { name: 'f' } }], role: 'model' },
    })
  })

  it('answer without parts in the three ways that occur', () => {
    const content = (withoutParts?: 'empty' | 'absent') => {
      const answer = { finishReason: 'MAX_TOKENS', ...(withoutParts && { withoutParts }) }
      return [geminiResponse(answer), ...geminiChunks(answer)].map((body) => candidates(body)[0])
    }

    const end = { finishReason: 'MAX_TOKENS', index: 0 }
    expect(content()).toEqual([0, 0].map(() => ({ content: { role: 'model' }, ...end })))
    expect(content('empty')).toEqual([0, 0].map(() => ({ content: {}, ...end })))
    expect(content('absent')).toEqual([end, end])
  })

  it('refuse a prompt without candidates', () => {
    const blocked = { reason: 'SAFETY', message: 'No.' }
    const safetyRatings = [{ category: 'HARM_CATEGORY_HARASSMENT', probability: 'HIGH' }]
    const body = geminiResponse({ blocked, safetyRatings })

    expect(body).toMatchObject({
      promptFeedback: { blockReason: 'SAFETY', blockReasonMessage: 'No.', safetyRatings },
    })
    expect(body).not.toHaveProperty('candidates')
    expect(geminiChunks({ blocked, safetyRatings })).toEqual([body])
  })

  it('carry what Google found, ratings with every chunk, the rest with the last', () => {
    const more = {
      safetyRatings: [{ category: 'HARM_CATEGORY_HARASSMENT', probability: 'LOW' }],
      groundingMetadata: { webSearchQueries: ['x'] },
      urlContextMetadata: { urlMetadata: [] },
      citationMetadata: { citationSources: [] },
      finishMessage: 'Done.',
    }
    const answer = { parts: [{ text: 'a' }], ...more }
    const chunks = geminiChunks(answer).map((chunk) => candidates(chunk)[0])

    expect(candidates(geminiResponse(answer))[0]).toMatchObject(more)
    expect(chunks[0]).toEqual({
      content: { parts: [{ text: 'a' }], role: 'model' },
      index: 0,
      safetyRatings: more.safetyRatings,
    })
    expect(chunks.at(-1)).toMatchObject(more)
  })

  it('make several candidates, one after the other in a stream', () => {
    const answer = { parts: [{ text: 'a' }], candidates: 2 }
    const indices = geminiChunks(answer).map((chunk) => candidates(chunk)[0]?.index)

    expect(candidates(geminiResponse(answer)).map(({ index }) => index)).toEqual([0, 1])
    expect(indices).toEqual([0, 0, 1, 1])
  })
})

describe('the frames of a stream', () => {
  it('are events with CRLF line ends', () => {
    expect(geminiSse([{ a: 1 }, {}])).toEqual(['data: {"a":1}\r\n\r\n', 'data: {}\r\n\r\n'])
    expect(geminiSse([{}], { crlf: false })).toEqual(['data: {}\n\n'])
  })

  it('or the members of an array, which is whole at the end', () => {
    const frames = geminiArray([{ a: '[' }, { b: 2 }])

    expect(frames).toEqual(['[{"a":"["}\n', ',\r\n{"b":2}\n', ']'])
    expect(JSON.parse(geminiArray([]).join(''))).toEqual([])
  })
})
