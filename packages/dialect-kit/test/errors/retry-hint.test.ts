import type { Headers, JsonValue } from '@jackfield/core'
import { describe, expect, it } from 'vitest'
import { readErrorDetails, retryHint } from '../../src/index.ts'

const hint = (headers: Headers, error: Record<string, JsonValue> = {}) =>
  retryHint(headers, readErrorDetails({ error: { message: 'slow down', ...error } }))

const date = 'Fri, 20 Nov 2026 12:00:00 GMT'

describe('when to try again', () => {
  it.each([
    ['20', 20_000],
    ['0', 0],
    ['1.5', 1500],
    ['30s', 30_000],
    ['Fri, 20 Nov 2026 12:00:30 GMT', 30_000],
    ['Fri, 20 Nov 2026 11:59:00 GMT', 0],
  ])('is told by retry-after: %s', (value, expected) => {
    expect(hint({ 'retry-after': value, date })).toBe(expected)
  })

  it('counts a date from our own clock where the provider tells no time', () => {
    const soon = new Date(Date.now() + 60_000).toUTCString()

    expect(hint({ 'retry-after': soon })).toBeGreaterThan(50_000)
    expect(hint({ 'retry-after': soon })).toBeLessThanOrEqual(60_000)
  })

  it('is told more exactly by retry-after-ms', () => {
    expect(hint({ 'retry-after-ms': '120.4', 'retry-after': '1' })).toBe(121)
  })

  it.each([
    ['6m0s', 360_000],
    ['120ms', 120],
    ['1h2m3s', 3_723_000],
    ['1s', 1000],
    ['2.5s', 2500],
    ['1795176000', 0],
    ['1795176030', 30_000],
    ['1795176030000', 30_000],
  ])('is told by the reset of a limit that is used up: %s', (reset, expected) => {
    const headers = {
      date: new Date(1_795_176_000_000).toUTCString(),
      'x-ratelimit-remaining-tokens': '0',
    }

    expect(hint({ ...headers, 'x-ratelimit-reset-tokens': reset })).toBe(expected)
  })

  it('heeds only limits that are used up, and of those the latest', () => {
    const headers = {
      'x-ratelimit-remaining-requests': '0',
      'x-ratelimit-reset-requests': '2s',
      'x-ratelimit-remaining-tokens': '5',
      'x-ratelimit-reset-tokens': '6m0s',
    }

    expect(hint(headers)).toBe(2000)
    expect(hint({ ...headers, 'x-ratelimit-remaining-tokens': '0' })).toBe(360_000)
    expect(
      hint({ 'x-ratelimit-remaining-tokens': '5', 'x-ratelimit-reset-tokens': '6m0s' }),
    ).toBeUndefined()
  })

  it.each([
    ['Please try again in 20s. Visit …', 20_000],
    ['Please try again in 6m0s.', 360_000],
    ['Please try again in 120ms', 120],
    ['Retry in 34.5 seconds', 34_500],
    ['Please retry after 10 minutes', 600_000],
    ['wait 2 hours and 5 sheep', 7_200_000],
    ['Try again in a while', undefined],
    ['nothing', undefined],
  ])('is told by the message: %s', (message, expected) => {
    expect(hint({}, { message })).toBe(expected)
  })

  it.each([
    [{ retry_after: 12 }, 12_000],
    [{ retry_after: '12s' }, 12_000],
    [{ retry_after_ms: 1200 }, 1200],
    [
      { details: [{ '@type': 'ErrorInfo' }, { '@type': 'RetryInfo', retryDelay: '34.07s' }] },
      34_070,
    ],
    [{ metadata: { headers: { 'X-RateLimit-Reset': String(Date.now() - 1000) } } }, 0],
    [{ retry_after: -5 }, undefined],
    [{ retry_after: {} }, undefined],
  ])('is told by the body: %j', (members, expected) => {
    expect(hint({}, members)).toBe(expected)
  })

  it('is told by a header rather than by words', () => {
    expect(hint({ 'retry-after': '3' }, { message: 'try again in 9s' })).toBe(3000)
  })

  it.each(['', 'soon', '-3'])('is not known from %j', (value) => {
    expect(hint({ 'retry-after': value })).toBeUndefined()
  })
})
