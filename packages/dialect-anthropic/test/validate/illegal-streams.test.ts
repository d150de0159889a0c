import { describe, expect, it } from 'vitest'
import {
  blockStart,
  blockStop,
  callBlock,
  delta,
  message,
  messageEnd,
  messageStart,
  type Payload,
  sse,
  textBlock,
  violationsOf,
} from '../support/bytes.ts'

const ping: Payload = { type: 'ping' }
const error: Payload = { type: 'error', error: { type: 'api_error', message: 'x' } }
const started = (members: Record<string, unknown>): Payload => ({
  type: 'message_start',
  message: { ...message, ...members },
})
const end = messageEnd('end_turn')
const withBlock = (...events: readonly Payload[]) => sse(messageStart, ...events, ...end)
const ended = (reason: unknown, more: Record<string, unknown> = {}): string =>
  sse(messageStart, ...messageEnd(reason as string, more))

describe('illegal streams', () => {
  it.each<[string, string | Uint8Array, string]>([
    ['an event without a name', 'data: {"type":"ping"}\n\n', 'an event has no name'],
    ['a name that is not the type', 'event: x\ndata: {"type":"ping"}\n\n', 'the name of an event'],
    ['data that is no JSON', 'event: ping\ndata: {\n\n', 'the data is not a JSON object'],
    ['another line', 'id: 1\n\n', 'a line is neither'],
    ['half an event', 'event: ping\n', 'the stream ends inside an event'],
    ['bytes that are no text', Uint8Array.of(0xff, 0x0a), 'not UTF-8'],
    ['an unknown event', sse(messageStart, { type: 'strange' }), 'no event has this `type`'],
    ['no message_start', sse(...textBlock(0, 'a'), ...end), 'a block comes before `message_start`'],
    ['an end without a start', sse(...end), '`message_delta` comes before `message_start`'],
    ['two message_start', sse(messageStart, messageStart, ...end), '`message_start` comes twice'],
    [
      'message_start without a message',
      sse({ type: 'message_start' }, ...end),
      '`message` is not an object',
    ],
    ['no id', sse(started({ id: '' }), ...end), '`id` is no text'],
    ['no model', sse(started({ model: null }), ...end), '`model` is no text'],
    ['the wrong role', sse(started({ role: 'user' }), ...end), '`role` is not "assistant"'],
    ['the wrong type', sse(started({ type: 'x' }), ...end), '`type` is not "message"'],
    ['no content', sse(started({ content: null }), ...end), '`content` is not a list'],
    [
      'content at the start',
      sse(started({ content: [{}] }), ...end),
      '`message_start` holds blocks',
    ],
    [
      'a reason at the start',
      sse(started({ stop_reason: 'end_turn' }), ...end),
      'has a `stop_reason`',
    ],
    ['no usage', sse(started({ usage: null }), ...end), '`usage` is not an object'],
    [
      'half a usage',
      sse(started({ usage: { input_tokens: 1 } }), ...end),
      '`usage.output_tokens` is no count',
    ],
    [
      'a wrong cache counter',
      sse(started({ usage: { ...message.usage, cache_read_input_tokens: -1 } }), ...end),
      '`usage.cache_read_input_tokens` is no count',
    ],
    [
      'an index that does not follow',
      withBlock(...textBlock(1, 'a')),
      'the index of a block is not 0',
    ],
    [
      'two open blocks',
      withBlock(blockStart(0, { type: 'text', text: '' }), ...textBlock(0, 'a')),
      'two blocks are open',
    ],
    [
      'a delta without a block',
      withBlock(delta(0, { type: 'text_delta', text: 'a' })),
      'no block is open',
    ],
    ['a stop without a block', withBlock(blockStop(0)), 'no block is open'],
    [
      'a block that is none',
      withBlock(blockStart(0, null as never), blockStop(0)),
      'a block is not an object',
    ],
    [
      'a block without a type',
      withBlock(blockStart(0, {} as never), blockStop(0)),
      'a block has no `type`',
    ],
    [
      'an unknown block',
      withBlock(blockStart(0, { type: 'strange' }), blockStop(0)),
      'no block has the type `strange`',
    ],
    [
      'a text that begins filled',
      withBlock(
        blockStart(0, { type: 'text', text: 'a' }),
        delta(0, { type: 'text_delta', text: 'b' }),
        blockStop(0),
      ),
      'a text block begins filled',
    ],
    [
      'a text that is none',
      withBlock(blockStart(0, { type: 'text', text: null }), blockStop(0)),
      'the `text` of a block is no text',
    ],
    ['an empty text', withBlock(...textBlock(0)), 'a text block is empty'],
    [
      'citations that are none',
      withBlock(
        blockStart(0, { type: 'text', text: '', citations: {} }),
        delta(0, { type: 'text_delta', text: 'a' }),
        blockStop(0),
      ),
      '`citations` is neither',
    ],
    [
      'a citation without a type',
      withBlock(
        blockStart(0, { type: 'text', text: '' }),
        delta(0, { type: 'citations_delta', citation: {} }),
        delta(0, { type: 'text_delta', text: 'a' }),
        blockStop(0),
      ),
      'a citation has no `type`',
    ],
    [
      'a delta without a type',
      withBlock(blockStart(0, { type: 'text', text: '' }), delta(0, {} as never), blockStop(0)),
      'a delta has no `type`',
    ],
    [
      'a delta of another block',
      withBlock(
        blockStart(0, { type: 'text', text: '' }),
        delta(0, { type: 'thinking_delta', thinking: 'a' }),
        blockStop(0),
      ),
      'does not belong into a block of the type `text`',
    ],
    [
      'a delta of a whole block',
      withBlock(
        blockStart(0, { type: 'redacted_thinking', data: 'x' }),
        delta(0, { type: 'text_delta', text: 'a' }),
        blockStop(0),
      ),
      'does not belong',
    ],
    [
      'a delta without its text',
      withBlock(
        blockStart(0, { type: 'text', text: '' }),
        delta(0, { type: 'text_delta' }),
        blockStop(0),
      ),
      'the `text` of a delta is no text',
    ],
    [
      'thinking that begins filled',
      withBlock(
        blockStart(0, { type: 'thinking', thinking: 'a' }),
        delta(0, { type: 'signature_delta', signature: 's' }),
        blockStop(0),
      ),
      'a thinking block begins filled',
    ],
    [
      'thinking that begins signed',
      withBlock(
        blockStart(0, { type: 'thinking', thinking: '', signature: 's' }),
        delta(0, { type: 'signature_delta', signature: 's' }),
        blockStop(0),
      ),
      'begins with its signature',
    ],
    [
      'thinking that is none',
      withBlock(blockStart(0, { type: 'thinking', thinking: 1, signature: 1 }), blockStop(0)),
      'a `signature` is no text',
    ],
    [
      'thinking without a signature',
      withBlock(
        blockStart(0, { type: 'thinking', thinking: '' }),
        delta(0, { type: 'thinking_delta', thinking: 'a' }),
        blockStop(0),
      ),
      'a thinking block has no signature',
    ],
    [
      'something behind a signature',
      withBlock(
        blockStart(0, { type: 'thinking', thinking: '' }),
        delta(0, { type: 'signature_delta', signature: 's' }),
        delta(0, { type: 'thinking_delta', thinking: 'a' }),
        blockStop(0),
      ),
      'something follows the signature',
    ],
    [
      'redacted thinking without data',
      withBlock(blockStart(0, { type: 'redacted_thinking' }), blockStop(0)),
      'has no `data`',
    ],
    [
      'a result without its call',
      withBlock(blockStart(0, { type: 'web_search_tool_result', content: [] }), blockStop(0)),
      'no `tool_use_id`',
    ],
    [
      'a result without content',
      withBlock(blockStart(0, { type: 'web_search_tool_result', tool_use_id: 'a' }), blockStop(0)),
      'no `content`',
    ],
    [
      'a call with an illegal id',
      sse(
        messageStart,
        blockStart(0, { type: 'tool_use', id: 'a.b', name: 'f', input: {} }),
        blockStop(0),
        ...messageEnd('tool_use'),
      ),
      'the `id` of a call is not legal',
    ],
    [
      'a call without a name',
      sse(
        messageStart,
        blockStart(0, { type: 'tool_use', id: 'a', input: {} }),
        blockStop(0),
        ...messageEnd('tool_use'),
      ),
      'a call has no `name`',
    ],
    [
      'a call without input',
      sse(
        messageStart,
        blockStart(0, { type: 'tool_use', id: 'a', name: 'f' }),
        blockStop(0),
        ...messageEnd('tool_use'),
      ),
      'the `input` of a call',
    ],
    [
      'arguments that are no JSON',
      sse(messageStart, ...callBlock(0, '{"a"'), ...messageEnd('tool_use')),
      'the arguments of a call are not a JSON object',
    ],
    [
      'arguments twice',
      sse(
        messageStart,
        blockStart(0, { type: 'tool_use', id: 'a', name: 'f', input: { a: 1 } }),
        delta(0, { type: 'input_json_delta', partial_json: '{}' }),
        blockStop(0),
        ...messageEnd('tool_use'),
      ),
      'both at the start',
    ],
    [
      'an end inside a block',
      sse(messageStart, blockStart(0, { type: 'text', text: '' }), ...end),
      '`message_delta` comes inside a block',
    ],
    ['two ends', sse(messageStart, ...end.slice(0, 1), ...end), '`message_delta` comes twice'],
    [
      'a block behind the end',
      sse(messageStart, ...end.slice(0, 1), ...textBlock(0, 'a'), ...end.slice(1)),
      'a block comes behind `message_delta`',
    ],
    [
      'an end without a delta',
      sse(messageStart, { type: 'message_delta', usage: { output_tokens: 1 } }, ...end.slice(1)),
      '`delta` is not an object',
    ],
    [
      'an end without usage',
      sse(
        messageStart,
        { type: 'message_delta', delta: { stop_reason: 'end_turn', stop_sequence: null } },
        ...end.slice(1),
      ),
      '`usage` is not an object',
    ],
    ['an unknown reason', ended('strange'), '`stop_reason` is no known word'],
    ['no reason', ended(null), '`stop_reason` is no known word'],
    [
      'a call, and end_turn',
      sse(messageStart, ...callBlock(0, '{}'), ...end),
      'yet it says `end_turn`',
    ],
    ['no call, and tool_use', ended('tool_use'), 'yet no tool is called'],
    [
      'a sequence without its reason',
      ended('end_turn', { stop_sequence: 'X' }),
      'does not fit the reason',
    ],
    ['a reason without its sequence', ended('stop_sequence'), 'does not fit the reason'],
    ['a sequence that is none', ended('end_turn', { stop_sequence: 1 }), 'neither a text nor null'],
    ['details that are none', ended('refusal', { stop_details: 'x' }), '`stop_details` is neither'],
    [
      'a stop without an end',
      sse(messageStart, ...end.slice(1)),
      '`message_stop` comes before `message_delta`',
    ],
    [
      'something behind the stop',
      sse(messageStart, ...end, ping),
      'something follows `message_stop`',
    ],
    ['something behind an error', sse(error, ping), 'something follows an error'],
    ['an error that is none', sse({ type: 'error' }), '`error` is not an object'],
    [
      'an error of no known type',
      sse({ type: 'error', error: { type: 'x', message: 'm' } }),
      '`error.type` is no known type',
    ],
    [
      'an error without words',
      sse({ type: 'error', error: { type: 'api_error' } }),
      '`error.message` is no text',
    ],
    ['no stop', sse(messageStart, ...end.slice(0, 1)), 'the stream ends without `message_stop`'],
  ])('%s', (_, stream, problem) => {
    expect(violationsOf(stream).join('\n')).toContain(problem)
  })

  it('are numbered by their events', () => {
    expect(violationsOf(sse(messageStart, ...end, ping))).toEqual([
      'event 4: something follows `message_stop`',
    ])
  })
})
