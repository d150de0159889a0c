import { type ErrorCode, errorPolicies, GatewayError, type Headers } from '@jackfield/core'
import { describe, expect, it } from 'vitest'
import { anthropicMessages, createAnthropicMessages } from '../../src/index.ts'
import { bytes, decode, json, sse, textOf } from '../support/bytes.ts'

const failure = (type: string, message = 'x', details?: unknown) =>
  json({ type: 'error', error: { type, message, ...(details === undefined ? {} : { details }) } })

const decoded = (status: number, body: Uint8Array, headers: Headers = {}) =>
  anthropicMessages.decodeError({ status, headers, body })

describe('an error of a provider', () => {
  it.each<[number, string, string, ErrorCode]>([
    [400, 'invalid_request_error', 'messages: wrong', 'invalid_request'],
    [
      400,
      'invalid_request_error',
      'prompt is too long: 5 tokens > 4 maximum',
      'context_length_exceeded',
    ],
    [
      400,
      'invalid_request_error',
      'input length and `max_tokens` exceed context limit: 3',
      'context_length_exceeded',
    ],
    [
      400,
      'invalid_request_error',
      'Your credit balance is too low to access the API.',
      'upstream_quota_exhausted',
    ],
    [
      400,
      'invalid_request_error',
      'Output blocked by content filtering policy',
      'content_filtered',
    ],
    [401, 'authentication_error', 'invalid x-api-key', 'upstream_credentials_rejected'],
    [402, 'billing_error', 'x', 'upstream_quota_exhausted'],
    [403, 'permission_error', 'Your account may not use this model', 'upstream_model_unavailable'],
    [404, 'not_found_error', 'model: claude-x', 'upstream_model_unavailable'],
    [409, 'conflict_error', 'x', 'upstream_error'],
    [413, 'request_too_large', 'x', 'payload_too_large'],
    [429, 'rate_limit_error', 'x', 'upstream_rate_limited'],
    [500, 'api_error', 'x', 'upstream_error'],
    [503, 'api_error', 'x', 'upstream_overloaded'],
    [504, 'timeout_error', 'x', 'upstream_timeout'],
    [529, 'overloaded_error', 'x', 'upstream_overloaded'],
    [529, '', '', 'upstream_overloaded'],
  ])('%i %s "%s" is %s', (status, type, message, code) => {
    expect(decoded(status, failure(type, message)).code).toBe(code)
  })

  it.each([
    'messages.1.content.0: Invalid `signature` in `thinking` block',
    'messages.1.content.0.type: Expected `thinking` or `redacted_thinking`, but found `tool_use`.',
  ])('that is about thinking lets the host try without any: %s', (message) => {
    expect(decoded(400, failure('invalid_request_error', message))).toMatchObject({
      code: 'invalid_request',
      recover: 'without-state',
    })
    expect(decoded(529, failure('overloaded_error', message)).recover).toBeUndefined()
  })

  it('is told by its exact code where it has one', () => {
    const details = { error_code: 'enforced_spend_limit_reached' }

    expect(decoded(400, failure('invalid_request_error', 'x', details)).code).toBe(
      'upstream_quota_exhausted',
    )
  })

  it('is told by a variant’s own codes above all', () => {
    const dialect = createAnthropicMessages({
      errorCodes: { strange_error: 'upstream_overloaded' },
    })
    const body = failure('strange_error', 'prompt is too long')

    expect(dialect.decodeError({ status: 400, headers: {}, body }).code).toBe('upstream_overloaded')
  })

  it('is understood whatever the body is', () => {
    expect(decoded(529, bytes('<html>')).message).not.toContain('html')
    expect(decoded(502, bytes('')).code).toBe('upstream_error')
    expect(decoded(400, bytes('"text"')).message).toContain('text')
  })

  it('says when to come again: by Retry-After, else by the limit that is used up', () => {
    const date = 'Sat, 21 Nov 2026 00:00:00 GMT'
    const reset = {
      date,
      'anthropic-ratelimit-requests-remaining': '0',
      'anthropic-ratelimit-requests-reset': '2026-11-21T00:00:30Z',
      'anthropic-ratelimit-tokens-remaining': '5',
      'anthropic-ratelimit-tokens-reset': '2026-11-21T00:10:00Z',
    }
    const body = failure('rate_limit_error')

    expect(decoded(429, body, { 'retry-after': '7' }).retryAfterMs).toBe(7000)
    expect(decoded(429, body, reset).retryAfterMs).toBe(30_000)
    expect(decoded(429, body).retryAfterMs).toBeUndefined()
  })

  it('shows no key', () => {
    const error = decoded(400, failure('invalid_request_error', 'key sk-ant-api03-abcdefgh is bad'))

    expect(error.message).not.toContain('sk-ant')
  })

  it.each<[string, string, ErrorCode]>([
    ['overloaded_error', 'Overloaded', 'upstream_overloaded'],
    ['invalid_request_error', 'wrong', 'invalid_request'],
    ['invalid_request_error', 'prompt is too long', 'context_length_exceeded'],
    ['api_error', 'x', 'upstream_error'],
  ])('inside a stream: %s "%s" is %s', (type, message, code) => {
    const parts = decode(sse({ type: 'error', error: { type, message } }))

    expect(parts).toMatchObject([{ type: 'error', error: { code } }])
  })
})

describe('an error for a client', () => {
  const types = {
    ...{
      invalid_request: 'invalid_request_error',
      context_length_exceeded: 'invalid_request_error',
    },
    ...{ content_filtered: 'invalid_request_error', unauthenticated: 'authentication_error' },
    ...{ permission_denied: 'permission_error', model_not_found: 'not_found_error' },
    ...{ not_found: 'not_found_error', payload_too_large: 'request_too_large' },
    ...{ unsupported_media_type: 'invalid_request_error' },
    ...{ unsupported_capability: 'invalid_request_error', rate_limited: 'rate_limit_error' },
    ...{ budget_exceeded: 'billing_error', queue_full: 'rate_limit_error' },
    ...{ client_closed_request: 'invalid_request_error' },
    ...{ upstream_rate_limited: 'rate_limit_error', upstream_quota_exhausted: 'billing_error' },
    ...{ upstream_model_unavailable: 'not_found_error', upstream_overloaded: 'overloaded_error' },
    ...{ upstream_timeout: 'timeout_error', upstream_unreachable: 'api_error' },
    ...{ upstream_credentials_rejected: 'api_error', upstream_invalid_response: 'api_error' },
    ...{ upstream_error: 'api_error', stream_interrupted: 'api_error' },
    ...{ no_available_target: 'overloaded_error', config_invalid: 'api_error' },
    ...{ plugin_incompatible: 'api_error', internal: 'api_error' },
  } as const satisfies Record<ErrorCode, string>

  it.each(Object.entries(types) as [ErrorCode, string][])('%s is %s', (code, type) => {
    const { status, body } = anthropicMessages.encodeError(new GatewayError(code, 'What.'))
    const overloaded = code === 'upstream_overloaded' || code === 'no_available_target'

    expect(JSON.parse(textOf(body))).toMatchObject({
      type: 'error',
      error: { type },
      request_id: null,
    })
    expect(status).toBe(overloaded ? 529 : errorPolicies[code].status)
    expect(anthropicMessages.validateResponse(body)).toEqual([])
  })

  it('says in the words that agents look for that a conversation is too long', () => {
    const error = new GatewayError('context_length_exceeded', 'The window is full.')

    expect(textOf(anthropicMessages.encodeError(error).body)).toContain(
      '"message":"prompt is too long: The window is full."',
    )
  })

  it('has whole seconds to wait, the provider’s id, and no repetition where none can help', () => {
    const limited = new GatewayError('upstream_rate_limited', 'x', {
      retryAfterMs: 1200,
      upstream: { backend: 'b', requestId: 'req_1' },
    })

    expect(anthropicMessages.encodeError(limited).headers).toMatchObject({ 'retry-after': '2' })
    expect(textOf(anthropicMessages.encodeError(limited).body)).toContain('"request_id":"req_1"')
    expect(
      anthropicMessages.encodeError(new GatewayError('budget_exceeded', 'x')).headers,
    ).toMatchObject({ 'x-should-retry': 'false' })
  })

  it('keeps the status that somebody chose, and says that a provider limits', () => {
    const error = new GatewayError('no_available_target', 'x', { status: 429 })
    const { status, body } = anthropicMessages.encodeError(error)

    expect(status).toBe(429)
    expect(textOf(body)).toContain('rate_limit_error')
  })
})
