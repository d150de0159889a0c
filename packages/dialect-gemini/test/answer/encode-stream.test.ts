import { Collector, type EncodeContext, GatewayError, type StreamPart } from '@jackfield/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { batched } from '../../../dialect-kit/test/support/answer-parts.ts'
import { gemini } from '../../src/index.ts'
import { answer } from '../support/arbitrary-parts.ts'
import { bytes, context, decode, parsed, textOf, violationsOf } from '../support/bytes.ts'

const write = (batches: readonly (readonly StreamPart[])[], own: Partial<EncodeContext> = {}) => {
  const encoder = gemini.chat.streamEncoder({ ...context, ...own })
  return Buffer.concat(batches.map((batch) => encoder.push(batch)))
}
const chunksOf = (out: Uint8Array) =>
  textOf(out)
    .split('\r\n\r\n')
    .filter((text) => text !== '')
    .map((text) => JSON.parse(text.slice('data: '.length)))
const partsOf = (out: Uint8Array) =>
  chunksOf(out).flatMap((chunk) => chunk.candidates?.[0]?.content?.parts ?? [])

const start: StreamPart = { type: 'start', id: 'r1', model: 'm' }
const stop: StreamPart = { type: 'finish', reason: 'stop' }
const block = (
  text: string,
  state?: Extract<StreamPart, { type: 'text-end' }>['state'],
): StreamPart[] => [
  { type: 'text-start', id: text },
  { type: 'text-delta', id: text, text },
  { type: 'text-end', id: text, ...(state === undefined ? {} : { state }) },
]
const call = (args: readonly string[], rest = {}): StreamPart[] => [
  { type: 'tool-call-start', id: 'c', callId: 'call_1', name: 'f', kind: 'function', ...rest },
  ...args.map((text): StreamPart => ({ type: 'tool-call-delta', id: 'c', arguments: text })),
  { type: 'tool-call-end', id: 'c' },
]

describe('a stream for clients', () => {
  it('is what Google writes', () => {
    const usage: StreamPart = {
      type: 'usage',
      usage: { inputTokens: 5, outputTokens: 7, reasoningTokens: 3 },
    }
    const out = write([
      [
        start,
        { type: 'reasoning-start', id: 'r', form: 'raw' },
        { type: 'reasoning-delta', id: 'r', text: 'hm' },
        { type: 'reasoning-end', id: 'r' },
      ],
      block('a'),
      [usage, stop],
    ])
    const shared = { modelVersion: 'm', responseId: 'r1' }

    expect(textOf(out).startsWith('data: {"candidates":[')).toBe(true)
    expect(chunksOf(out)).toEqual([
      {
        candidates: [
          { content: { parts: [{ text: 'hm', thought: true }], role: 'model' }, index: 0 },
        ],
        ...shared,
      },
      { candidates: [{ content: { parts: [{ text: 'a' }], role: 'model' }, index: 0 }], ...shared },
      {
        candidates: [
          { content: { parts: [{ text: '' }], role: 'model' }, finishReason: 'STOP', index: 0 },
        ],
        usageMetadata: {
          promptTokenCount: 5,
          candidatesTokenCount: 4,
          thoughtsTokenCount: 3,
          totalTokenCount: 12,
        },
        ...shared,
      },
    ])
  })

  it('is one chunk for one batch', () => {
    expect(chunksOf(write([[start, ...block('a'), ...block('b'), stop]]))).toMatchObject([
      {
        candidates: [{ content: { parts: [{ text: 'a' }, { text: 'b' }] }, finishReason: 'STOP' }],
      },
    ])
    expect(
      write([
        [start],
        [{ type: 'text-start', id: 'a' }],
        [{ type: 'text-delta', id: 'a', text: '' }],
      ]),
    ).toHaveLength(0)
  })

  it('is an array where the client wants one', () => {
    const framing = { framing: 'json-array' } as const
    const out = textOf(write([[start, ...block('a')], [stop]], framing))

    expect(JSON.parse(out)).toHaveLength(2)
    expect(out).toContain('}\n,\r\n{')
    expect(
      JSON.parse(
        textOf(write([[{ type: 'error', error: new GatewayError('internal', 'x') }]], framing)),
      ),
    ).toMatchObject([{ error: { code: 500, status: 'INTERNAL' } }])
  })

  it('has ids and models of its own where the provider gave none', () => {
    expect(chunksOf(write([[...block('a'), stop]]))[0]).toMatchObject({
      modelVersion: 'asked-model',
      responseId: 'made-id',
    })
  })

  it('ends with an error object where the answer broke', () => {
    const error = new GatewayError('upstream_rate_limited', 'later', { retryAfterMs: 1500 })
    const chunks = chunksOf(write([[start, ...block('a'), { type: 'error', error }, stop]]))

    expect(chunks).toHaveLength(2)
    expect(chunks[1]).toMatchObject({
      error: { code: 429, status: 'RESOURCE_EXHAUSTED', details: [{}, { retryDelay: '2s' }] },
    })
  })

  it('holds calls until they are complete', () => {
    const encoder = gemini.chat.streamEncoder(context)
    const [begin, ...rest] = call(['{"a"', ':1}'])
    if (begin === undefined) throw new Error('no call')

    expect(encoder.push([start, begin])).toHaveLength(0)
    expect(partsOf(encoder.push(rest))).toMatchObject([
      { functionCall: { id: 'call_1', name: 'f', args: { a: 1 } } },
    ])
  })

  it('has the placeholder on its first call where nobody signed it', () => {
    const end = (state: Extract<StreamPart, { type: 'tool-call-end' }>['state']): StreamPart[] => {
      const [begin, last] = call([])
      return begin === undefined || last?.type !== 'tool-call-end'
        ? []
        : [begin, { ...last, ...(state === undefined ? {} : { state }) }]
    }
    const signaturesOf = (...calls: readonly (readonly StreamPart[])[]) =>
      partsOf(write([[start, ...calls.flat(), stop]])).map((part) => part.thoughtSignature)
    const own = [{ kind: 'thought-signature', data: 'S' }] as const

    expect(signaturesOf(end(undefined), end(undefined))).toEqual([
      'skip_thought_signature_validator',
      undefined,
    ])
    expect(signaturesOf(end(own), end(undefined))).toEqual(['S', undefined])
    expect(signaturesOf(call(['nonsense']), end(undefined))).toEqual([
      'skip_thought_signature_validator',
    ])
  })

  it.each<[readonly string[], object, unknown]>([
    [[], {}, {}],
    [[''], {}, {}],
    [['ls "x"'], { kind: 'custom' }, { input: 'ls "x"' }],
  ])('sends the arguments %j of %j as an object', (args, rest, expected) => {
    expect(partsOf(write([[start, ...call(args, rest), stop]]))[0].functionCall.args).toEqual(
      expected,
    )
  })

  it.each(['{"a":', '[1]', 'nonsense'])(
    'says that the arguments %j are malformed, as Google does',
    (text) => {
      const [chunk] = chunksOf(
        write([[start, ...block('a'), ...call([text]), { type: 'finish', reason: 'tool-calls' }]]),
      )

      expect(chunk.candidates[0]).toMatchObject({
        content: { parts: [{ text: 'a' }] },
        finishReason: 'MALFORMED_FUNCTION_CALL',
        finishMessage: `Malformed function call: f(${text})`,
      })
    },
  )

  it('signs the part that is its block, else an empty one behind its pieces', () => {
    const state = [{ kind: 'thought-signature', data: 'QUJD' }] as const
    const whole = block('a', state)

    expect(partsOf(write([[start, ...whole, stop]]))).toEqual([
      { text: 'a', thoughtSignature: 'QUJD' },
    ])
    expect(partsOf(write([...whole.map((part) => [part]), [stop]]))).toEqual([
      { text: 'a' },
      { text: '', thoughtSignature: 'QUJD' },
      { text: '' },
    ])
  })

  it('never signs a piece for the whole', () => {
    const state = [{ kind: 'thought-signature', data: 'QUJD' }] as const
    const [begin, , end] = block('a', state)
    if (begin === undefined || end === undefined) throw new Error('no block')
    const delta = (text: string): StreamPart => ({ type: 'text-delta', id: 'a', text })

    expect(
      partsOf(
        write([
          [start, begin, delta('a')],
          [delta('b'), end, stop],
        ]),
      ),
    ).toEqual([{ text: 'a' }, { text: 'b' }, { text: '', thoughtSignature: 'QUJD' }])
  })

  it('carries the state of other protocols so that it comes back', () => {
    const foreign = { kind: 'signature', data: 'x', origin: { dialect: 'a', scope: 's' } } as const
    const parts: StreamPart[] = [
      start,
      { type: 'reasoning-start', id: 'r', form: 'raw' },
      { type: 'reasoning-delta', id: 'r', text: 'hm' },
      { type: 'reasoning-end', id: 'r', state: [foreign] },
      ...call(['{}']).with(-1, { type: 'tool-call-end', id: 'c', state: [foreign] }),
      { type: 'finish', reason: 'tool-calls' },
    ]
    const [thought, made] = partsOf(write([parts]))

    expect(Buffer.from(thought.thoughtSignature, 'base64').toString('base64')).toBe(
      thought.thoughtSignature,
    )
    expect(gemini.states?.find(bytes(JSON.stringify([thought, made])))).toEqual([foreign, foreign])
  })

  it('tells a refusal as text that the filter ended', () => {
    expect(
      chunksOf(
        write([[start, { type: 'refusal', text: 'I ' }, { type: 'refusal', text: 'can’t' }, stop]]),
      ),
    ).toMatchObject([
      { candidates: [{ content: { parts: [{ text: 'I can’t' }] }, finishReason: 'SAFETY' }] },
    ])
  })

  it('tells a refused prompt as the provider did', () => {
    const feedback = { blockReason: 'SAFETY' }
    const first: StreamPart = {
      type: 'start',
      extensions: { gemini: { promptFeedback: feedback } },
    }
    const finish: StreamPart = { type: 'finish', reason: 'content-filter', raw: 'SAFETY' }
    const [chunk] = chunksOf(write([[first, finish]]))

    expect(chunk).toEqual({
      promptFeedback: feedback,
      modelVersion: 'asked-model',
      responseId: 'made-id',
    })
    expect(chunksOf(write([[start, finish]]))[0]).toMatchObject({
      candidates: [{ finishReason: 'SAFETY' }],
    })
  })

  it.each<[Extract<StreamPart, { type: 'finish' }>['reason'], string | undefined, string]>([
    ['stop', undefined, 'STOP'],
    ['tool-calls', 'tool_calls', 'STOP'],
    ['pause', 'pause_turn', 'STOP'],
    ['length', 'max_tokens', 'MAX_TOKENS'],
    ['length', 'CONTINUATION', 'CONTINUATION'],
    ['content-filter', 'content_filter', 'SAFETY'],
    ['content-filter', 'RECITATION', 'RECITATION'],
    ['error', undefined, 'MALFORMED_RESPONSE'],
    ['error', 'UNEXPECTED_TOOL_CALL', 'UNEXPECTED_TOOL_CALL'],
    ['other', 'weird', 'OTHER'],
    ['other', 'STOP', 'OTHER'],
  ])('ends %s (%s) with %s', (reason, raw, word) => {
    const finish: StreamPart = { type: 'finish', reason, ...(raw === undefined ? {} : { raw }) }

    expect(chunksOf(write([[start, finish]]))[0].candidates[0].finishReason).toBe(word)
  })

  it('puts log probabilities on the chunk of their text', () => {
    const delta = (text: string): StreamPart => ({
      type: 'text-delta',
      id: 'a',
      text,
      logprobs: { dialect: 'gemini', value: { for: text } },
    })
    const chunks = chunksOf(
      write([
        [
          start,
          { type: 'text-start', id: 'a' },
          delta('x'),
          delta('y'),
          { type: 'text-end', id: 'a' },
          stop,
        ],
      ]),
    )

    expect(chunks.map((chunk) => chunk.candidates[0].logprobsResult)).toEqual([
      { for: 'x' },
      { for: 'y' },
    ])
  })
})

describe('whatever the answer', () => {
  it('is a legal stream, in both framings and however it is batched', () => {
    fc.assert(
      fc.property(answer, fc.array(fc.nat(), { maxLength: 4 }), (parts, cuts) => {
        const batches = batched(parts, cuts)

        expect(violationsOf(write(batches))).toEqual([])
        expect(violationsOf(write(batches, { framing: 'json-array' }), 'json-array')).toEqual([])
      }),
      { numRuns: 200 },
    )
  })

  it('says the same streamed and not', () => {
    const good = answer.filter((parts) => parts.at(-1)?.type === 'finish')
    fc.assert(
      fc.property(good, (parts) => {
        const collector = new Collector()
        collector.push(parts)
        const { response } = collector
        if (response === undefined) throw new Error('no answer')
        const out = gemini.chat.encodeResponse(response, context)
        const whole = gemini.chat.decodeResponse(out)
        const streamed = new Collector()
        streamed.push(decode(write([parts])))

        expect(gemini.validateResponse(out)).toEqual([])
        expect(streamed.response?.content).toEqual(whole.content)
        expect(streamed.response?.usage).toEqual(whole.usage)
        expect(streamed.response?.finish).toEqual(whole.finish)
      }),
      { numRuns: 200 },
    )
  })

  it('keeps all that this protocol can say', () => {
    const good = answer.filter((parts) => parts.at(-1)?.type === 'finish')
    const textIn = (parts: readonly StreamPart[], type: string) =>
      parts.map((part) => ('text' in part && part.type === type ? part.text : '')).join('')
    fc.assert(
      fc.property(good, fc.array(fc.nat(), { maxLength: 3 }), (parts, cuts) => {
        const again = decode(write(batched(parts, cuts)))
        const states = (list: readonly StreamPart[]) =>
          list.flatMap((part) =>
            'state' in part && part.state !== undefined ? part.state.length : [],
          )

        expect(textIn(again, 'reasoning-delta')).toBe(textIn(parts, 'reasoning-delta'))
        expect(textIn(again, 'text-delta').replaceAll('no', '')).toBe(
          textIn(parts, 'text-delta').replaceAll('no', ''),
        )
        expect(again.filter(({ type }) => type === 'tool-call-end')).toHaveLength(
          parts.filter(({ type }) => type === 'tool-call-end').length,
        )
        expect(states(again)).toEqual(states(parts))
      }),
      { numRuns: 200 },
    )
  })
})

describe('sources', () => {
  const cited = (text: string, start: number, end: number): StreamPart[] => [
    { type: 'text-start', id: text },
    { type: 'text-delta', id: text, text },
    {
      type: 'source',
      id: text,
      citation: { url: 'https://x.test', title: 'X', quote: text.slice(start, end), start, end },
    },
    { type: 'text-end', id: text },
  ]

  it('are counted in bytes for clients, over all texts', () => {
    const [chunk] = chunksOf(
      write([[start, ...cited('größe', 0, 5), ...cited('日本x', 1, 3), stop]]),
    )

    expect(chunk.candidates[0].groundingMetadata).toEqual({
      groundingChunks: [{ web: { uri: 'https://x.test', title: 'X' } }],
      groundingSupports: [
        { segment: { startIndex: 0, endIndex: 7, text: 'größe' }, groundingChunkIndices: [0] },
        { segment: { startIndex: 10, endIndex: 14, text: '本x' }, groundingChunkIndices: [0] },
      ],
    })
  })

  it('come back to the same characters, whatever their width', () => {
    const texts = fc.array(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 6 }), {
      minLength: 1,
      maxLength: 4,
    })
    fc.assert(
      fc.property(texts, fc.nat(), (pieces, seed) => {
        const text = pieces.join('')
        const units = [...text]
        const from = seed % units.length
        const first = units.slice(0, from).join('').length
        const last = first + (units[from]?.length ?? 0)
        const parts: StreamPart[] = [
          start,
          { type: 'text-start', id: 'a' },
          ...pieces.map((piece): StreamPart => ({ type: 'text-delta', id: 'a', text: piece })),
          { type: 'text-end', id: 'a' },
          { type: 'source', id: 'a', citation: { url: 'https://x.test', start: first, end: last } },
          stop,
        ]
        const source = decode(write(parts.map((part) => [part]))).find(
          (part) => part.type === 'source',
        )

        expect(
          source?.type === 'source' ? [source.citation.start, source.citation.end] : [],
        ).toEqual([first, last])
      }),
      { numRuns: 200 },
    )
  })

  it('of recitation are kept as they came', () => {
    const citationMetadata = {
      citationSources: [{ startIndex: 0, endIndex: 2, uri: 'https://x.test', license: 'MIT' }],
    }
    const body = {
      candidates: [
        {
          content: { role: 'model', parts: [{ text: 'é!' }] },
          citationMetadata,
          finishReason: 'STOP',
          index: 0,
        },
      ],
      responseId: 'r',
      modelVersion: 'm',
    }
    const response = gemini.chat.decodeResponse(bytes(JSON.stringify(body)))

    expect(response.content).toMatchObject([
      { citations: [{ url: 'https://x.test', start: 0, end: 1 }] },
    ])
    expect(
      parsed(gemini.chat.encodeResponse(response, context)).candidates[0].citationMetadata,
    ).toEqual(citationMetadata)
    const streamed = decode(`data: ${JSON.stringify(body)}\n\n`)
    expect(chunksOf(write([streamed]))[0].candidates[0].citationMetadata).toEqual(citationMetadata)
  })
})
