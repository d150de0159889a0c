import type { StreamPart } from '@jackfield/core'
import { describe, expect, it } from 'vitest'
import { openaiChat } from '../../src/index.ts'
import { bytes, chunk, decode, sse, start, stop } from '../support/bytes.ts'

const types = (parts: readonly StreamPart[]) => parts.map(({ type }) => type)

const last = (parts: readonly StreamPart[]) => parts.at(-1)

const errorOf = (parts: readonly StreamPart[]) => {
  const part = parts.at(-1)
  return part?.type === 'error' ? part.error : undefined
}

describe('a broken stream', () => {
  it.each([
    ['after text', [start, chunk({ content: 'a' })]],
    ['after the role', [start]],
    ['before anything', []],
  ])('that was cut %s gives an error, not an end', (_, chunks) => {
    const stream = chunks.map((one) => `data: ${JSON.stringify(one)}\n\n`).join('')

    expect(errorOf(decode(stream))).toMatchObject({
      code: 'upstream_invalid_response',
      message: expect.stringContaining('cut off'),
    })
  })

  it('that was cut inside an event gives an error as well', () => {
    const stream = sse(start, chunk({ content: 'a' })).slice(0, -40)

    expect(types(decode(stream)).at(-1)).toBe('error')
  })

  it('that holds nothing but its end gives an error', () => {
    expect(errorOf(decode('data: [DONE]\n\n'))).toMatchObject({ code: 'upstream_invalid_response' })
  })

  it('whose event is no JSON gives an error that does not repeat it', () => {
    const parts = decode(`${sse(start).slice(0, -14)}data: {"secret words\n\n`)

    expect(errorOf(parts)?.code).toBe('upstream_invalid_response')
    expect(errorOf(parts)?.message).not.toContain('secret')
  })

  it('says nothing behind its error', () => {
    const decoder = openaiChat.chat.streamDecoder('sse')
    decoder.push(bytes('data: {"error":"broken"}\n\n'))

    expect(decoder.push(bytes(sse(start, stop)))).toEqual([])
    expect(decoder.end()).toEqual([])
  })

  it.each([
    [{ error: { message: 'slow down', code: 'rate_limit_exceeded' } }, 'upstream_rate_limited'],
    [
      { error: { message: 'tool_use_failed', type: 'invalid_request_error', status_code: 400 } },
      'invalid_request',
    ],
    [{ error: 'boom' }, 'upstream_error'],
    [{ error: { code: 429, message: 'busy' } }, 'upstream_rate_limited'],
    [{ object: 'error', message: 'bad', code: 503 }, 'upstream_overloaded'],
    [{ detail: 'nope' }, 'upstream_error'],
    [{ base_resp: { status_code: 1002, status_msg: 'rate' } }, 'upstream_error'],
    [
      {
        ...start,
        choices: [{ index: 0, delta: {}, finish_reason: 'error', error: { code: 'rate_limit' } }],
      },
      'upstream_rate_limited',
    ],
  ])('tells its error in %j', (event, code) => {
    expect(errorOf(decode(sse(start, event)))).toMatchObject({ code })
  })

  it('may name the event, as Groq does', () => {
    const stream = `data: ${JSON.stringify(start)}\n\nevent: error\ndata: {"error":{"message":"x","code":"tool_use_failed","status_code":400}}\n\n`

    expect(errorOf(decode(stream))).toMatchObject({ code: 'invalid_request' })
  })

  it('tells the usage of what it did before it broke', () => {
    const broken = {
      ...stop,
      usage: { prompt_tokens: 1, completion_tokens: 2 },
      error: { code: 400, message: 'x' },
    }

    expect(decode(sse(start, broken)).slice(-2)).toMatchObject([
      { type: 'usage', usage: { inputTokens: 1, outputTokens: 2 } },
      { type: 'error' },
    ])
  })

  it('is not broken by errors that are null or a base_resp that says all is well', () => {
    const fine = { ...start, error: null, base_resp: { status_code: 0, status_msg: '' } }

    expect(last(decode(sse(fine, stop)))).toMatchObject({ type: 'finish' })
  })
})
