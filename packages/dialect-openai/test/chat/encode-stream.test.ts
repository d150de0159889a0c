import { GatewayError, type StreamPart } from '@jackfield/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { batched } from '../../../dialect-kit/test/support/answer-parts.ts'
import { openaiChat } from '../../src/index.ts'
import { answer } from '../support/arbitrary-parts.ts'
import { context, decode, joined, textOf, violationsOf } from '../support/bytes.ts'

const encoder = (changes: Partial<typeof context> = {}) =>
  openaiChat.chat.streamEncoder({ ...context, includeUsage: false, ...changes })

/** The chunks of a stream, `[DONE]` as a string. */
function chunksOf(
  parts: readonly StreamPart[],
  changes: Partial<typeof context> = {},
): ReturnType<typeof JSON.parse>[] {
  return textOf(encoder(changes).push(parts))
    .split('\n\n')
    .filter((event) => event !== '')
    .map((event) =>
      event === 'data: [DONE]' ? '[DONE]' : JSON.parse(event.slice('data: '.length)),
    )
}

const deltasOf = (parts: readonly StreamPart[]) =>
  chunksOf([...parts, finish])
    .filter((chunk) => chunk !== '[DONE]')
    .map((chunk) => chunk.choices[0].delta)

const start = { type: 'start', id: 'chatcmpl-9', model: 'real', created: 7 } as const
const textStart = { type: 'text-start', id: 't' } as const
const text = (value: string) => ({ type: 'text-delta', id: 't', text: value }) as const
const finish = { type: 'finish', reason: 'stop' } as const
const role = { role: 'assistant', content: '', refusal: null }
const silentRole = { role: 'assistant', content: null, refusal: null }

describe('an encoded stream', () => {
  it('is what OpenAI sends', () => {
    const usage = { type: 'usage', usage: { inputTokens: 3, outputTokens: 2 } } as const
    const shared = { id: 'chatcmpl-9', object: 'chat.completion.chunk', created: 7, model: 'real' }
    const choice = { index: 0, logprobs: null, finish_reason: null }

    expect(chunksOf([start, textStart, text('a'), usage, finish], { includeUsage: true })).toEqual([
      { ...shared, choices: [{ ...choice, delta: role }], usage: null },
      { ...shared, choices: [{ ...choice, delta: { content: 'a' } }], usage: null },
      { ...shared, choices: [{ ...choice, delta: {}, finish_reason: 'stop' }], usage: null },
      {
        ...shared,
        choices: [],
        usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
      },
      '[DONE]',
    ])
  })

  it('says nothing of usage unless it was asked for', () => {
    const usage = { type: 'usage', usage: { inputTokens: 3, outputTokens: 2 } } as const

    expect(textOf(encoder().push([start, textStart, text('a'), usage, finish]))).not.toContain(
      'usage',
    )
  })

  it('takes from the call what the answer does not say', () => {
    expect(chunksOf([{ type: 'start' }, finish])[0]).toMatchObject({
      id: 'chatcmpl-made',
      created: 1700000000,
      model: 'asked-model',
    })
  })

  it('repeats what the provider said of the whole answer', () => {
    const extensions = { 'openai-chat': { system_fingerprint: 'fp', x_groq: {} }, gemini: { a: 1 } }
    const [first, second] = chunksOf([{ ...start, extensions }, textStart, text('a'), finish])

    expect(first).toMatchObject({ system_fingerprint: 'fp' })
    expect(second).toMatchObject({ system_fingerprint: 'fp' })
    expect(first).not.toHaveProperty('x_groq')
    expect(first).not.toHaveProperty('a')
  })

  it('holds the role back until there is something to see, and sends both in one write', () => {
    const stream = encoder()

    expect(stream.push([start, textStart])).toHaveLength(0)
    expect(textOf(stream.push([text('a')])).split('\n\n')).toHaveLength(3)
  })

  it('writes every text so that it is read as it was', () => {
    const odd = 'a"\\\n\u2028\ud800 ✓ 😀 data: [DONE]\n\n'

    expect(deltasOf([start, textStart, text(odd)])[1]).toEqual({ content: odd })
  })

  it('writes reasoning, refusals, calls and citations as deltas', () => {
    expect(
      deltasOf([
        start,
        { type: 'reasoning-start', id: 'r', form: 'raw' },
        { type: 'reasoning-delta', id: 'r', text: 'hm' },
        {
          type: 'reasoning-end',
          id: 'r',
          state: [
            { kind: 'reasoning-details', data: [{ type: 'reasoning.encrypted', data: 'E' }] },
            { kind: 'signature', data: 'S' },
          ],
        },
        textStart,
        text('ab'),
        {
          type: 'source',
          id: 't',
          citation: { url: 'https://x.test', title: 'X', start: 1, end: 2 },
        },
        { type: 'text-end', id: 't' },
        { type: 'refusal', text: 'no' },
      ]),
    ).toEqual([
      silentRole,
      { reasoning_content: 'hm' },
      { reasoning_details: [{ type: 'reasoning.encrypted', data: 'E' }] },
      { content: 'ab' },
      {
        annotations: [
          {
            type: 'url_citation',
            url_citation: { url: 'https://x.test', title: 'X', start_index: 1, end_index: 2 },
          },
        ],
      },
      { refusal: 'no' },
      {},
    ])
  })

  it('numbers calls as they start, and writes their arguments under their number', () => {
    const call = (id: string, kind: 'function' | 'custom' = 'function') =>
      ({ type: 'tool-call-start', id, callId: `call_${id}`, name: 'f', kind }) as const
    const piece = (id: string, value: string) =>
      ({ type: 'tool-call-delta', id, arguments: value }) as const
    const ends = ['a', 'b'].map((id) => ({ type: 'tool-call-end', id }) as const)
    const parts = [
      start,
      call('a'),
      call('b', 'custom'),
      piece('b', 'ls'),
      piece('a', '{}'),
      ...ends,
    ]

    expect(deltasOf(parts)).toEqual([
      silentRole,
      {
        tool_calls: [
          { index: 0, id: 'call_a', type: 'function', function: { name: 'f', arguments: '' } },
        ],
      },
      {
        tool_calls: [{ index: 1, id: 'call_b', type: 'custom', custom: { name: 'f', input: '' } }],
      },
      { tool_calls: [{ index: 1, custom: { input: 'ls' } }] },
      { tool_calls: [{ index: 0, function: { arguments: '{}' } }] },
      {},
    ])
  })

  it('counts citations from the start of the content', () => {
    const citation = { url: 'https://x.test', start: 0, end: 1 }
    const second = { type: 'text-delta', id: 'u', text: 'cd' } as const
    const deltas = deltasOf([
      start,
      textStart,
      text('ab'),
      { type: 'text-end', id: 't' },
      { type: 'text-start', id: 'u' },
      second,
      { type: 'source', id: 'u', citation },
    ])

    expect(deltas.at(-2).annotations[0].url_citation).toMatchObject({
      start_index: 2,
      end_index: 3,
    })
  })

  it('carries log probabilities of its own dialect only', () => {
    const value = { content: [], refusal: null }
    const likely = (dialect: string) =>
      chunksOf([start, textStart, { ...text('a'), logprobs: { dialect, value } }, finish])[1]
        .choices[0]

    expect(likely('openai-chat').logprobs).toEqual(value)
    expect(likely('gemini').logprobs).toBeNull()
  })

  it.each([
    ['stop', 'stop'],
    ['length', 'length'],
    ['content-filter', 'content_filter'],
    ['pause', 'stop'],
    ['other', 'stop'],
    ['error', 'error'],
  ] as const)('ends with the word for %s', (reason, word) => {
    expect(chunksOf([start, { type: 'finish', reason }]).at(-2).choices[0].finish_reason).toBe(word)
  })
})

describe('a stream that broke', () => {
  const error = new GatewayError('upstream_timeout', 'The provider fell silent.')

  it('ends with an error that SDKs raise, and without [DONE]', () => {
    expect(chunksOf([start, textStart, text('a'), { type: 'error', error }]).at(-1)).toEqual({
      error: {
        message: 'The provider fell silent.',
        type: 'server_error',
        param: null,
        code: 'timeout',
      },
    })
  })

  it('may break before it said anything', () => {
    expect(chunksOf([{ type: 'error', error }])).toHaveLength(1)
  })

  it('says nothing behind its end', () => {
    const stream = encoder()
    stream.push([start, finish])

    expect(stream.push([text('late'), { type: 'error', error }])).toHaveLength(0)
  })
})

describe('any answer', () => {
  it('becomes a legal stream', () => {
    fc.assert(
      fc.property(answer, fc.boolean(), (parts, includeUsage) => {
        expect(violationsOf(encoder({ includeUsage }).push(parts))).toEqual([])
      }),
      { numRuns: 300 },
    )
  })

  it('becomes the same bytes in whatever batches it comes', () => {
    fc.assert(
      fc.property(answer, fc.array(fc.nat()), (parts, cuts) => {
        const stream = encoder()
        const pieces = batched(parts, cuts).map((batch) => stream.push(batch))

        expect(Buffer.concat(pieces)).toEqual(Buffer.from(encoder().push(parts)))
      }),
    )
  })

  it('is read as it was written, as far as this protocol can say it', () => {
    fc.assert(
      fc.property(answer, (parts) => {
        const written = encoder({ includeUsage: true }).push(parts)

        expect(sayable(decode(written))).toEqual(sayable(parts))
      }),
      { numRuns: 300 },
    )
  })
})

/** Texts, calls and ends, without what tells where a block began. */
function sayable(parts: readonly StreamPart[]): unknown[] {
  const kept = new Set([
    'text-delta',
    'reasoning-delta',
    'tool-call-start',
    'tool-call-delta',
    'refusal',
  ])
  const said = parts
    .filter(({ type }) => kept.has(type))
    .filter((part) => !('text' in part) || part.text !== '')
    .filter((part) => part.type !== 'tool-call-delta' || part.arguments !== '')
    .map((part) => ('id' in part ? { ...part, id: '' } : part))
  return [...joined(said), parts.at(-1)?.type]
}
