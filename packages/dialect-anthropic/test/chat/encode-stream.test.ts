import { GatewayError, type StreamPart } from '@jackfield/core'
import { isPacked, unpackStates } from '@jackfield/dialect-kit'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { batched } from '../../../dialect-kit/test/support/answer-parts.ts'
import { anthropicMessages } from '../../src/index.ts'
import { answer } from '../support/arbitrary-parts.ts'
import {
  accumulated,
  collected,
  context,
  decode,
  encode,
  textOf,
  violationsOf,
} from '../support/bytes.ts'

const start: StreamPart = { type: 'start', id: 'msg_9', model: 'm' }
const stop: StreamPart = { type: 'finish', reason: 'stop' }
const text = (id: string, ...texts: readonly string[]): StreamPart[] => [
  { type: 'text-start', id },
  ...texts.map((one): StreamPart => ({ type: 'text-delta', id, text: one })),
  { type: 'text-end', id },
]
const callStart = (id: string, name = 'f'): StreamPart => ({
  type: 'tool-call-start',
  id,
  callId: `call_${id}`,
  name,
  kind: 'function',
})
const callDelta = (id: string, piece: string): StreamPart => ({
  type: 'tool-call-delta',
  id,
  arguments: piece,
})
const callEnd = (id: string): StreamPart => ({ type: 'tool-call-end', id })

const contentOf = (parts: readonly StreamPart[]) =>
  accumulated(encode([start, ...parts, stop]))['content']

describe('an encoded stream', () => {
  it('is legal whatever is said in it, and the same however it is batched', () => {
    fc.assert(
      fc.property(answer, fc.array(fc.nat(40), { maxLength: 4 }), (parts, cuts) => {
        const whole = encode(parts)
        const encoder = anthropicMessages.chat.streamEncoder(context)
        const batches = batched(parts, cuts).map((batch) => textOf(encoder.push(batch)))

        expect(violationsOf(whole)).toEqual([])
        expect(batches.join('')).toBe(whole)
      }),
      { numRuns: 400 },
    )
  })

  it('accumulates to the answer that is not streamed', () => {
    fc.assert(
      fc.property(answer, (parts) => {
        fc.pre(parts.at(-1)?.type === 'finish')
        const whole = anthropicMessages.chat.encodeResponse(collected(parts), context)

        expect(sorted(accumulated(encode(parts)))).toEqual(sorted(JSON.parse(textOf(whole))))
        expect(anthropicMessages.validateResponse(whole)).toEqual([])
      }),
      { numRuns: 400 },
    )
  })

  it('has one block for a refusal that a text without words interrupts, as the answer that is not streamed', () => {
    const no: StreamPart = { type: 'refusal', text: 'no' }
    const parts = [start, no, ...text('a'), no, stop]
    const whole = anthropicMessages.chat.encodeResponse(collected(parts), context)

    expect(accumulated(encode(parts))['content']).toEqual([{ type: 'text', text: 'nono' }])
    expect(JSON.parse(textOf(whole)).content).toEqual([{ type: 'text', text: 'nono' }])
  })

  it('writes nothing before there is something to see', () => {
    const encoder = anthropicMessages.chat.streamEncoder(context)

    expect(encoder.push([start, { type: 'text-start', id: 'a' }])).toHaveLength(0)
    expect(encoder.push([{ type: 'text-delta', id: 'a', text: '' }])).toHaveLength(0)
    expect(textOf(encoder.push([{ type: 'text-delta', id: 'a', text: 'x' }]))).toMatch(
      /^event: message_start\n.*\n\nevent: content_block_start\n.*\n\nevent: content_block_delta\n/,
    )
  })

  it('tells the usage that came early at the start and the last one at the end', () => {
    const early: StreamPart = { type: 'usage', usage: { inputTokens: 7, outputTokens: 1 } }
    const late: StreamPart = {
      type: 'usage',
      usage: { inputTokens: 9, cachedInputTokens: 2, outputTokens: 5, reasoningTokens: 3 },
    }
    const stream = encode([start, early, ...text('a', 'x'), late, stop])

    expect(stream).toContain('"usage":{"input_tokens":7,')
    expect(stream).toContain(
      '"usage":{"input_tokens":7,"cache_creation_input_tokens":null,"cache_read_input_tokens":2,"output_tokens":5,"output_tokens_details":{"thinking_tokens":3}}',
    )
  })

  it('sends calls that come mixed one after the other', () => {
    const parts = [
      callStart('a'),
      callStart('b', 'g'),
      callDelta('b', '{"y"'),
      callDelta('a', '{"x":'),
      callDelta('b', ':2}'),
      callDelta('a', '1}'),
      callEnd('b'),
      callEnd('a'),
    ]

    expect(contentOf(parts)).toEqual([
      { type: 'tool_use', id: 'call_a', name: 'f', input: { x: 1 } },
      { type: 'tool_use', id: 'call_b', name: 'g', input: { y: 2 } },
    ])
  })

  it('sends the first of several calls as it comes', () => {
    const encoder = anthropicMessages.chat.streamEncoder(context)
    encoder.push([start, callStart('a'), callStart('b')])

    expect(textOf(encoder.push([callDelta('a', '{"x"')]))).toContain('"partial_json":"{\\"x\\""')
    expect(encoder.push([callDelta('b', '{}')])).toHaveLength(0)
  })

  it('makes ids that clients of this protocol can send anywhere', () => {
    const parts: StreamPart[] = [
      { type: 'tool-call-start', id: 'a', callId: 'functions.get:0', name: 'f', kind: 'function' },
      callEnd('a'),
    ]

    expect(contentOf(parts)).toEqual([
      expect.objectContaining({ id: expect.stringMatching(/^functions_get_0_[a-z0-9]+$/) }),
    ])
  })

  it('gives free text to a tool as its one argument', () => {
    const parts: StreamPart[] = [
      { type: 'tool-call-start', id: 'a', callId: 'c', name: 'f', kind: 'custom' },
      callDelta('a', 'any "'),
      callDelta('a', 'text'),
      callEnd('a'),
    ]

    expect(contentOf(parts)).toEqual([
      { type: 'tool_use', id: 'c', name: 'f', input: { input: 'any "text' } },
    ])
  })

  it('ends with an error event and nothing behind it', () => {
    const error = new GatewayError('upstream_overloaded', 'Busy.')
    const stream = encode([start, ...text('a', 'x'), { type: 'error', error }, stop])

    expect(violationsOf(stream)).toEqual([])
    expect(stream).toMatch(
      /event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Busy."},"request_id":null}\n\n$/,
    )
  })

  it('shows what it cannot show in words', () => {
    const source = { kind: 'base64', mediaType: 'image/png', data: 'AA' } as const

    expect(contentOf([{ type: 'file', file: { type: 'image', source } }])).toEqual([
      { type: 'text', text: expect.stringContaining('image/png') },
    ])
  })

  it('tells a citation of another protocol with its address, and none without', () => {
    const parts: StreamPart[] = [
      { type: 'text-start', id: 'a' },
      { type: 'source', id: 'a', citation: { url: 'https://x.test', quote: 'q' } },
      { type: 'source', id: 'a', citation: { quote: 'nowhere' } },
      { type: 'text-delta', id: 'a', text: 'x' },
      { type: 'text-end', id: 'a' },
    ]

    expect(contentOf(parts)).toEqual([
      {
        type: 'text',
        text: 'x',
        citations: [
          {
            type: 'web_search_result_location',
            url: 'https://x.test',
            title: null,
            encrypted_index: '',
            cited_text: 'q',
          },
        ],
      },
    ])
  })
})

describe('reasoning for a client', () => {
  const reasoning = (words: string, state: readonly unknown[]): StreamPart[] =>
    [
      { type: 'reasoning-start', id: 'r', form: 'raw' },
      { type: 'reasoning-delta', id: 'r', text: words },
      { type: 'reasoning-end', id: 'r', ...(state.length === 0 ? {} : { state }) },
    ] as StreamPart[]
  const origin = { dialect: 'gemini', scope: 'g' }
  const foreign = { kind: 'thought-signature', data: 'QQ==', origin }

  it('has its own signature as it came', () => {
    const own = {
      kind: 'signature',
      data: 'sig',
      origin: { dialect: 'anthropic-messages', scope: 's' },
    }

    expect(contentOf(reasoning('hm', [own]))).toEqual([
      { type: 'thinking', thinking: 'hm', signature: 'sig' },
    ])
  })

  it('carries what another protocol made in the signature', () => {
    const [block] = contentOf(reasoning('hm', [foreign])) as { signature: string }[]

    expect(block).toMatchObject({ type: 'thinking', thinking: 'hm' })
    expect(unpackStates(block?.signature ?? '')).toEqual([foreign])
  })

  it('carries it in a redacted block where there are no words', () => {
    const [block] = contentOf(reasoning('', [foreign])) as { data: string }[]

    expect(block).toMatchObject({ type: 'redacted_thinking' })
    expect(unpackStates(block?.data ?? '')).toEqual([foreign])
  })

  it('is marked as nobody’s where there is no state', () => {
    const [block] = contentOf(reasoning('hm', [])) as { signature: string }[]

    expect(isPacked(block?.signature ?? '')).toBe(true)
    expect(unpackStates(block?.signature ?? '')).toEqual([])
  })

  it('comes back as it was', () => {
    const parts = reasoning('hm', [foreign])
    const [block] = contentOf(parts) as unknown[]
    const body = Buffer.from(
      JSON.stringify({
        model: 'm',
        messages: [
          { role: 'user', content: 'x' },
          { role: 'assistant', content: [block] },
        ],
      }),
    )
    const head = { operation: 'chat', stream: false, framing: 'json', includeUsage: true } as const
    const { messages } = anthropicMessages.chat.decodeRequest(body, head)

    expect(messages[1]?.content).toEqual([
      { type: 'reasoning', form: 'summary', text: 'hm', state: [foreign] },
    ])
  })
})

describe('the end of a stream', () => {
  it.each<[Partial<StreamPart>, Record<string, unknown>]>([
    [{ reason: 'stop' }, { stop_reason: 'end_turn', stop_sequence: null }],
    [
      { reason: 'stop', stopSequence: 'X' },
      { stop_reason: 'stop_sequence', stop_sequence: 'X' },
    ],
    [{ reason: 'length' }, { stop_reason: 'max_tokens' }],
    [
      { reason: 'length', raw: 'model_context_window_exceeded' },
      { stop_reason: 'model_context_window_exceeded' },
    ],
    [{ reason: 'pause' }, { stop_reason: 'pause_turn' }],
    [{ reason: 'pause', raw: 'compaction' }, { stop_reason: 'compaction' }],
    [{ reason: 'content-filter' }, { stop_reason: 'refusal', stop_details: { type: 'refusal' } }],
    [{ reason: 'tool-calls' }, { stop_reason: 'end_turn' }],
    [{ reason: 'error' }, { stop_reason: 'end_turn' }],
    [{ reason: 'other', raw: 'strange' }, { stop_reason: 'end_turn' }],
  ])('%j is %j', (finish, expected) => {
    const stream = encode([start, ...text('a', 'x'), { type: 'finish', ...finish } as StreamPart])

    expect(violationsOf(stream)).toEqual([])
    expect(accumulated(stream)).toMatchObject(expected)
  })

  it('says that tools are called where a backend said stop', () => {
    const stream = encode([start, callStart('a'), callDelta('a', '{}'), callEnd('a'), stop])

    expect(accumulated(stream)).toMatchObject({ stop_reason: 'tool_use' })
  })

  it('is a refusal where the model refused', () => {
    const stream = encode([start, { type: 'refusal', text: 'no' }, stop])

    expect(accumulated(stream)).toMatchObject({
      content: [{ type: 'text', text: 'no' }],
      stop_reason: 'refusal',
    })
  })

  it('keeps what only this protocol says of it', () => {
    const own = {
      container: { id: 'c1', expires_at: 'x' },
      context_management: { applied_edits: [] },
    }
    const finish: StreamPart = {
      ...stop,
      type: 'finish',
      reason: 'stop',
      extensions: { 'anthropic-messages': own },
    }
    const stream = encode([start, ...text('a', 'x'), finish])

    expect(accumulated(stream)).toMatchObject({ container: own.container })
    expect(collected(decode(stream)).finish.extensions).toEqual({ 'anthropic-messages': own })
  })
})

/** Members that a stream and a whole answer tell in different places, left out; texts that only differ in how they are cut, joined. */
function sorted(message: Record<string, unknown>): unknown {
  const { diagnostics: _, ...rest } = message
  return rest
}
