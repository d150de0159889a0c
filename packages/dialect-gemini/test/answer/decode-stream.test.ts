import type { StreamPart } from '@jackfield/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { problemsOf } from '../../../dialect-kit/test/support/part-grammar.ts'
import { gemini } from '../../src/index.ts'
import { array, chunk, decode, joined, sse } from '../support/bytes.ts'

const stop = { finishReason: 'STOP' }
const errorOf = (parts: readonly StreamPart[]) => {
  const last = parts.at(-1)
  return last?.type === 'error' ? last.error : undefined
}
const types = (parts: readonly StreamPart[]) => parts.map(({ type }) => type)
const callsOf = (parts: readonly StreamPart[]) =>
  parts.filter(({ type }) => type.startsWith('tool-call'))

describe('a stream of text', () => {
  it('is one block until something else comes', () => {
    const parts = decode(
      sse(
        chunk([{ text: 'hm', thought: true }]),
        chunk([{ text: 'a' }]),
        chunk([{ text: 'b' }, { text: '' }]),
        chunk([], stop),
      ),
    )

    expect(joined(parts)).toEqual([
      { type: 'start', id: 'r1', model: 'gemini-3-pro' },
      { type: 'reasoning-start', id: 'r0', form: 'summary' },
      { type: 'reasoning-delta', id: 'r0', text: 'hm' },
      { type: 'reasoning-end', id: 'r0' },
      { type: 'text-start', id: 't1' },
      { type: 'text-delta', id: 't1', text: 'ab' },
      { type: 'text-end', id: 't1' },
      { type: 'finish', reason: 'stop', raw: 'STOP' },
    ])
  })

  it('keeps what is signed apart from what is not', () => {
    const sig = { thoughtSignature: 'QUJD' }
    const state = [{ kind: 'thought-signature', data: 'QUJD' }]
    const parts = decode(
      sse(
        chunk([{ text: 'a' }, { text: 'b', ...sig }, { text: 'c' }]),
        chunk(
          [
            { text: '', ...sig },
            { text: 'hm', thought: true, ...sig },
            { text: '', thought: true, ...sig },
          ],
          stop,
        ),
      ),
    )
    const ends = parts.filter(({ type }) => type.endsWith('-end'))

    expect(ends).toMatchObject([
      { type: 'text-end' },
      { type: 'text-end', state },
      { type: 'text-end' },
      { type: 'text-end', state },
      { type: 'reasoning-end', state },
      { type: 'reasoning-end', state },
    ])
    expect(problemsOf(parts)).toEqual([])
  })

  it('tells log probabilities as they came', () => {
    const logprobsResult = { chosenCandidates: [{ token: 'a' }] }
    const parts = decode(sse(chunk([{ text: 'a' }], { ...stop, candidate: { logprobsResult } })))

    expect(parts).toContainEqual({
      type: 'text-delta',
      id: 't0',
      text: 'a',
      logprobs: { dialect: 'gemini', value: logprobsResult },
    })
  })

  it('is the first candidate’s', () => {
    const second = { content: { parts: [{ text: 'b' }] }, index: 1 }
    const both = { ...chunk([{ text: 'a' }], stop) }
    const parts = decode(
      sse({ ...both, candidates: [second, ...(both['candidates'] as object[])] }),
    )

    expect(parts).toContainEqual({ type: 'text-delta', id: 't0', text: 'a' })
    expect(JSON.stringify(parts)).not.toContain('"b"')
  })

  it('may be spelled as protobuf spells it', () => {
    const parts = decode(
      sse({
        candidates: [
          { content: { parts: [{ text: 'a', thought_signature: 'QUJD' }] }, finish_reason: 'STOP' },
        ],
        usage_metadata: { prompt_token_count: 1, candidates_token_count: 2 },
        response_id: 'r9',
      }),
    )

    expect(parts[0]).toEqual({ type: 'start', id: 'r9' })
    expect(parts).toContainEqual({ type: 'usage', usage: { inputTokens: 1, outputTokens: 2 } })
    expect(parts.at(-1)).toEqual({ type: 'finish', reason: 'stop', raw: 'STOP' })
  })

  it('tells usage as it is known, and the last one last', () => {
    const usageMetadata = (count: number) => ({ promptTokenCount: 5, candidatesTokenCount: count })
    const decoder = gemini.chat.streamDecoder('sse')
    const first = decoder.push(
      Buffer.from(sse(chunk([{ text: 'a' }], { usageMetadata: usageMetadata(1) }))),
    )
    const rest = [
      ...decoder.push(
        Buffer.from(
          sse(
            chunk([{ text: 'b' }], {
              ...stop,
              usageMetadata: { trafficType: 'X', ...usageMetadata(2) },
            }),
          ),
        ),
      ),
      ...decoder.push(Buffer.from(sse({ usageMetadata: { trafficType: 'X' }, responseId: 'r1' }))),
      ...decoder.end(),
    ]

    expect(first.at(-1)).toEqual({ type: 'usage', usage: { inputTokens: 5, outputTokens: 1 } })
    expect(rest.findLast(({ type }) => type === 'usage')).toMatchObject({
      usage: { outputTokens: 2 },
    })
    expect(rest.at(-1)?.type).toBe('finish')
  })
})

describe('sources', () => {
  const grounded = (startIndex: number, endIndex: number) => ({
    groundingMetadata: {
      groundingChunks: [{ web: { uri: 'https://x.test', title: 'X' } }],
      groundingSupports: [{ segment: { startIndex, endIndex }, groundingChunkIndices: [0, 7] }],
    },
  })
  const sources = (parts: readonly StreamPart[]) =>
    parts.flatMap((part) => (part.type === 'source' ? [part] : []))

  it('are told once, however often the provider tells them', () => {
    const candidate = grounded(0, 1)
    const parts = decode(
      sse(chunk([{ text: 'ab' }], { candidate }), chunk([{ text: 'c' }], { ...stop, candidate })),
    )

    expect(sources(parts)).toHaveLength(1)
  })

  it('never part a character, even where the provider does', () => {
    const [source] = sources(
      decode(sse(chunk([{ text: 'é😀x' }], { ...stop, candidate: grounded(1, 4) }))),
    )

    expect(source).toMatchObject({ id: 't0', citation: { start: 0, end: 1 } })
  })

  it('belong to the block that they speak of', () => {
    const parts = decode(
      sse(
        chunk([{ text: 'äb', thoughtSignature: 'QUJD' }, { text: 'cd' }], {
          ...stop,
          candidate: grounded(4, 5),
        }),
      ),
    )

    expect(sources(parts)).toMatchObject([{ id: 't1', citation: { start: 1, end: 2 } }])
  })
})

describe('calls', () => {
  it('come whole, with an id that we make up where there is none', () => {
    const parts = decode(
      sse(
        chunk([
          { functionCall: { name: 'f', args: { a: 1 } }, thoughtSignature: 'QUJD' },
          { functionCall: { id: 'own', name: 'g' } },
        ]),
        chunk([{ text: '' }], stop),
      ),
    )

    expect(callsOf(parts)).toEqual([
      { type: 'tool-call-start', id: 'c0', callId: 'call_r1_0', name: 'f', kind: 'function' },
      { type: 'tool-call-delta', id: 'c0', arguments: '{"a":1}' },
      { type: 'tool-call-end', id: 'c0', state: [{ kind: 'thought-signature', data: 'QUJD' }] },
      { type: 'tool-call-start', id: 'c1', callId: 'own', name: 'g', kind: 'function' },
      { type: 'tool-call-delta', id: 'c1', arguments: '{}' },
      { type: 'tool-call-end', id: 'c1' },
    ])
    expect(parts.at(-1)).toEqual({ type: 'finish', reason: 'tool-calls', raw: 'STOP' })
  })

  const piece = (jsonPath: string, value: object, rest = {}) => ({
    functionCall: { partialArgs: [{ jsonPath, ...value }], willContinue: true, ...rest },
  })
  const begin = { functionCall: { name: 'f', willContinue: true }, thoughtSignature: 'QUJD' }

  it('come in pieces from Vertex', () => {
    const parts = decode(
      sse(
        chunk([begin]),
        chunk([piece('$.a.b[0]', { stringValue: 'he', willContinue: true })]),
        chunk([piece('$.a.b[0]', { stringValue: 'llo' })]),
        chunk([piece("$['odd name'].n", { numberValue: 1.5 }), piece('$.t', { boolValue: true })]),
        chunk([piece('$.a.b[2]', { nullValue: null }), piece('$.__proto__', { stringValue: 'p' })]),
        chunk([{ functionCall: {} }]),
        chunk([{ text: '' }], stop),
      ),
    )
    const [first, delta, end] = callsOf(parts)

    expect(first).toMatchObject({ type: 'tool-call-start', name: 'f' })
    expect(delta).toMatchObject({
      arguments: '{"a":{"b":["hello",null,null]},"odd name":{"n":1.5},"t":true,"__proto__":"p"}',
    })
    expect(end).toMatchObject({ type: 'tool-call-end', state: [{ data: 'QUJD' }] })
    expect(callsOf(parts)).toHaveLength(3)
  })

  it('are closed by whatever comes next, or by the end', () => {
    const next = { functionCall: { name: 'g', args: {} } }
    const text = piece('$.a', { stringValue: 'x' })

    expect(types(callsOf(decode(sse(chunk([begin, text, next]), chunk([], stop)))))).toEqual([
      'tool-call-start',
      'tool-call-delta',
      'tool-call-end',
      'tool-call-start',
      'tool-call-delta',
      'tool-call-end',
    ])
    expect(types(callsOf(decode(sse(chunk([begin, text], stop)))))).toHaveLength(3)
    expect(problemsOf(decode(sse(chunk([begin, text, { text: 'a' }], stop))))).toEqual([])
  })

  it('that are empty call nothing', () => {
    const parts = decode(sse(chunk([{ text: 'a' }, { functionCall: {} }], stop)))

    expect(callsOf(parts)).toEqual([])
    expect(parts.at(-1)).toMatchObject({ reason: 'stop' })
  })

  it('without a name cannot be made by anybody', () => {
    const parts = decode(sse(chunk([{ functionCall: { args: { a: 1 } } }], stop)))

    expect(errorOf(parts)).toMatchObject({ code: 'upstream_invalid_response' })
  })

  it('take no memory that nobody sent', () => {
    const parts = decode(sse(chunk([begin, piece('$.a[999999999]', { numberValue: 1 })], stop)))

    expect(callsOf(parts)[1]).toMatchObject({ arguments: '{"a":[]}' })
  })

  it('survive any path', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 8 }), { maxLength: 4 }), (paths) => {
        const pieces = paths.map((path) => piece(`$${path}`, { numberValue: 1 }))
        const parts = decode(sse(chunk([begin, ...pieces], stop)))
        const delta = callsOf(parts)[1]

        expect(() =>
          JSON.parse(delta?.type === 'tool-call-delta' ? delta.arguments : ''),
        ).not.toThrow()
      }),
    )
  })
})

describe('other parts', () => {
  it('are files, or this protocol’s own', () => {
    const parts = decode(
      sse(
        chunk(
          [
            { inlineData: { mimeType: 'image/png', data: 'AA' }, thoughtSignature: 'QUJD' },
            { executableCode: { code: 'x' } },
            { inlineData: { mimeType: 'image/png' } },
            { brandNew: 1 },
            {},
          ],
          stop,
        ),
      ),
    )

    expect(types(parts)).toEqual(['start', 'file', 'provider', 'provider', 'provider', 'finish'])
    expect(parts[1]).toMatchObject({ file: { type: 'image', state: [{ data: 'QUJD' }] } })
    expect(parts[3]).toMatchObject({ part: { value: { inlineData: { mimeType: 'image/png' } } } })
  })
})

describe('the end of a stream', () => {
  it.each([
    ['MAX_TOKENS', 'length'],
    ['CONTINUATION', 'length'],
    ['SAFETY', 'content-filter'],
    ['IMAGE_RECITATION', 'content-filter'],
    ['MALFORMED_FUNCTION_CALL', 'error'],
    ['UNEXPECTED_TOOL_CALL', 'error'],
    ['MISSING_THOUGHT_SIGNATURE', 'error'],
    ['LANGUAGE', 'other'],
    ['BRAND_NEW', 'other'],
  ])('with %s is %s', (finishReason, reason) => {
    expect(decode(sse(chunk([{ text: 'a' }], { finishReason }))).at(-1)).toEqual({
      type: 'finish',
      reason,
      raw: finishReason,
    })
  })

  it('is the filter’s where the prompt was refused', () => {
    const parts = decode(sse({ promptFeedback: { blockReason: 'SAFETY' }, responseId: 'r' }))

    expect(parts).toEqual([
      {
        type: 'start',
        id: 'r',
        extensions: { gemini: { promptFeedback: { blockReason: 'SAFETY' } } },
      },
      { type: 'finish', reason: 'content-filter', raw: 'SAFETY' },
    ])
  })

  it.each<[string, string]>([
    ['before a reason', sse(chunk([{ text: 'a' }]))],
    [
      'inside a chunk',
      sse(chunk([{ text: 'a' }])) + sse(chunk([{ text: 'b' }], stop)).slice(0, 40),
    ],
    ['before anything', ''],
    ['behind comments', ': hi\r\n\r\n'],
  ])('%s is a break', (_, stream) => {
    const parts = decode(stream)

    expect(errorOf(parts)).toMatchObject({ code: 'upstream_invalid_response' })
    expect(parts.some(({ type }) => type === 'finish')).toBe(false)
  })

  it('is an error that the provider tells', () => {
    const failure = {
      error: { code: 503, message: 'The model is overloaded.', status: 'UNAVAILABLE' },
    }
    const parts = decode(sse(chunk([{ text: 'a' }]), failure, chunk([{ text: 'b' }], stop)))

    expect(errorOf(parts)).toMatchObject({ code: 'upstream_overloaded' })
    expect(JSON.stringify(parts)).not.toContain('"b"')
    expect(decode(array(failure), { framing: 'json-array' }).at(-1)).toMatchObject({
      type: 'error',
    })
  })

  it('is broken JSON', () => {
    expect(errorOf(decode('data: {"candidates":[}\r\n\r\n'))).toMatchObject({
      code: 'upstream_invalid_response',
      message: 'An event of the provider’s stream is not valid JSON.',
    })
  })

  it('may come without a blank line, or with a word of another protocol', () => {
    const last = `data: ${JSON.stringify(chunk([{ text: 'a' }], stop))}`

    expect(decode(last).at(-1)?.type).toBe('finish')
    expect(decode(`${last}\n\ndata: [DONE]\n\n`).at(-1)?.type).toBe('finish')
  })

  it('says nothing twice', () => {
    const decoder = gemini.chat.streamDecoder('sse')
    decoder.push(Buffer.from(sse(chunk([{ text: 'a' }], stop))))

    expect(decoder.end().at(-1)?.type).toBe('finish')
    expect(decoder.end()).toEqual([])
    expect(decoder.push(Buffer.from(sse(chunk([{ text: 'b' }]))))).toEqual([])
  })
})

describe('a stream that is an array', () => {
  const odd = chunk([
    { text: '"]},[{\\ ä 😀 "' },
    { functionCall: { name: 'f', args: { a: ['}'] } } },
  ])

  it('is the same answer, wherever it is cut', () => {
    const chunks = [odd, chunk([{ text: 'b' }], stop)]
    const whole = Buffer.from(array(...chunks))
    const expected = joined(decode(sse(...chunks)))

    for (let at = 0; at <= whole.length; at += 1) {
      expect(joined(decode(whole, { framing: 'json-array', cuts: [at] }))).toEqual(expected)
    }
  })

  it('may lack its bracket, but not its reason', () => {
    const open = array(odd, chunk([{ text: 'b' }], stop)).slice(0, -2)

    expect(decode(open, { framing: 'json-array' }).at(-1)?.type).toBe('finish')
    expect(errorOf(decode(open.slice(0, -20), { framing: 'json-array' }))).toBeDefined()
    expect(errorOf(decode('[]', { framing: 'json-array' }))).toBeDefined()
  })

  it('may be one answer that was not streamed', () => {
    const parts = decode(JSON.stringify(chunk([{ text: 'a' }], stop)), { framing: 'json-array' })

    expect(parts.at(-1)?.type).toBe('finish')
  })

  it('keeps nothing of bytes that others may write to again', () => {
    const whole = Buffer.from(array(odd, chunk([{ text: 'b' }], stop)))
    const decoder = gemini.chat.streamDecoder('json-array')
    const shared = Buffer.alloc(7)
    const parts: StreamPart[] = []
    for (let at = 0; at < whole.length; at += shared.length) {
      const length = whole.copy(shared, 0, at, at + shared.length)
      parts.push(...decoder.push(shared.subarray(0, length)))
    }

    expect(joined([...parts, ...decoder.end()])).toEqual(
      joined(decode(whole, { framing: 'json-array' })),
    )
  })

  it('breaks at an element that nobody can hold', () => {
    const decoder = gemini.chat.streamDecoder('json-array')
    const start = decoder.push(Buffer.from('[{"candidates":[{"content":{"parts":[{"text":"'))
    const piece = Buffer.alloc(1024 * 1024, 'a')
    let parts: readonly StreamPart[] = start
    for (let count = 0; count < 9 && errorOf(parts) === undefined; count += 1)
      parts = decoder.push(piece)

    expect(errorOf(parts)).toMatchObject({ code: 'upstream_invalid_response' })
  })
})

describe('the end of a stream', () => {
  const counts = { usageMetadata: { promptTokenCount: 5, totalTokenCount: 7 } }
  const feed = (framing: 'sse' | 'json-array' = 'sse') => {
    const decoder = gemini.chat.streamDecoder(framing)
    return {
      push: (text: string) => types(decoder.push(Buffer.from(text))),
      end: () => types(decoder.end()),
    }
  }
  const last = (parts: readonly string[]) => parts.slice(-2)

  it('comes with the chunk that has the reason and all counts; what is behind is not read', () => {
    const { push, end } = feed()

    expect(last(push(sse(chunk([{ text: 'a' }], { ...stop, ...counts }))))).toEqual([
      'usage',
      'finish',
    ])
    expect(push('}{ garbage\n\ndata: {"broken\n\n')).toEqual([])
    expect(end()).toEqual([])
  })

  it('comes within one read that holds garbage too', () => {
    const { push } = feed()
    const text = sse(chunk([{ text: 'a' }], { ...stop, ...counts }))

    expect(last(push(`${text}data: {"broken\n\n`))).toEqual(['usage', 'finish'])
  })

  it('comes before the bracket of an array', () => {
    const { push } = feed('json-array')
    const text = array(chunk([{ text: 'a' }], { ...stop, ...counts }))

    expect(last(push(text.slice(0, -2)))).toEqual(['usage', 'finish'])
  })

  it('comes with a refusal of the prompt and its counts', () => {
    const blocked = { promptFeedback: { blockReason: 'SAFETY' }, ...counts }

    expect(last(feed().push(sse(blocked)))).toEqual(['usage', 'finish'])
  })

  it.each<[string, string]>([
    ['the counts', sse({ ...counts, responseId: 'r1' })],
    ['a chunk without any', sse({ usageMetadata: { trafficType: 'X' } })],
    ['an error', sse({ error: { code: 500, message: 'x', status: 'INTERNAL' } })],
    ['a broken event', 'data: {"broken\n\n'],
  ])('waits for the counts behind a reason without any, and takes %s', (_, next) => {
    const { push } = feed()

    expect(push(sse(chunk([{ text: 'a' }], stop)))).not.toContain('finish')
    expect(push(next).at(-1)).toBe('finish')
  })

  it('is that of the bytes where other candidates go on', () => {
    const { push, end } = feed()
    const other = { candidates: [{ content: { parts: [{ text: 'b' }] }, index: 1 }] }
    push(sse(chunk([{ text: 'a' }]), other))

    expect(push(sse(chunk([], { ...stop, ...counts }), other))).not.toContain('finish')
    expect(end().at(-1)).toBe('finish')
  })
})
