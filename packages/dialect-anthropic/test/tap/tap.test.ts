import { GatewayError, type OpaqueState } from '@jackfield/core'
import { describe, expect, it } from 'vitest'
import { anthropicMessages } from '../../src/index.ts'
import {
  blockStart,
  blockStop,
  bytes,
  callBlock,
  delta,
  json,
  message,
  messageEnd,
  messageStart,
  sse,
  textBlock,
  textOf,
  thinkingBlock,
  violationsOf,
} from '../support/bytes.ts'

const usage = { inputTokens: 5, outputTokens: 9 }

function watch(stream: string, onState?: (state: OpaqueState) => void) {
  const tap = anthropicMessages.tap('sse', onState === undefined ? {} : { onState })
  const frames = stream.split(/(?<=\n\n)/)
  const out = frames.map((frame) => textOf(tap.push(bytes(frame)))).join('') + textOf(tap.end())
  return { tap, out, report: tap.report() }
}

describe('a forwarded stream', () => {
  it('is told about without a change', () => {
    const stream = sse(
      messageStart,
      ...textBlock(0, 'hello', 'world'),
      ...callBlock(1, '{}'),
      ...messageEnd('tool_use'),
    )
    const { out, report, tap } = watch(stream)

    expect(out).toBe(stream)
    expect(report).toEqual({
      complete: true,
      usage,
      finish: { reason: 'tool-calls', raw: 'tool_use' },
      responseId: 'msg_1',
      model: 'm',
    })
    expect(tap.ending).toBe('end')
  })

  it('means something from the first thing to be seen on', () => {
    const tap = anthropicMessages.tap('sse')
    tap.push(bytes(sse(messageStart, { type: 'ping' }, blockStart(0, { type: 'text', text: '' }))))

    expect(tap.meaningful).toBe(false)
    tap.push(bytes(sse(delta(0, { type: 'text_delta', text: 'a' }))))
    expect(tap.meaningful).toBe(true)
  })

  it('is not complete where it was cut, and is estimated', () => {
    const { report } = watch(sse(messageStart, ...textBlock(0, 'hello there', 'you')))

    expect(report).toMatchObject({ complete: false, usage: { inputTokens: 5, outputTokens: 1 } })
    expect(report.finish).toBeUndefined()
  })

  it('tells the state that passes, each piece once', () => {
    const heard: OpaqueState[] = []
    const stream = sse(
      messageStart,
      ...thinkingBlock(0, 'hm', 'sig'),
      ...textBlock(1, 'a'),
      blockStart(2, { type: 'redacted_thinking', data: 'red' }),
      blockStop(2),
      ...messageEnd('end_turn'),
    )
    watch(stream, (state) => heard.push(state))

    expect(heard).toEqual([
      { kind: 'signature', data: 'sig' },
      { kind: 'redacted-thinking', data: 'red' },
    ])
  })

  it('ends at an error of the provider, whose words are kept from the client', () => {
    const error = { type: 'error', error: { type: 'overloaded_error', message: 'secret' } }
    const { out, report, tap } = watch(sse(messageStart, ...textBlock(0, 'a'), error))

    expect(out).not.toContain('secret')
    expect(report).toMatchObject({ complete: false, error: { code: 'upstream_overloaded' } })
    expect(tap.ending).toMatchObject({ told: false })
  })

  it('keeps an error that the caller caused as it was told', () => {
    const error = {
      type: 'error',
      error: { type: 'invalid_request_error', message: 'prompt is too long' },
    }
    const stream = sse(messageStart, ...textBlock(0, 'a'), error)
    const { out, report } = watch(stream)

    expect(out).toBe(stream)
    expect(report).toMatchObject({ error: { code: 'context_length_exceeded' } })
  })

  it('knows an error that comes first', () => {
    const { report } = watch(sse({ type: 'error', error: { type: 'api_error', message: 'x' } }))

    expect(report).toMatchObject({ complete: false, error: { code: 'upstream_error' } })
  })

  it('is ended honestly, on a frame’s boundary', () => {
    const tap = anthropicMessages.tap('sse')
    const start = sse(
      messageStart,
      blockStart(0, { type: 'text', text: '' }),
      delta(0, { type: 'text_delta', text: 'a' }),
    )
    const out = [tap.push(bytes(start)), tap.push(bytes('event: content_bl'))].map(textOf).join('')
    const end = textOf(tap.interrupt(new GatewayError('stream_interrupted', 'Broke.')))

    expect(violationsOf(out + end)).toEqual([])
    expect(end).toContain('"type":"api_error","message":"Broke."')
  })
})

describe('a forwarded answer', () => {
  const tapped = (value: unknown, onState?: (state: OpaqueState) => void) => {
    const tap = anthropicMessages.tap('json', onState === undefined ? {} : { onState })
    tap.push(value instanceof Uint8Array ? value : json(value))
    tap.end()
    return tap.report()
  }
  const content = [
    { type: 'thinking', thinking: 'x', signature: 'sig' },
    { type: 'redacted_thinking', data: 'red' },
    { type: 'tool_use', id: 't', name: 'f', input: { data: 'x' } },
  ]
  const whole = { ...message, content, stop_reason: 'tool_use' }

  it('is told about', () => {
    expect(tapped(whole)).toEqual({
      complete: true,
      responseId: 'msg_1',
      model: 'm',
      usage: { inputTokens: 5, outputTokens: 1 },
      finish: { reason: 'tool-calls', raw: 'tool_use' },
    })
    expect(tapped({ ...whole, usage: null }).estimate?.outputTokens).toBeGreaterThan(10)
  })

  it('tells its state', () => {
    const heard: OpaqueState[] = []
    tapped(whole, (state) => heard.push(state))

    expect(heard).toEqual([
      { kind: 'signature', data: 'sig' },
      { kind: 'redacted-thinking', data: 'red' },
    ])
  })

  it('may be a count, an error, or nothing that can be read', () => {
    expect(tapped({ input_tokens: 3 })).toEqual({ complete: true })
    expect(tapped({ type: 'error', error: { type: 'api_error', message: 'x' } })).toMatchObject({
      complete: false,
      error: { code: 'upstream_error' },
    })
    expect(tapped({ x: 1 }).complete).toBe(false)
    expect(tapped(bytes('{'))).toMatchObject({ error: { code: 'upstream_invalid_response' } })
  })
})
