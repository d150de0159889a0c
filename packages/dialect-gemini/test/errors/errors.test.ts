import { type ErrorCode, errorPolicies, GatewayError } from '@jackfield/core'
import { describe, expect, it } from 'vitest'
import { createGemini, gemini } from '../../src/index.ts'
import { json, parsed } from '../support/bytes.ts'

const decode = (status: number, error: unknown, headers = {}) =>
  gemini.decodeError({ status, headers, body: json({ error }) })
const detail = (type: string, rest: object) => ({
  '@type': `type.googleapis.com/google.rpc.${type}`,
  ...rest,
})

describe('a provider’s error', () => {
  it.each([
    'Function call is missing a thought_signature in functionCall parts.',
    'Unable to submit request because Thought signature is not valid.',
    'Corrupted thought signature.',
  ])('that says "%s" concerns state that can be left out', (message) => {
    expect(decode(400, { code: 400, status: 'INVALID_ARGUMENT', message })).toMatchObject({
      code: 'invalid_request',
      recover: 'without-state',
    })
  })

  it('about anything else leaves the state alone', () => {
    const other = decode(400, { code: 400, status: 'INVALID_ARGUMENT', message: 'Bad field.' })
    const later = decode(503, { code: 503, message: 'No thought_signature can be checked now.' })

    expect([other.recover, later.recover]).toEqual([undefined, undefined])
  })

  it.each<[number, string, string, ErrorCode]>([
    [400, 'INVALID_ARGUMENT', 'Bad field.', 'invalid_request'],
    [
      400,
      'INVALID_ARGUMENT',
      'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).',
      'context_length_exceeded',
    ],
    [
      400,
      'INVALID_ARGUMENT',
      'API key not valid. Please pass a valid API key.',
      'upstream_credentials_rejected',
    ],
    [
      400,
      'INVALID_ARGUMENT',
      'API key expired. Please renew the API key.',
      'upstream_credentials_rejected',
    ],
    [
      400,
      'FAILED_PRECONDITION',
      'User location is not supported for the API use.',
      'upstream_model_unavailable',
    ],
    [
      400,
      'FAILED_PRECONDITION',
      'Please enable billing on your project.',
      'upstream_quota_exhausted',
    ],
    [
      401,
      'UNAUTHENTICATED',
      'Request had invalid authentication credentials.',
      'upstream_credentials_rejected',
    ],
    [
      403,
      'PERMISSION_DENIED',
      'Your API key was reported as leaked. Please use another API key.',
      'upstream_credentials_rejected',
    ],
    [
      403,
      'PERMISSION_DENIED',
      'The caller does not have permission.',
      'upstream_model_unavailable',
    ],
    [
      404,
      'NOT_FOUND',
      'models/x is not found for API version v1beta.',
      'upstream_model_unavailable',
    ],
    [409, 'ABORTED', 'x', 'upstream_error'],
    [413, 'INVALID_ARGUMENT', 'Request payload size exceeds the limit.', 'payload_too_large'],
    [
      429,
      'RESOURCE_EXHAUSTED',
      'Resource has been exhausted (e.g. check quota).',
      'upstream_rate_limited',
    ],
    [499, 'CANCELLED', 'The operation was cancelled.', 'upstream_error'],
    [500, 'INTERNAL', 'An internal error has occurred.', 'upstream_error'],
    [503, 'UNAVAILABLE', 'The model is overloaded. Please try again later.', 'upstream_overloaded'],
    [504, 'DEADLINE_EXCEEDED', 'x', 'upstream_timeout'],
  ])('%i %s "%s" is %s', (status, word, message, code) => {
    expect(decode(status, { code: status, message, status: word }).code).toBe(code)
  })

  it.each<[string, number, ErrorCode]>([
    ['API_KEY_INVALID', 400, 'upstream_credentials_rejected'],
    ['SERVICE_DISABLED', 403, 'upstream_credentials_rejected'],
    ['VALIDATION_REQUIRED', 403, 'upstream_credentials_rejected'],
    ['RATE_LIMIT_EXCEEDED', 429, 'upstream_rate_limited'],
    ['QUOTA_EXHAUSTED', 429, 'upstream_quota_exhausted'],
    ['MODEL_CAPACITY_EXHAUSTED', 429, 'upstream_overloaded'],
    ['BRAND_NEW', 429, 'upstream_rate_limited'],
  ])('with the reason %s is %s', (reason, status, code) => {
    const details = [detail('ErrorInfo', { reason, domain: 'googleapis.com' })]
    const error = decode(status, { code: status, message: 'x', status: 'X', details })

    expect(error.code).toBe(code)
    expect(error.recover).toBe(code === 'upstream_credentials_rejected' ? 'refresh' : undefined)
  })

  it('tells quotas of the day from those of the minute', () => {
    const quota = (quotaId: string) => [
      detail('QuotaFailure', { violations: [{ quotaMetric: 'm', quotaId }] }),
      detail('RetryInfo', { retryDelay: '17.5s' }),
    ]
    const error = (quotaId: string) =>
      decode(429, {
        code: 429,
        message: 'You exceeded your current quota.',
        status: 'RESOURCE_EXHAUSTED',
        details: quota(quotaId),
      })

    expect(error('GenerateRequestsPerDayPerProjectPerModel')).toMatchObject({
      code: 'upstream_quota_exhausted',
      retryAfterMs: 17_500,
    })
    expect(error('GenerateContentPaidTierInputTokensPerModelPerMinute')).toMatchObject({
      code: 'upstream_rate_limited',
      retryAfterMs: 17_500,
    })
  })

  it.each<[object, object, number]>([
    [{ details: [detail('RetryInfo', { retryDelay: '0.5s' })] }, {}, 500],
    [{ details: [detail('ErrorInfo', { metadata: { quotaResetDelay: '1m2s' } })] }, {}, 62_000],
    [{ message: 'Please retry in 12.3s.' }, {}, 12_300],
    [{ details: [detail('RetryInfo', { retryDelay: '9s' })] }, { 'retry-after': '3' }, 3000],
  ])('says when to come back: %j', (rest, headers, ms) => {
    expect(
      decode(429, { code: 429, message: 'x', status: 'RESOURCE_EXHAUSTED', ...rest }, headers)
        .retryAfterMs,
    ).toBe(ms)
  })

  it('names the field at fault', () => {
    const details = [
      detail('BadRequest', { fieldViolations: [{ field: 'contents[0].parts', description: 'x' }] }),
    ]

    expect(
      decode(400, { code: 400, message: 'x', status: 'INVALID_ARGUMENT', details }).param,
    ).toBe('contents[0].parts')
  })

  it('may be in an array, a page, or no JSON at all', () => {
    const body = (text: string, status = 503) =>
      gemini.decodeError({ status, headers: {}, body: Buffer.from(text) })

    expect(
      body('[{"error":{"code":429,"message":"slow","status":"RESOURCE_EXHAUSTED"}}]', 429),
    ).toMatchObject({
      code: 'upstream_rate_limited',
      message: expect.stringContaining('slow'),
    })
    expect(body('<html>Bad gateway</html>', 502).message).toBe('The provider answered 502.')
    expect(body('upstream connect error').code).toBe('upstream_overloaded')
    expect(body('').code).toBe('upstream_overloaded')
    expect(body('{"error":{"details":5}}', 500).code).toBe('upstream_error')
  })

  it('shows no key', () => {
    const key = `AIza${'Sy7'.repeat(12)}`

    expect(decode(403, { message: `Key ${key} is bad` }).message).not.toContain(key)
  })

  it('means what the provider’s own table says', () => {
    const own = createGemini({ errorCodes: { RESOURCE_EXHAUSTED: 'upstream_overloaded' } })
    const body = json({ error: { code: 429, message: 'x', status: 'RESOURCE_EXHAUSTED' } })

    expect(own.decodeError({ status: 429, headers: {}, body }).code).toBe('upstream_overloaded')
  })

  it('in a 200 is found by whoever reads the answer', () => {
    const body = (error: unknown) => json({ error })

    expect(() => gemini.chat.decodeResponse(body({ status: 'UNAVAILABLE', message: 'x' }))).toThrow(
      expect.objectContaining({ code: 'upstream_overloaded' }),
    )
    expect(() => gemini.chat.decodeResponse(body('broken'))).toThrow(
      expect.objectContaining({ code: 'upstream_error' }),
    )
    expect(() => gemini.chat.decodeResponse(json({}))).toThrow(
      expect.objectContaining({ code: 'upstream_invalid_response' }),
    )
    expect(() => gemini.chat.decodeResponse(Buffer.from('<html>'))).toThrow(
      expect.objectContaining({ code: 'upstream_invalid_response' }),
    )
  })
})

describe('an error for clients', () => {
  it.each(Object.keys(errorPolicies) as ErrorCode[])('%s is legal', (code) => {
    const error = new GatewayError(code, 'why', { retryAfterMs: 1, param: 'contents' })
    const { status, body } = gemini.encodeError(error)

    expect(status).toBe(errorPolicies[code].status)
    expect(gemini.validateResponse(body)).toEqual([])
    expect(parsed(body).error).toMatchObject({ code: status, message: 'why' })
  })

  it('says everything that Google says', () => {
    const error = new GatewayError('invalid_request', 'wrong', { param: 'contents[0]' })

    expect(parsed(gemini.encodeError(error).body)).toEqual({
      error: {
        code: 400,
        message: 'wrong',
        status: 'INVALID_ARGUMENT',
        details: [
          detail('ErrorInfo', { reason: 'INVALID_REQUEST', domain: 'jackfield' }),
          detail('BadRequest', {
            fieldViolations: [{ field: 'contents[0]', description: 'wrong' }],
          }),
        ],
      },
    })
  })

  it('says when to come back, in the header and in the body', () => {
    const error = new GatewayError('rate_limited', 'slow', { retryAfterMs: 1200 })
    const { headers, body } = gemini.encodeError(error)

    expect(headers['retry-after']).toBe('2')
    expect(parsed(body).error.details).toContainEqual(detail('RetryInfo', { retryDelay: '2s' }))
    expect(gemini.decodeError({ status: 429, headers: {}, body }).retryAfterMs).toBe(2000)
  })

  it('is in an array where streams are arrays', () => {
    const { body } = gemini.encodeError(new GatewayError('internal', 'x'), 'array')

    expect(parsed(body)).toMatchObject([{ error: { code: 500 } }])
    expect(gemini.validateResponse(body)).toEqual([])
  })
})
