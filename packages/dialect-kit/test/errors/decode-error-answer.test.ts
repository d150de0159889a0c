import type { ErrorCode } from '@jackfield/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeErrorAnswer, type ErrorTables, parseDuration, redact } from '../../src/index.ts'

const tables: ErrorTables = {
  words: {
    api_key_invalid: 'upstream_credentials_rejected',
    overloaded_error: 'upstream_overloaded',
    resource_exhausted: 'upstream_rate_limited',
  },
  own: { '1113': 'upstream_quota_exhausted' },
}

const decode = (status: number, body: unknown, headers = {}) =>
  decodeErrorAnswer(
    {
      status,
      headers,
      body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
    },
    tables,
  )

describe('the class of a failure', () => {
  it.each<readonly [string, number, unknown, ErrorCode]>([
    [
      'a type, as Anthropic writes it',
      500,
      { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } },
      'upstream_overloaded',
    ],
    [
      'a status word, as Google writes it',
      400,
      { error: { code: 400, message: 'm', status: 'RESOURCE_EXHAUSTED' } },
      'upstream_rate_limited',
    ],
    [
      'a reason in the details rather than the status word',
      400,
      {
        error: {
          code: 400,
          status: 'RESOURCE_EXHAUSTED',
          details: [{ '@type': 'Help' }, { '@type': 'ErrorInfo', reason: 'API_KEY_INVALID' }],
        },
      },
      'upstream_credentials_rejected',
    ],
    ['Google’s array', 503, [{ error: { code: 503, message: 'm' } }], 'upstream_overloaded'],
    ['a word of the provider’s own', 401, { code: 1113 }, 'upstream_quota_exhausted'],
    [
      'a status that no word outweighs',
      401,
      { type: 'overloaded_error' },
      'upstream_credentials_rejected',
    ],
    ['the message', 400, { message: 'prompt is too long' }, 'context_length_exceeded'],
    ['a text alone', 400, '"maximum context length is 5"', 'context_length_exceeded'],
    ['the status', 418, 'no JSON', 'invalid_request'],
  ])('comes from %s', (_, status, body, code) => {
    expect(decode(status, body).code).toBe(code)
  })

  it('is found in anything, without a throw', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 300, max: 599 }),
        fc.json(),
        fc.string(),
        (status, json, text) => {
          expect(decode(status, json).status).toBeGreaterThanOrEqual(400)
          expect(decode(status, text).message.length).toBeLessThan(400)
        },
      ),
    )
  })
})

describe('what the error says', () => {
  it('is the provider’s text, one line, cut, without keys and pages of HTML', () => {
    const long = decode(400, { message: `key sk-abcdef123\n${'word '.repeat(200)}` }).message

    expect(long).toMatch(/^The provider answered 400: key \[redacted\] word/)
    expect(long.length).toBeLessThan(350)
    expect(decode(502, '<html>Bad gateway</html>').message).toBe('The provider answered 502.')
  })

  it('names the parameter, when to try again, and whether to try at all', () => {
    const error = decode(
      429,
      { error: { param: 'input', message: 'm' } },
      { 'retry-after': '2', 'x-should-retry': 'false' },
    )

    expect(error).toMatchObject({ param: 'input', retryAfterMs: 2000, final: true })
    expect(decode(400, { param: 'x'.repeat(101), message: 'm' }).param).toBeUndefined()
  })
})

it.each([
  ['Bearer abcdef', 'Bearer [redacted]'],
  ['AIzaSyA1234567', '[redacted]'],
  ['claude-sonnet-4-20250514 is busy', 'claude-sonnet-4-20250514 is busy'],
  ['a1b2c3d4e5f6g7h8i9j0k', '[redacted]'],
])('%j is shown as %j', (text, shown) => {
  expect(redact(text)).toBe(shown)
})

it.each([
  ['1h2m3s', 3_723_000],
  ['1.5 seconds', 1500],
  ['20', 20_000],
  ['soon', undefined],
  ['5 parsecs', 5000],
])('%j lasts %s ms', (text, ms) => {
  expect(parseDuration(text)).toBe(ms)
})
