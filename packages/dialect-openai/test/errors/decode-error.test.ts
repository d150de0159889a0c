import type { ErrorCode, Headers } from '@jackfield/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createOpenAIChat, openaiChat } from '../../src/index.ts'

const decode = (status: number, body: unknown = {}, headers: Headers = {}) =>
  openaiChat.decodeError({
    status,
    headers,
    body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
  })

const nested = (error: Record<string, unknown>) => ({ error })

describe('the class of a failure', () => {
  it.each<readonly [number, ErrorCode]>([
    [400, 'invalid_request'],
    [401, 'upstream_credentials_rejected'],
    [402, 'upstream_quota_exhausted'],
    [403, 'upstream_model_unavailable'],
    [404, 'upstream_model_unavailable'],
    [408, 'upstream_timeout'],
    [409, 'upstream_error'],
    [413, 'payload_too_large'],
    [415, 'invalid_request'],
    [422, 'invalid_request'],
    [429, 'upstream_rate_limited'],
    [500, 'upstream_error'],
    [502, 'upstream_error'],
    [503, 'upstream_overloaded'],
    [504, 'upstream_timeout'],
    [520, 'upstream_error'],
    [524, 'upstream_timeout'],
    [529, 'upstream_overloaded'],
    [301, 'upstream_invalid_response'],
  ])('comes from the status: %d is %s', (status, code) => {
    expect(decode(status).code).toBe(code)
  })

  it.each<readonly [number, Record<string, unknown>, ErrorCode]>([
    [400, { code: 'context_length_exceeded' }, 'context_length_exceeded'],
    [400, { code: 'model_not_found' }, 'upstream_model_unavailable'],
    [404, { code: 'model_not_found', type: 'invalid_request_error' }, 'upstream_model_unavailable'],
    [403, { code: 'unsupported_country_region_territory' }, 'upstream_model_unavailable'],
    [429, { code: 'insufficient_quota', type: 'insufficient_quota' }, 'upstream_quota_exhausted'],
    [429, { type: 'insufficient_quota' }, 'upstream_quota_exhausted'],
    [429, { code: 'rate_limit_exceeded', type: 'tokens' }, 'upstream_rate_limited'],
    [429, { type: 'engine_overloaded_error' }, 'upstream_overloaded'],
    [400, { code: 'content_policy_violation' }, 'content_filtered'],
    [400, { code: 'content_filter' }, 'content_filtered'],
    [400, { code: 'invalid_api_key' }, 'upstream_credentials_rejected'],
    [400, { code: 'DeploymentNotFound' }, 'upstream_model_unavailable'],
    [413, { code: 'rate_limit_exceeded' }, 'payload_too_large'],
    [401, { code: 'model_not_found' }, 'upstream_credentials_rejected'],
  ])('comes from the code or type: %d with %j is %s', (status, error, code) => {
    expect(decode(status, nested(error)).code).toBe(code)
  })

  it.each<readonly [number, string, ErrorCode]>([
    [400, "This model's maximum context length is 8192 tokens.", 'context_length_exceeded'],
    [400, 'The model `x` does not exist.', 'upstream_model_unavailable'],
    [400, 'API key not valid. Please pass a valid API key.', 'upstream_credentials_rejected'],
    [400, "flagged by Azure OpenAI's content management policy", 'content_filtered'],
    [403, 'Your API key does not have access to model x', 'upstream_model_unavailable'],
    [403, 'This country is not supported', 'upstream_model_unavailable'],
    [403, 'Invalid API key', 'upstream_credentials_rejected'],
    [403, 'free allocated quota exceeded', 'upstream_quota_exhausted'],
    [
      429,
      'You exceeded your current quota, please check your plan and billing',
      'upstream_quota_exhausted',
    ],
    [429, 'Insufficient balance', 'upstream_quota_exhausted'],
    [429, 'Too many requests', 'upstream_rate_limited'],
    [500, 'the request exceeds the available context size', 'context_length_exceeded'],
    [400, '`temperature` must be at most 2', 'invalid_request'],
    [400, "'temperature' is not supported with this model.", 'invalid_request'],
    [400, 'The file `x` does not exist.', 'invalid_request'],
    [400, 'insufficient tool messages following tool_calls message', 'invalid_request'],
    [400, "Unknown parameter: 'moderation'", 'invalid_request'],
    [403, 'You have insufficient permissions for this operation.', 'upstream_model_unavailable'],
    [400, 'rejected because it was considered high risk', 'content_filtered'],
    [403, 'Your input was flagged', 'content_filtered'],
    [429, 'Billing hard limit has been reached', 'upstream_quota_exhausted'],
  ])('comes from the message: %d "%s" is %s', (status, message, code) => {
    expect(decode(status, nested({ message })).code).toBe(code)
  })

  it('comes first from what the variant knows of its provider’s codes', () => {
    const zai = createOpenAIChat({ errorCodes: { '1113': 'upstream_quota_exhausted' } })
    const body = Buffer.from(JSON.stringify(nested({ code: 1113, message: 'balance exhausted' })))

    expect(zai.decodeError({ status: 500, headers: {}, body }).code).toBe(
      'upstream_quota_exhausted',
    )
  })

  it('asks for another credential where ours was rejected', () => {
    expect(decode(401).recover).toBe('refresh')
    expect(decode(403, nested({ message: 'Invalid API key' })).recover).toBe('refresh')
    expect(decode(429).recover).toBeUndefined()
  })

  it('is final where the provider says so', () => {
    expect(decode(500, {}, { 'x-should-retry': 'false' }).final).toBe(true)
    expect(decode(500, {}, { 'x-should-retry': 'true' }).final).toBeUndefined()
  })

  it('names the field, as far as it is one', () => {
    expect(decode(400, nested({ message: 'x', param: 'messages[0].role' })).param).toBe(
      'messages[0].role',
    )
    expect(decode(400, nested({ message: 'x', param: 'y'.repeat(200) })).param).toBeUndefined()
    expect(decode(400, nested({ message: 'x', param: null })).param).toBeUndefined()
  })
})

describe('the words of a failure', () => {
  it.each([
    ['OpenAI', nested({ message: 'too hot', type: 'x', param: null, code: null })],
    ['a plain string', { error: 'too hot' }],
    ['a bare message', { message: 'too hot' }],
    ['FastAPI', { detail: 'too hot' }],
    ['FastAPI with an object', { detail: { message: 'too hot' } }],
    ['vLLM', { object: 'error', message: 'too hot', type: 'BadRequestError', code: 400 }],
    ['NVIDIA', { status: 400, title: 'Bad Request', detail: 'too hot' }],
    ['InternLM', { msgCode: '10001', msg: 'too hot' }],
    ['MiniMax', { base_resp: { status_code: 2013, status_msg: 'too hot' } }],
    ['Google', [nested({ message: 'too hot', status: 'INVALID_ARGUMENT' })]],
    ['text', 'too hot'],
    ['a JSON string', '"too hot"'],
  ])('are found where %s puts them', (_, body) => {
    expect(decode(400, body).message).toBe('The provider answered 400: too hot')
  })

  it('join the problems of a validation', () => {
    const detail = [
      { loc: ['body', 'n'], msg: 'field required', type: 'missing' },
      { loc: ['body', 'x'], msg: 'extra fields not permitted' },
    ]

    expect(decode(422, { detail }).message).toBe(
      'The provider answered 422: body.n: field required; body.x: extra fields not permitted',
    )
  })

  it('add what the model’s own provider said behind OpenRouter', () => {
    const error = {
      code: 502,
      message: 'Provider returned error',
      metadata: { raw: 'no capacity' },
    }

    expect(decode(502, { error, user_id: 'u' }).message).toContain(
      'Provider returned error: no capacity',
    )
  })

  it.each(['', '{}', '<html><body>502 Bad Gateway</body></html>', '[]', 'null', '5'])(
    'may be missing: %j',
    (body) => {
      expect(decode(502, body).message).toBe('The provider answered 502.')
    },
  )

  it('say whose credentials were rejected', () => {
    expect(decode(401).message).toBe('The provider rejected the credentials of the gateway.')
  })

  it.each([
    'sk-proj-abcDEF1234567890',
    'sk-abc*****wxyz',
    'Bearer abcdefghij',
    'AIzaSyA1234567890abcdefghijklmnopq',
    'nvapi-abc123def456ghi789',
    'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.SflKxwRJSM',
    '0123456789abcdef0123456789abcdef.Q1w2e3r4',
    'a1b2c3d4e5f6g7h8i9j0k1l2',
  ])('never hold a key: %s', (secret) => {
    const { message } = decode(
      400,
      nested({ message: `Incorrect API key: "${secret}", see docs.` }),
    )

    for (const piece of secret.split(/[ .]/).filter((word) => word !== 'Bearer')) {
      expect(message).not.toContain(piece)
    }
    expect(message).toContain('[redacted]')
    expect(message).toContain('see docs.')
  })

  it.each([
    'llama-3.1-nemotron-ultra-253b-v1',
    'claude-sonnet-4-5-20250929',
    'meta/llama-3.3-70b-instruct',
  ])('keep the names of models: %s', (model) => {
    expect(decode(404, nested({ message: `no model ${model}` })).message).toContain(model)
  })

  it('are one line of at most 300 characters', () => {
    const { message } = decode(400, nested({ message: 'word \n\t'.repeat(1000) }))

    expect(message.length).toBeLessThan(340)
    expect(message).not.toMatch(/[\n\t]/)
    expect(message.endsWith('…')).toBe(true)
  })
})

describe('any answer', () => {
  it('has a class, and no text that was not shortened', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 300, max: 599 }),
        fc.jsonValue(),
        fc.uint8Array(),
        (status, value, noise) => {
          for (const body of [Buffer.from(JSON.stringify(value)), noise]) {
            expect(
              openaiChat.decodeError({ status, headers: {}, body }).message.length,
            ).toBeLessThan(400)
          }
        },
      ),
    )
  })
})
