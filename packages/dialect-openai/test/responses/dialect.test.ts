import { GatewayError } from '@jackfield/core'
import { describe, expect, it } from 'vitest'
import { createOpenAIResponses, openaiResponses } from '../../src/index.ts'
import { bytes, json, textOf } from '../support/bytes.ts'

describe('the dialect', () => {
  it('has a name by which calls are forwarded, variants included', () => {
    expect(openaiResponses.name).toBe('openai-responses')
    expect(createOpenAIResponses({ developerRole: 'system' }).name).toBe('openai-responses')
  })

  it('says what it serves', () => {
    expect([...openaiResponses.operations]).toEqual(['chat', 'count-tokens', 'resource', 'opaque'])
  })

  it('keeps clients waiting with what they skip', () => {
    expect(textOf(openaiResponses.keepAlive('sse'))).toBe(': keep-alive\n\n')
    expect(textOf(openaiResponses.keepAlive('json'))).toBe(' ')
  })

  it('tells errors as OpenAI does', () => {
    const error = new GatewayError('rate_limited', 'Slow down.', { retryAfterMs: 1500 })
    const { status, headers, body } = openaiResponses.encodeError(error)

    expect(status).toBe(429)
    expect(headers['retry-after']).toBe('2')
    expect(JSON.parse(textOf(body)).error).toMatchObject({
      type: 'rate_limit_error',
      message: 'Slow down.',
    })
  })

  it('knows a provider’s own codes', () => {
    const own = createOpenAIResponses({ errorCodes: { E42: 'upstream_overloaded' } })
    const body = json({ error: { code: 'E42', message: 'x' } })

    expect(own.decodeError({ status: 400, headers: {}, body }).code).toBe('upstream_overloaded')
    expect(openaiResponses.decodeError({ status: 400, headers: {}, body }).code).toBe(
      'invalid_request',
    )
  })

  it.each([
    ['previous_response_not_found', 400, 'invalid_request'],
    ['invalid_image_url', 400, 'invalid_request'],
    ['bio_policy', 400, 'content_filtered'],
    ['context_length_exceeded', 400, 'context_length_exceeded'],
  ])('classes %s', (code, status, expected) => {
    const body = json({ error: { code, message: 'x', type: 'invalid_request_error' } })

    expect(openaiResponses.decodeError({ status, headers: {}, body }).code).toBe(expected)
  })
})

describe('a refusal of reasoning state', () => {
  it.each([
    'The encrypted content gAAA could not be verified. Reason: it could not be decrypted.',
    "Item 'rs_1' of type 'reasoning' was provided without its required following item.",
  ])('lets the host try without any: %s', (message) => {
    const body = json({
      error: { message, type: 'invalid_request_error', param: null, code: null },
    })

    expect(openaiResponses.decodeError({ status: 400, headers: {}, body })).toMatchObject({
      code: 'invalid_request',
      recover: 'without-state',
    })
  })
})

describe('a whole answer that is none', () => {
  it.each([
    [bytes('<html>'), 'upstream_invalid_response'],
    [json([]), 'upstream_invalid_response'],
    [json({ id: 'x' }), 'upstream_invalid_response'],
    [json({ error: { message: 'x', code: 'insufficient_quota' } }), 'upstream_quota_exhausted'],
    [
      json({ status: 'failed', error: { code: 'server_error', message: 'x' }, output: [] }),
      'upstream_error',
    ],
    [json({ status: 'failed', error: null, output: [] }), 'upstream_error'],
  ])('is an error', (body, code) => {
    expect(() => openaiResponses.chat.decodeResponse(body)).toThrow(
      expect.objectContaining({ code }),
    )
  })

  it('may be wrapped in its last event', () => {
    const event = {
      type: 'response.completed',
      response: { id: 'resp_1', status: 'complete', output: [] },
    }

    expect(openaiResponses.chat.decodeResponse(json(event))).toMatchObject({
      id: 'resp_1',
      finish: { reason: 'stop' },
    })
  })
})
