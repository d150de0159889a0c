import { GatewayError, type Tap } from '@jackfield/core'
import { describe, expect, it } from 'vitest'
import { openaiChat } from '../../src/index.ts'
import { bytes, chunk, pieces, sse, start, stop, textOf, violationsOf } from '../support/bytes.ts'

const event = (value: unknown) => `data: ${JSON.stringify(value)}\n\n`
const text = (value: string) => event(chunk({ content: value }))

const opening = `${event(start)}${text('a')}`
const done = 'data: [DONE]\n\n'
const secret = 'sk-0123456789abcdef0123456789'
const busy = event({ error: { message: `Too busy for ${secret}`, code: 'server_is_overloaded' } })
/** As Groq sends it, except that there the end of the stream follows. */
const misused = `event: error\n${event({
  error: { message: 'bad call', type: 'invalid_request_error', status_code: 400 },
})}`

/** What clients get of a stream that is cut at these places, and the tap; nothing is pushed behind an ending. */
function watch(stream: string, cuts: readonly number[] = []): { readonly out: string; tap: Tap } {
  const tap = openaiChat.tap('sse')
  const out = pieces(bytes(stream), cuts).map((piece) => textOf(tap.push(piece)))
  return { out: [...out, textOf(tap.end())].join(''), tap }
}

const everyCut = (stream: string) => Array.from({ length: stream.length - 1 }, (_, at) => [at + 1])

describe('the end of a forwarded stream', () => {
  it('is its [DONE]: what follows is not for the client, wherever it is cut', () => {
    const stream = `${opening}${event(stop)}${done}`
    const noisy = `${stream}}{ garbage\n\ndata: {"broken\n\n`

    for (const cuts of [[], ...everyCut(noisy)]) {
      const { out, tap } = watch(noisy, cuts)
      expect(out).toBe(stream)
      expect(tap.ending).toBe('end')
      expect(tap.report()).toMatchObject({ complete: true, finish: { reason: 'stop' } })
    }
  })

  it('is not there before it has come', () => {
    const tap = openaiChat.tap('sse')
    tap.push(bytes(`${opening}${event(stop)}`))
    expect(tap.ending).toBeUndefined()

    tap.push(bytes(done))

    expect(tap.ending).toBe('end')
  })

  it.each(['\r\n', '\r'])('is found whatever ends the lines (%j)', (lineEnd) => {
    const { out, tap } = watch(
      `${opening}${event(stop)}${done}garbage\n\n`.replaceAll('\n', lineEnd),
    )

    expect(out).toBe(`${opening}${event(stop)}${done}`.replaceAll('\n', lineEnd))
    expect(tap.ending).toBe('end')
  })

  it('is not taken from the text of an answer', () => {
    const stream = sse(
      start,
      chunk({ content: 'data: [DONE]\n\n{"error":{"message":"x"}} "error"' }),
    )

    expect(watch(stream).out).toBe(stream)
    expect(watch(stream.replaceAll('[DONE]"', '"error"')).tap.ending).toBe('end')
  })
})

describe('an error inside a forwarded stream', () => {
  it('is kept from the client, so that the gateway tells it without secrets, wherever it is cut', () => {
    const stream = `${opening}${busy}${done}`

    for (const cuts of [[], ...everyCut(stream)]) {
      const { out, tap } = watch(stream, cuts)
      expect(out).toBe(opening)
      expect(tap.ending).toMatchObject({ error: { code: 'upstream_overloaded' }, told: false })
      expect(tap.report()).toMatchObject({
        complete: false,
        error: { code: 'upstream_overloaded', message: expect.not.stringContaining(secret) },
      })
    }
  })

  it('that the caller caused is told as the provider said it, without [DONE] behind it', () => {
    const { out, tap } = watch(`${opening}${misused}${done}`)

    expect(out).toBe(`${opening}${misused}`)
    expect(tap.ending).toMatchObject({ error: { code: 'invalid_request' }, told: true })
  })

  it('may stand beside an answer, as OpenRouter sends it', () => {
    const beside = { ...stop, error: { code: 502, message: 'gone' } }

    expect(watch(`${opening}${event(beside)}${done}`).tap.ending).toMatchObject({
      error: { code: 'upstream_error' },
    })
  })

  it('is none when it is null, or a word of the answer', () => {
    const stream = sse({ ...start, error: null }, chunk({ content: 'error' }), stop)

    expect(watch(stream).out).toBe(stream)
  })
})

describe('a broken event inside a forwarded stream', () => {
  const broken = 'data: {"id":"chatcmpl-1","choices":[{"delta":{"cont\n\n'

  it('ends it before the event, wherever it is cut', () => {
    const stream = `${opening}${broken}${text('b')}${event(stop)}${done}`

    for (const cuts of [[], ...everyCut(stream)]) {
      const { out, tap } = watch(stream, cuts)
      expect(out).toBe(opening)
      expect(tap.ending).toMatchObject({
        error: { code: 'upstream_invalid_response' },
        told: false,
      })
      expect(tap.report()).toMatchObject({ complete: false })
    }
  })

  it('does not take the error along that is told behind it, when it is the last', () => {
    const tap = openaiChat.tap('sse')
    const half = text('b').slice(0, -20)
    const out = [
      tap.push(bytes(`${opening}${half}`)),
      tap.end(),
      tap.interrupt(new GatewayError('stream_interrupted', 'Gone.')),
    ]

    expect(violationsOf(Buffer.concat(out))).toEqual([])
    expect(textOf(Buffer.concat(out))).toContain('stream_interrupted')
  })

  it('is told apart from comments, empty data and data that is no object', () => {
    const stream = `${opening}: note {\n\ndata:\n\ndata: ping\n\nevent: x\ndata: 1\n\n${event(stop)}${done}`

    expect(watch(stream).out).toBe(stream)
  })
})

describe('an event of a forwarded stream that does not end', () => {
  it('passes in pieces up to 8 MiB and then breaks the stream', () => {
    const tap = openaiChat.tap('sse')
    const piece = bytes('x'.repeat(1 << 16))
    tap.push(bytes(`${opening}data: {"choices":[{"delta":{"content":"`))
    let passed = 0
    for (let sent = 0; sent < 16 << 20 && tap.ending === undefined; sent += piece.length) {
      passed += tap.push(piece).length
    }

    expect(tap.ending).toMatchObject({ error: { code: 'upstream_invalid_response' }, told: false })
    expect(passed).toBeGreaterThan(7 << 20)
    expect(passed).toBeLessThanOrEqual(8 << 20)
    expect(textOf(tap.interrupt(new GatewayError('stream_interrupted', 'Gone.')))).toMatch(/^\n\n/)
  })

  it('counts each event for itself', () => {
    const tap = openaiChat.tap('sse')
    tap.push(bytes(opening))
    const large = bytes(text('x'.repeat(3 << 20)))

    for (let count = 0; count < 4; count += 1) tap.push(large)

    expect(tap.ending).toBeUndefined()
  })
})
