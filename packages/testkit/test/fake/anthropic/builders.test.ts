import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type {
  AnthropicAnswer,
  AnthropicBlock,
} from '../../../src/fake/anthropic/anthropic-answer.ts'
import { anthropicMessage } from '../../../src/fake/anthropic/anthropic-message.ts'
import {
  type AnthropicStreamStyle,
  anthropicStream,
} from '../../../src/fake/anthropic/anthropic-stream.ts'
import { accumulate, eventsOf } from './accumulate.ts'

const citation = { type: 'char_location', cited_text: 'x', document_index: 0 }
const found = { type: 'web_search_tool_result', tool_use_id: 'srvtoolu_1', content: [] }
const answer: AnthropicAnswer = {
  id: 'msg_1',
  model: 'm',
  blocks: [
    { type: 'thinking', thinking: ['a', 'b'], signature: 's' },
    { type: 'redacted_thinking', data: 'd' },
    { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: '{"q":1}' },
    { type: 'whole', block: found },
    { type: 'text', text: ['Hel', 'lo'], citations: [citation] },
    {
      type: 'tool_use',
      name: 'f',
      input: ['{"a"', ':[1]}'],
      members: { caller: { type: 'direct' } },
    },
  ],
  usage: {
    inputTokens: 3,
    outputTokens: 9,
    cacheReadTokens: 4,
    cacheCreationTokens: 5,
    cacheCreation1hTokens: 6,
    thinkingTokens: 2,
    webSearchRequests: 1,
  },
}
const names = (style: AnthropicStreamStyle = {}): readonly string[] =>
  eventsOf(anthropicStream(answer, style).join('')).map(({ type }) => type)

describe('anthropicMessage', () => {
  it('writes every kind of block, why it ended, and the usage', () => {
    expect(anthropicMessage(answer)).toEqual({
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      model: 'm',
      content: [
        { type: 'thinking', thinking: 'ab', signature: 's' },
        { type: 'redacted_thinking', data: 'd' },
        { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: { q: 1 } },
        found,
        { type: 'text', text: 'Hello', citations: [citation] },
        {
          type: 'tool_use',
          id: 'toolu_5',
          name: 'f',
          input: { a: [1] },
          caller: { type: 'direct' },
        },
      ],
      stop_reason: 'tool_use',
      stop_sequence: null,
      stop_details: null,
      container: null,
      usage: {
        input_tokens: 3,
        cache_creation_input_tokens: 11,
        cache_read_input_tokens: 4,
        cache_creation: { ephemeral_5m_input_tokens: 5, ephemeral_1h_input_tokens: 6 },
        output_tokens: 9,
        service_tier: 'standard',
        output_tokens_details: { thinking_tokens: 2 },
        server_tool_use: { web_search_requests: 1, web_fetch_requests: 0 },
      },
    })
  })

  it('leaves out what would be null when it is lean', () => {
    const whole = anthropicMessage({ blocks: [] })
    const lean = anthropicMessage({ blocks: [] }, { lean: true })

    expect(Object.keys(whole)).toContain('stop_details')
    expect(Object.keys(lean)).not.toContain('stop_details')
    expect(lean['usage']).not.toHaveProperty('server_tool_use')
    expect(lean).toMatchObject({ stop_reason: 'end_turn', stop_sequence: null, content: [] })
  })

  it('says how an answer ended otherwise', () => {
    const details = { type: 'refusal', category: null, explanation: null }
    const refused = anthropicMessage({ blocks: [], stopReason: 'refusal', stopDetails: details })
    const stopped = anthropicMessage({ blocks: [], stopReason: 'stop_sequence', stopSequence: 'X' })
    const contained = anthropicMessage({ blocks: [], container: { id: 'c', expires_at: 'then' } })

    expect(refused).toMatchObject({ stop_reason: 'refusal', stop_details: details })
    expect(stopped).toMatchObject({ stop_reason: 'stop_sequence', stop_sequence: 'X' })
    expect(contained).toMatchObject({ container: { id: 'c' } })
  })
})

describe('anthropicStream', () => {
  it('sends the events in their order, one ping after the first start, signatures last', () => {
    const delta = 'content_block_delta'
    const block = (...deltas: readonly string[]): readonly string[] => [
      'content_block_start',
      ...deltas,
      'content_block_stop',
    ]

    expect(names()).toEqual([
      'message_start',
      'content_block_start',
      'ping',
      ...[delta, delta, delta, 'content_block_stop'],
      ...block(),
      ...block(delta, delta),
      ...block(),
      ...block(delta, delta, delta),
      ...block(delta, delta, delta),
      'message_delta',
      'message_stop',
    ])
  })

  it('opens blocks empty, and calls with an empty fragment', () => {
    const events = eventsOf(anthropicStream(answer).join(''))
    const starts = events.flatMap((event) => event['content_block'] ?? [])
    const fragments = events.flatMap((event) => {
      const { partial_json } = (event['delta'] ?? {}) as { partial_json?: string }
      return partial_json ?? []
    })

    expect(starts).toEqual([
      { type: 'thinking', thinking: '', signature: '' },
      { type: 'redacted_thinking', data: 'd' },
      { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: {} },
      found,
      { type: 'text', text: '', citations: [] },
      { type: 'tool_use', id: 'toolu_5', name: 'f', input: {}, caller: { type: 'direct' } },
    ])
    expect(fragments).toEqual(['', '{"q":1}', '', '{"a"', ':[1]}'])
  })

  it('says little of the usage at the start and all of it at the end', () => {
    const [start, ...rest] = eventsOf(anthropicStream(answer).join(''))
    const end = rest.at(-2)

    expect(start?.['message']).toMatchObject({
      content: [],
      stop_reason: null,
      usage: { input_tokens: 3, cache_read_input_tokens: 4, output_tokens: 1 },
    })
    expect(start?.['message']).not.toHaveProperty('usage.output_tokens_details')
    expect(end?.['usage']).toEqual({
      input_tokens: 3,
      cache_creation_input_tokens: 11,
      cache_read_input_tokens: 4,
      output_tokens: 9,
      output_tokens_details: { thinking_tokens: 2 },
      server_tool_use: { web_search_requests: 1, web_fetch_requests: 0 },
    })
  })

  it('counts nothing of the input at the end when the style says so', () => {
    const endUsage = (inputUsageAtEnd: 'absent' | 'null'): unknown =>
      eventsOf(anthropicStream(answer, { inputUsageAtEnd }).join('')).at(-2)?.['usage']

    expect(endUsage('absent')).toEqual({
      output_tokens: 9,
      output_tokens_details: { thinking_tokens: 2 },
      server_tool_use: { web_search_requests: 1, web_fetch_requests: 0 },
    })
    expect(endUsage('null')).toMatchObject({ input_tokens: null, cache_read_input_tokens: null })
  })

  it('pings as told, leaves out ends as told', () => {
    const count = (style: AnthropicStreamStyle): number =>
      names(style).filter((name) => name === 'ping').length

    expect([count({ pings: 'none' }), count({}), count({ pings: 'often' })]).toEqual([0, 1, 11])
    expect(names({ withoutFinish: true }).slice(-2)).toEqual(['content_block_stop', 'message_stop'])
    expect(names({ withoutStop: true }).at(-1)).toBe('message_delta')
    expect(anthropicStream({ blocks: [] }).join('')).toContain('event: ping\n')
  })

  it('spells its frames as told', () => {
    const [plain = ''] = anthropicStream(answer)
    const [tight = ''] = anthropicStream(answer, { frame: { crlf: true, tight: true } })
    const [nameless = ''] = anthropicStream(answer, { withoutEventNames: true })
    const padded = anthropicStream(answer, { padded: true })

    expect(plain).toMatch(/^event: message_start\ndata: \{.*\}\n\n$/)
    expect(tight).toMatch(/^event:message_start\r\ndata:\{.*\}\r\n\r\n$/)
    expect(nameless).toMatch(/^data: \{.*\}\n\n$/)
    expect(padded[3]).toMatch(/\} {3}\}\n\n$/)
  })

  it('sends the input of calls as told', () => {
    const atStart = anthropicStream(answer, { inputAtStart: true }).join('')
    const plain = anthropicStream(answer, { withoutEmptyFragment: true }).join('')

    expect(atStart).not.toContain('input_json_delta')
    expect(atStart).toContain('"input":{"a":[1]}')
    expect(plain).not.toContain('"partial_json":""')
  })

  it('can leave the signature out of the start of thinking', () => {
    const stream = anthropicStream(answer, { withoutStartSignature: true }).join('')

    expect(stream).toContain('{"type":"thinking","thinking":""}')
  })
})

const pieces = fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 4 })
const cut = (text: string, width: number): readonly string[] => {
  const found = [...text]
  return found.flatMap((_, at) => (at % width === 0 ? [found.slice(at, at + width).join('')] : []))
}
const name = fc.stringMatching(/^[a-z_]{1,9}$/)
const block: fc.Arbitrary<AnthropicBlock> = fc.oneof(
  fc.record({ type: fc.constant('text' as const), text: pieces }),
  fc.record({
    type: fc.constant('text' as const),
    text: pieces,
    citations: fc.array(fc.constant(citation), { minLength: 1, maxLength: 3 }),
  }),
  fc.record({ type: fc.constant('thinking' as const), thinking: pieces, signature: name }),
  fc.record({ type: fc.constant('redacted_thinking' as const), data: name }),
  fc.record({ type: fc.constant('whole' as const), block: fc.constant(found) }),
  fc.record({
    type: fc.constantFrom('tool_use' as const, 'server_tool_use' as const, 'mcp_tool_use' as const),
    name,
    input: fc
      .tuple(fc.dictionary(name, fc.jsonValue({ maxDepth: 2 })), fc.integer({ min: 1, max: 9 }))
      .map(([value, width]) => cut(JSON.stringify(value), width)),
  }),
)
const style: fc.Arbitrary<AnthropicStreamStyle> = fc.record({
  lean: fc.boolean(),
  pings: fc.constantFrom('once', 'often', 'none'),
  inputUsageAtEnd: fc.constantFrom('same', 'absent', 'null'),
  withoutEmptyFragment: fc.boolean(),
  inputAtStart: fc.boolean(),
  withoutStartSignature: fc.boolean(),
  padded: fc.boolean(),
  withoutEventNames: fc.boolean(),
  frame: fc.record({ crlf: fc.boolean(), tight: fc.boolean() }),
})

describe('both builders', () => {
  it('say the same, whatever the answer and the style', () => {
    fc.assert(
      fc.property(fc.array(block, { maxLength: 6 }), style, (blocks, spelled) => {
        const { usage } = answer
        const told = { blocks, ...(usage && { usage }) }
        const whole = anthropicMessage(told, spelled)
        const streamed = accumulate(eventsOf(anthropicStream(told, spelled).join('')))

        expect(streamed).toEqual(whole)
      }),
    )
  })

  it('make the same bytes of the same answer', () => {
    expect(anthropicStream(answer)).toEqual(anthropicStream(structuredClone(answer)))
    expect(anthropicMessage(answer)).toEqual(anthropicMessage(structuredClone(answer)))
  })
})
