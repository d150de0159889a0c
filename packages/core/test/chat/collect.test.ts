import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Collector } from '../../src/chat/collect.ts'
import type { AssistantPart } from '../../src/chat/content.ts'
import type { ChatResponse } from '../../src/chat/response.ts'
import { responseParts } from '../../src/chat/response-parts.ts'
import type { StreamPart } from '../../src/chat/stream-part.ts'
import { failure } from '../support/fake-pool.ts'

function collect(...parts: readonly StreamPart[]): ChatResponse | undefined {
  const collector = new Collector()
  collector.push(parts)
  return collector.response
}

const finish: StreamPart = { type: 'finish', reason: 'stop' }

describe('a collected answer', () => {
  it('is there once the stream has finished', () => {
    expect(collect({ type: 'start', id: 'x' })).toBeUndefined()
    expect(collect({ type: 'start', id: 'x' }, finish)).toEqual({
      id: 'x',
      content: [],
      finish: { reason: 'stop' },
    })
  })

  it('has its blocks in the order in which they began, however they are mixed', () => {
    const answer = collect(
      { type: 'tool-call-start', id: 'a', callId: 'c1', name: 'f', kind: 'function' },
      { type: 'tool-call-start', id: 'b', callId: 'c2', name: 'g', kind: 'custom' },
      { type: 'tool-call-delta', id: 'b', arguments: 'two' },
      { type: 'tool-call-delta', id: 'a', arguments: '{' },
      { type: 'tool-call-end', id: 'b' },
      { type: 'tool-call-delta', id: 'a', arguments: '}' },
      { type: 'tool-call-end', id: 'a' },
      { type: 'finish', reason: 'tool-calls', raw: 'tool_use' },
    )

    expect(answer?.content).toEqual([
      { type: 'tool-call', callId: 'c1', name: 'f', kind: 'function', arguments: '{}' },
      { type: 'tool-call', callId: 'c2', name: 'g', kind: 'custom', arguments: 'two' },
    ])
    expect(answer?.finish).toEqual({ reason: 'tool-calls', raw: 'tool_use' })
  })

  it('has what was still open when the stream finished', () => {
    const answer = collect(
      { type: 'text-start', id: 't' },
      { type: 'text-delta', id: 't', text: 'hal' },
      finish,
    )

    expect(answer?.content).toEqual([{ type: 'text', text: 'hal' }])
  })

  it('has the last usage, and the state of its blocks', () => {
    const state = [{ kind: 'signature' as const, data: 's' }]
    const answer = collect(
      { type: 'reasoning-start', id: 'r', form: 'raw' },
      { type: 'reasoning-end', id: 'r', state },
      { type: 'usage', usage: { outputTokens: 1 } },
      { type: 'usage', usage: { outputTokens: 2 } },
      finish,
    )

    expect(answer?.content).toEqual([{ type: 'reasoning', text: '', form: 'raw', state }])
    expect(answer?.usage).toEqual({ outputTokens: 2 })
  })

  it('gives citations to their text: by name, or to the open or last one', () => {
    const cite = (url: string, id?: string): StreamPart => ({
      type: 'source',
      citation: { url },
      ...(id === undefined ? {} : { id }),
    })
    const answer = collect(
      { type: 'text-start', id: 'a' },
      cite('1'),
      { type: 'text-end', id: 'a' },
      cite('2'),
      { type: 'text-start', id: 'b' },
      cite('3', 'a'),
      cite('4'),
      { type: 'text-end', id: 'b' },
      finish,
    )

    expect(answer?.content).toMatchObject([
      { citations: [{ url: '1' }, { url: '2' }, { url: '3' }] },
      { citations: [{ url: '4' }] },
    ])
  })

  it('joins pieces of a refusal, and keeps files and foreign parts at their places', () => {
    const file = { type: 'image', source: { kind: 'url', url: 'u' } } as const
    const part = { type: 'provider', dialect: 'd', value: 1 } as const
    const answer = collect(
      { type: 'refusal', text: 'I ' },
      { type: 'refusal', text: 'cannot' },
      { type: 'file', file },
      { type: 'provider', part },
      finish,
    )

    expect(answer?.content).toEqual([{ type: 'refusal', text: 'I cannot' }, file, part])
  })

  it('throws what an error part says', () => {
    const error = failure('upstream_overloaded')

    expect(() => collect({ type: 'error', error })).toThrow(error)
  })

  it.each([
    ['a delta before the start', [{ type: 'text-delta', id: 'x', text: 'a' }]],
    ['an end before the start', [{ type: 'text-end', id: 'x' }]],
    [
      'a delta after the end',
      [
        { type: 'text-start', id: 'x' },
        { type: 'text-end', id: 'x' },
        { type: 'text-delta', id: 'x', text: 'a' },
      ],
    ],
    [
      'a second start',
      [
        { type: 'text-start', id: 'x' },
        { type: 'text-start', id: 'x' },
      ],
    ],
  ] as const)('cannot have %s', (_, parts) => {
    expect(() => collect(...parts)).toThrow(/block of the backend’s answer \("x"\)/)
  })
})

describe('the size of what is collected', () => {
  const sizeOf = (...parts: readonly StreamPart[]) => {
    const collector = new Collector()
    collector.push(parts)
    return collector.size
  }

  it('counts every text, file, foreign part, citation and state', () => {
    const text = 'x'.repeat(1_000)
    const source = { kind: 'base64', mediaType: 'image/png', data: text } as const
    const state = [{ kind: 'signature' as const, data: text }]

    const sizes = [
      sizeOf({ type: 'text-start', id: 't' }, { type: 'text-delta', id: 't', text }),
      sizeOf({ type: 'refusal', text }),
      sizeOf({ type: 'file', file: { type: 'image', source } }),
      sizeOf({ type: 'provider', part: { type: 'provider', dialect: 'd', value: text } }),
      sizeOf({ type: 'source', citation: { quote: text } }),
      sizeOf({ type: 'source', citation: { raw: { dialect: 'd', value: text } } }),
      sizeOf({ type: 'text-start', id: 't' }, { type: 'text-end', id: 't', state }),
      sizeOf({ type: 'file', file: { type: 'image', source: { kind: 'url', url: 'u' }, state } }),
      sizeOf({
        type: 'provider',
        part: { type: 'provider', dialect: 'd', value: null, state },
      }),
      sizeOf({ type: 'tool-call-start', id: 't', callId: 'c', name: text, kind: 'function' }),
    ]

    for (const size of sizes) expect(size).toBeGreaterThan(1_000)
  })

  it('grows with parts that carry nothing', () => {
    const empty = Array.from({ length: 1_000 }, (): StreamPart => ({ type: 'refusal', text: '' }))

    expect(sizeOf(...empty)).toBeGreaterThan(10_000)
  })
})

describe('the stream that an answer would have been', () => {
  const state = fc.constantFrom({}, { state: [{ kind: 'signature' as const, data: 'x' }] })
  const text = fc.oneof(fc.string(), fc.string({ unit: 'binary', maxLength: 300 }), fc.lorem())
  const part: fc.Arbitrary<AssistantPart> = fc.oneof(
    fc.tuple(text, state).map(([words, more]) => ({ type: 'text', text: words, ...more }) as const),
    fc
      .tuple(text, state)
      .map(([words, more]) => ({ type: 'reasoning', text: words, form: 'raw', ...more }) as const),
    text.map(
      (words) =>
        ({
          type: 'tool-call',
          callId: 'c',
          name: 'f',
          kind: 'function',
          arguments: words,
        }) as const,
    ),
    fc.constant({ type: 'image', source: { kind: 'url', url: 'u' } } as const),
    fc.constant({ type: 'provider', dialect: 'd', value: { a: 1 } } as const),
    text.map((words) => ({ type: 'text', text: words, citations: [{ url: 'u' }] }) as const),
  )

  it('collects to the same answer', () => {
    fc.assert(
      fc.property(fc.array(part, { maxLength: 6 }), (content) => {
        const answer: ChatResponse = {
          id: 'i',
          model: 'm',
          created: 1,
          extensions: { d: { x: 1 } },
          content,
          finish: { reason: 'length', stopSequence: 's' },
          usage: { inputTokens: 1 },
        }

        expect(collect(...responseParts(answer))).toEqual(answer)
      }),
    )
  })

  it('comes in deltas of a bounded size that split no character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 500 }), (words) => {
        const content = [{ type: 'text', text: words }] as const
        const deltas = [...responseParts({ content, finish: { reason: 'stop' } })].flatMap((one) =>
          one.type === 'text-delta' ? [one.text] : [],
        )

        expect(deltas.join('')).toBe(words)
        for (const delta of deltas) {
          expect(delta.length).toBeLessThanOrEqual(49)
          expect(delta.isWellFormed()).toBe(true)
        }
      }),
    )
  })

  it('is cut between words where there are any', () => {
    const words = 'word '.repeat(30)
    const content = [{ type: 'text', text: words }] as const
    const deltas = [...responseParts({ content, finish: { reason: 'stop' } })].flatMap((one) =>
      one.type === 'text-delta' ? [one.text] : [],
    )

    expect(deltas.length).toBeGreaterThan(2)
    for (const delta of deltas.slice(1)) expect(delta.startsWith(' ')).toBe(true)
  })

  it('is cut in time that grows with its length alone, also where there are no spaces', () => {
    const timeOf = (text: string) => {
      const parts = responseParts({ content: [{ type: 'text', text }], finish: { reason: 'stop' } })
      const start = performance.now()
      const pieces = [...parts]
      return { took: performance.now() - start, count: pieces.length }
    }

    // Looking back to the start of the text for every piece took minutes.
    const { took, count } = timeOf('x'.repeat(8 << 20))

    expect(count).toBeGreaterThan(100_000)
    expect(took).toBeLessThan(5_000)
  })

  it('joins the refusals of an answer', () => {
    const content = [{ type: 'refusal', text: 'no '.repeat(40) }] as const

    expect(collect(...responseParts({ content, finish: { reason: 'stop' } }))?.content).toEqual(
      content,
    )
  })

  it('keeps what only one dialect says of a call and of the end', () => {
    const extensions = { d: { caller: { type: 'direct' } } }
    const call = { type: 'tool-call', callId: 'c', name: 'f', kind: 'function' } as const
    const content = [{ ...call, arguments: '{}', extensions }]
    const answer: ChatResponse = { content, finish: { reason: 'tool-calls', extensions } }

    expect(collect(...responseParts(answer))).toEqual(answer)
  })
})
