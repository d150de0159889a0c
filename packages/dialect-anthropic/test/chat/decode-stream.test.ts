import { describe, expect, it } from 'vitest'
import { problemsOf } from '../../../dialect-kit/test/support/part-grammar.ts'
import { anthropicMessages } from '../../src/index.ts'
import {
  blockStart,
  blockStop,
  bytes,
  callBlock,
  collected,
  decode,
  delta,
  json,
  message,
  messageEnd,
  messageStart,
  type Payload,
  sse,
  textBlock,
  thinkingBlock,
} from '../support/bytes.ts'

const end = messageEnd('end_turn')
const contentOf = (...events: readonly Payload[]) =>
  collected(decode(sse(messageStart, ...events, ...end))).content

describe('a stream', () => {
  it('becomes blocks with their deltas', () => {
    const stream = sse(
      messageStart,
      ...thinkingBlock(0, 'hm', 'sig'),
      ...textBlock(1, 'a', 'b'),
      ...callBlock(2, '', '{"a":', '1}'),
      ...messageEnd('tool_use'),
    )

    expect(decode(stream)).toEqual([
      { type: 'start', id: 'msg_1', model: 'm' },
      { type: 'usage', usage: { inputTokens: 5, outputTokens: 1 } },
      { type: 'reasoning-start', id: 'reasoning_0', form: 'summary' },
      { type: 'reasoning-delta', id: 'reasoning_0', text: 'hm' },
      { type: 'reasoning-end', id: 'reasoning_0', state: [{ kind: 'signature', data: 'sig' }] },
      { type: 'text-start', id: 'text_1' },
      { type: 'text-delta', id: 'text_1', text: 'a' },
      { type: 'text-delta', id: 'text_1', text: 'b' },
      { type: 'text-end', id: 'text_1' },
      { type: 'tool-call-start', id: 'call_2', callId: 'toolu_2', name: 'f', kind: 'function' },
      { type: 'tool-call-delta', id: 'call_2', arguments: '{"a":' },
      { type: 'tool-call-delta', id: 'call_2', arguments: '1}' },
      { type: 'tool-call-end', id: 'call_2' },
      { type: 'usage', usage: { inputTokens: 5, outputTokens: 9 } },
      { type: 'finish', reason: 'tool-calls', raw: 'tool_use' },
    ])
  })

  it('keeps thinking that has a signature and no words, and drops what has neither', () => {
    const thinking = { type: 'thinking', thinking: '' }

    expect(
      contentOf(
        blockStart(0, thinking),
        delta(0, { type: 'signature_delta', signature: 'sig' }),
        blockStop(0),
        blockStart(1, thinking),
        blockStop(1),
        ...textBlock(2),
      ),
    ).toEqual([
      { type: 'reasoning', form: 'summary', text: '', state: [{ kind: 'signature', data: 'sig' }] },
    ])
  })

  it('gives a call its arguments from the start of the block where no deltas come', () => {
    const call = (id: string, input: unknown) => ({ type: 'tool_use', id, name: 'f', input })

    expect(
      contentOf(
        blockStart(0, call('a', { x: 1 })),
        blockStop(0),
        blockStart(1, call('b', {})),
        delta(1, { type: 'input_json_delta', partial_json: '' }),
        blockStop(1),
      ),
    ).toMatchObject([{ arguments: '{"x":1}' }, { arguments: '{}' }])
  })

  it('puts blocks that only this protocol has together', () => {
    const block = { type: 'mcp_tool_use', id: 'm', name: 'f', server_name: 's', input: {} }

    expect(
      contentOf(
        blockStart(0, block),
        delta(0, { type: 'input_json_delta', partial_json: '{"q"' }),
        delta(0, { type: 'input_json_delta', partial_json: ':1}' }),
        blockStop(0),
        blockStart(1, { type: 'compaction', content: null }),
        delta(1, { type: 'compaction_delta', content: 'short', encrypted_content: 'E' }),
        blockStop(1),
      ),
    ).toEqual([
      { type: 'provider', dialect: 'anthropic-messages', value: { ...block, input: { q: 1 } } },
      {
        type: 'provider',
        dialect: 'anthropic-messages',
        value: { type: 'compaction', content: 'short', encrypted_content: 'E' },
      },
    ])
  })

  it('adds usage up: what is null or missing says nothing', () => {
    const late = {
      type: 'message_delta',
      delta: { stop_reason: 'end_turn' },
      usage: {
        ...{ input_tokens: 10, cache_read_input_tokens: 4, cache_creation_input_tokens: null },
        ...{ output_tokens: 8, output_tokens_details: { thinking_tokens: 3 } },
        server_tool_use: { web_search_requests: 1 },
      },
    }
    const first = { ...message, usage: { ...message.usage, cache_creation_input_tokens: 2 } }
    const stream = sse({ type: 'message_start', message: first }, late, { type: 'message_stop' })

    expect(collected(decode(stream)).usage).toEqual({
      inputTokens: 16,
      outputTokens: 8,
      cachedInputTokens: 4,
      cacheWriteInputTokens: 2,
      reasoningTokens: 3,
      extra: {
        dialect: 'anthropic-messages',
        value: { server_tool_use: { web_search_requests: 1 } },
      },
    })
  })

  it.each([
    ['end_turn', {}, { reason: 'stop' }],
    ['stop_sequence', { stop_sequence: 'X' }, { reason: 'stop', stopSequence: 'X' }],
    ['max_tokens', {}, { reason: 'length' }],
    ['model_context_window_exceeded', {}, { reason: 'length' }],
    ['pause_turn', {}, { reason: 'pause' }],
    ['compaction', {}, { reason: 'pause' }],
    ['refusal', {}, { reason: 'content-filter' }],
    ['new_word', {}, { reason: 'other' }],
  ])('ends with %s', (word, more, finish) => {
    const stream = sse(messageStart, ...textBlock(0, 'a'), ...messageEnd(word, more))

    expect(decode(stream).at(-1)).toEqual({ type: 'finish', raw: word, ...finish })
  })

  it('tells why a model refused', () => {
    const details = { type: 'refusal', category: 'cyber', explanation: 'Not this.' }
    const stream = sse(messageStart, ...messageEnd('refusal', { stop_details: details }))
    const { content, finish } = collected(decode(stream))

    expect(content).toEqual([{ type: 'refusal', text: 'Not this.' }])
    expect(finish.extensions).toEqual({ 'anthropic-messages': { stop_details: details } })
  })
})

describe('a deviating stream', () => {
  it('may begin twice', () => {
    const parts = decode(
      sse(messageStart, ...textBlock(0, 'a'), messageStart, ...textBlock(0, 'b'), ...end),
    )

    expect(problemsOf(parts)).toEqual([])
    expect(collected(parts).content).toEqual([
      { type: 'text', text: 'a' },
      { type: 'text', text: 'b' },
    ])
  })

  it('may bring a whole call along with its start, once', () => {
    const call = { type: 'tool_use', id: 't', name: 'f', input: { a: 1 } }
    const first = { ...message, content: [call], stop_reason: 'tool_use' }
    const parts = decode(
      sse({ type: 'message_start', message: first }, blockStart(0, call), blockStop(0)),
    )

    expect(collected(parts)).toMatchObject({
      content: [{ type: 'tool-call', callId: 't', arguments: '{"a":1}' }],
      finish: { reason: 'tool-calls' },
    })
  })

  it('may lack names, starts, stops, message_stop and what nobody knows', () => {
    const lines = [
      messageStart,
      { type: 'strange' },
      delta(0, { type: 'text_delta', text: 'a' }),
      delta(0, { type: 'new_delta', x: 1 }),
      blockStart(1, { type: 'thinking', thinking: 'whole' }),
      ...messageEnd('end_turn').slice(0, 1),
    ].map((data) => `data:${JSON.stringify(data)}\r\n\r\n`)
    const parts = decode(`${lines.join('')}data: [DONE]\n\n`)

    expect(problemsOf(parts)).toEqual([])
    expect(collected(parts).content).toMatchObject([{ text: 'a' }, { text: 'whole' }])
  })

  it('may mix calls', () => {
    const call = (index: number) =>
      blockStart(index, { type: 'tool_use', id: `t${index}`, name: 'f', input: {} })
    const piece = (index: number, text: string) =>
      delta(index, { type: 'input_json_delta', partial_json: text })

    expect(
      contentOf(call(0), call(1), piece(1, '{}'), piece(0, '{"a":1}'), blockStop(0), blockStop(1)),
    ).toMatchObject([{ arguments: '{"a":1}' }, { arguments: '{}' }])
  })

  it.each<[string, string, string]>([
    ['cut off', sse(messageStart, ...textBlock(0, 'a')), 'cut off'],
    ['empty', '', 'held no answer'],
    ['nothing but a stop', sse({ type: 'message_stop' }), 'held no answer'],
    ['no JSON', 'data: {x\n\n', 'not valid JSON'],
  ])('that is %s gives an error', (_, stream, problem) => {
    expect(decode(stream).at(-1)).toMatchObject({
      type: 'error',
      error: { code: 'upstream_invalid_response', message: expect.stringContaining(problem) },
    })
  })

  it('says nothing behind an error or its end', () => {
    const error = { type: 'error', error: { type: 'api_error', message: 'x' } }
    const decoder = anthropicMessages.chat.streamDecoder('sse')
    decoder.push(bytes(sse(messageStart, error)))

    expect(decoder.push(bytes(sse(...textBlock(0, 'a'))))).toEqual([])
    expect(decoder.end()).toEqual([])
    expect(decode(sse(messageStart, ...end, ...textBlock(0, 'a'))).at(-1)?.type).toBe('finish')
  })
})

describe('a whole answer', () => {
  const decodeResponse = (value: unknown) => anthropicMessages.chat.decodeResponse(json(value))

  it('tells the error that it is', () => {
    expect(() =>
      decodeResponse({ type: 'error', error: { type: 'overloaded_error', message: 'x' } }),
    ).toThrow(expect.objectContaining({ code: 'upstream_overloaded' }))
  })

  it.each([[[]], ['x'], [{}], [{ ...message, content: null }]])('must be one: %j', (value) => {
    expect(() => decodeResponse(value)).toThrow(
      expect.objectContaining({ code: 'upstream_invalid_response' }),
    )
  })

  it('tells a refusal and the end’s own members apart from the answer’s', () => {
    const answer = decodeResponse({
      ...{ ...message, stop_reason: 'refusal', diagnostics: { a: 1 } },
      ...{ container: { id: 'c' }, stop_details: { type: 'refusal', explanation: 'No.' } },
    })

    expect(answer).toMatchObject({
      content: [{ type: 'refusal', text: 'No.' }],
      finish: {
        reason: 'content-filter',
        extensions: { 'anthropic-messages': { container: { id: 'c' } } },
      },
      extensions: { 'anthropic-messages': { diagnostics: { a: 1 } } },
    })
  })
})
