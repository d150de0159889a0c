import { describe, expect, it } from 'vitest'
import { anthropicMessages } from '../../src/index.ts'
import {
  blockStart,
  blockStop,
  bytes,
  callBlock,
  delta,
  message,
  messageEnd,
  messageStart,
  type Payload,
  sse,
  textBlock,
  thinkingBlock,
  violationsOf,
} from '../support/bytes.ts'

const ping: Payload = { type: 'ping' }
const error: Payload = { type: 'error', error: { type: 'api_error', message: 'x' } }
const _started = (members: Record<string, unknown>): Payload => ({
  type: 'message_start',
  message: { ...message, ...members },
})
const end = messageEnd('end_turn')
const withBlock = (...events: readonly Payload[]) => sse(messageStart, ...events, ...end)
const ended = (reason: unknown, more: Record<string, unknown> = {}): string =>
  sse(messageStart, ...messageEnd(reason as string, more))

describe('legal streams', () => {
  it.each([
    ['text', withBlock(...textBlock(0, 'a', 'b'))],
    ['nothing', withBlock()],
    ['pings everywhere', sse(ping, messageStart, ping, ...textBlock(0, 'a'), ping, ...end)],
    [
      'thinking, text, call',
      sse(
        messageStart,
        ...thinkingBlock(0, 'hm', 'c2ln'),
        ...textBlock(1, 'a'),
        ...callBlock(2, '', '{"a":', '1}'),
        ...messageEnd('tool_use'),
      ),
    ],
    [
      'thinking with its signature only',
      withBlock(
        blockStart(0, { type: 'thinking', thinking: '' }),
        delta(0, { type: 'signature_delta', signature: 'c2ln' }),
        blockStop(0),
      ),
    ],
    [
      'blocks that come whole',
      withBlock(
        blockStart(0, { type: 'redacted_thinking', data: 'cmVk' }),
        blockStop(0),
        blockStart(1, {
          type: 'server_tool_use',
          id: 'srvtoolu_1',
          name: 'web_search',
          input: { q: 1 },
        }),
        blockStop(1),
        blockStart(2, { type: 'web_search_tool_result', tool_use_id: 'srvtoolu_1', content: [] }),
        blockStop(2),
      ),
    ],
    [
      'a citation before its text',
      withBlock(
        blockStart(0, { type: 'text', text: '', citations: [] }),
        delta(0, { type: 'citations_delta', citation: { type: 'page_location' } }),
        delta(0, { type: 'text_delta', text: 'a' }),
        blockStop(0),
      ),
    ],
    [
      'a call cut at the limit',
      sse(messageStart, ...callBlock(0, '{}'), ...messageEnd('max_tokens')),
    ],
    ['a stop sequence', ended('stop_sequence', { stop_sequence: 'X' })],
    ['a refusal', ended('refusal', { stop_details: { type: 'refusal', category: null } })],
    ['an error at once', sse(error)],
    [
      'an error inside a block',
      sse(messageStart, blockStart(0, { type: 'text', text: '' }), error),
    ],
  ])('%s', (_, stream) => {
    expect(violationsOf(stream)).toEqual([])
  })
})

describe('the validator', () => {
  it('finds the same however a stream is cut', () => {
    const stream = Buffer.from(withBlock(...textBlock(0, 'ä'), ...textBlock(0)))
    const whole = violationsOf(stream)
    for (let at = 1; at < stream.length; at += 1) {
      const validator = anthropicMessages.streamValidator('sse')
      validator.push(stream.subarray(0, at))
      validator.push(stream.subarray(at))
      validator.end()

      expect(validator.violations).toEqual(whole)
    }
  })

  it('reads other framings as one document', () => {
    const validator = anthropicMessages.streamValidator('json')
    validator.push(bytes('{"input_'))
    validator.push(bytes('tokens":1}'))
    validator.end()

    expect(validator.violations).toEqual([])
  })
})
