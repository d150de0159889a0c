import { type ErrorCode, errorPolicies, GatewayError } from '@jackfield/core'
import { describe, expect, it } from 'vitest'
import { openaiChat } from '../../src/index.ts'
import { textOf } from '../support/bytes.ts'

const encode = (error: GatewayError, form?: string) => {
  const { status, headers, body } = openaiChat.encodeError(error, form)
  return { status, headers, body: JSON.parse(textOf(body)) }
}

const codes = Object.keys(errorPolicies) as ErrorCode[]

describe('an error for a client', () => {
  it('has the envelope of OpenAI', () => {
    const error = new GatewayError('invalid_request', '`n` must be a number.', { param: 'n' })

    expect(encode(error)).toEqual({
      status: 400,
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body: {
        error: {
          message: '`n` must be a number.',
          type: 'invalid_request_error',
          param: 'n',
          code: null,
        },
      },
    })
  })

  it('is a plain string on the paths of the InfiniLM document', () => {
    const error = new GatewayError('no_available_target', 'Nothing is up.')

    expect(encode(error, 'string').body).toEqual({ error: 'Nothing is up.' })
    expect(encode(error, 'nested').body.error.code).toBe('no_available_target')
  })

  it.each(codes)('has a type and the status of the table: %s', (code) => {
    const { status, body } = encode(new GatewayError(code, 'x'))

    expect(status).toBe(errorPolicies[code].status)
    expect(openaiChat.validateResponse(Buffer.from(JSON.stringify(body)))).toEqual([])
  })

  it.each([
    ['unauthenticated', 'invalid_api_key'],
    ['context_length_exceeded', 'context_length_exceeded'],
    ['model_not_found', 'model_not_found'],
    ['upstream_model_unavailable', 'model_not_found'],
    ['upstream_quota_exhausted', 'insufficient_quota'],
    ['rate_limited', 'rate_limit_exceeded'],
    // Clients would throw their own key away if they saw a rejected one here.
    ['upstream_credentials_rejected', 'upstream_auth_error'],
  ] as const)('is spelled as clients know it: %s is %s', (code, spelling) => {
    expect(encode(new GatewayError(code, 'x')).body.error.code).toBe(spelling)
  })

  it('says when to try again, in whole seconds, rounded up', () => {
    const headersOf = (retryAfterMs: number) =>
      encode(new GatewayError('rate_limited', 'x', { retryAfterMs })).headers

    expect(headersOf(1200)).toMatchObject({ 'retry-after': '2' })
    expect(headersOf(0)).toMatchObject({ 'retry-after': '0' })
  })

  it('tells SDKs not to repeat what cannot be healed', () => {
    const never = { 'x-should-retry': 'false' }

    expect(encode(new GatewayError('upstream_quota_exhausted', 'x')).headers).toMatchObject(never)
    expect(encode(new GatewayError('upstream_error', 'x', { final: true })).headers).toMatchObject(
      never,
    )
    expect(encode(new GatewayError('upstream_error', 'x')).headers).not.toHaveProperty(
      'x-should-retry',
    )
  })
})
