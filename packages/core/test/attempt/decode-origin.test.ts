import { describe, expect, it } from 'vitest'
import { decodeOrigin } from '../../src/attempt/decode-origin.ts'
import { PartsFlow } from '../../src/attempt/parts-flow.ts'
import type { BodyReceiver, BodySource } from '../../src/body.ts'
import type { StreamPart } from '../../src/chat/stream-part.ts'
import type { StreamDecoder } from '../../src/dialect.ts'
import { GatewayError } from '../../src/errors/gateway-error.ts'

const text: StreamPart = { type: 'text-delta', id: '0', text: 'a' }
const finish: StreamPart = { type: 'finish', reason: 'stop' }
const truncated = new GatewayError('upstream_invalid_response', 'no end')
const cut = new GatewayError('upstream_unreachable', 'cut')

/** What a receiver sees of a stream that is cut after one read, by a decoder that says this when it hears of the end. */
function seenOf(end: StreamDecoder['end']): readonly string[] {
  const seen: string[] = []
  let receiver: BodyReceiver | undefined
  const body: BodySource = {
    start: (starting) => {
      receiver = starting
    },
    pause: () => {},
    resume: () => {},
    cancel: () => {},
  }
  new PartsFlow(decodeOrigin(body, { push: () => [text], end })).start({
    item: (parts) => seen.push(...parts.map(({ type }) => type)),
    end: () => seen.push('[ended]'),
    fail: ({ code }) => seen.push(`[failed: ${code}]`),
  })
  receiver?.data(Buffer.from('x'))
  receiver?.fail(cut)
  return seen
}

describe('a stream whose connection breaks', () => {
  it('is whole where its decoder misses nothing', () => {
    expect(seenOf(() => [finish])).toEqual(['text-delta', 'finish', '[ended]'])
  })

  it.each<[string, StreamDecoder['end']]>([
    ['misses the end', () => [text, { type: 'error', error: truncated }]],
    ['has nothing to say', () => []],
    [
      'throws',
      () => {
        throw truncated
      },
    ],
  ])('fails with what the connection said where its decoder %s', (_, end) => {
    expect(seenOf(end)).toEqual(['text-delta', '[failed: upstream_unreachable]'])
  })
})
