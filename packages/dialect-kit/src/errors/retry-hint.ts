import {
  type Headers,
  headerValue,
  isJsonObject,
  type JsonObject,
  type JsonValue,
} from '@jackfield/core'
import { parseDuration } from './duration.ts'
import type { ErrorDetails } from './error-details.ts'

/** Where a time of day stops being one and is a number of seconds or milliseconds since 1970. */
const epochSeconds = 1_000_000_000
const epochMs = epochSeconds * 1000

const phrases = ['try again in ', 'retry in ', 'retry after ', 'try again after ', 'wait ']

/** Longest part of a message that is searched. */
const searched = 2000

/**
 * Milliseconds after which the provider says that a repetition may succeed: from `retry-after-ms`, `retry-after` (seconds or
 * date), members of the body, its text ("try again in 6m0s"), and last the `x-ratelimit-reset-*` of what is used up.
 */
export function retryHint(headers: Headers, details: ErrorDetails): number | undefined {
  const hint =
    fromRetryAfter(headers) ??
    fromBody(details.holder) ??
    fromMessage(details.message) ??
    fromRateLimits(headers)
  return hint === undefined || !Number.isFinite(hint) || hint < 0 ? undefined : Math.ceil(hint)
}

function fromRetryAfter(headers: Headers): number | undefined {
  const milliseconds = Number.parseFloat(headerValue(headers, 'retry-after-ms') ?? '')
  if (!Number.isNaN(milliseconds)) return milliseconds
  const value = headerValue(headers, 'retry-after')
  if (value === undefined) return undefined
  // A date begins with the name of a day, and everything else that means something with a digit.
  if (/^\s*\d/.test(value)) return parseDuration(value)
  const date = /^\s*[A-Za-z]/.test(value) ? Date.parse(value) : Number.NaN
  return Number.isNaN(date) ? undefined : Math.max(0, date - timeOf(headers))
}

/** The provider's own clock, so that a wrong clock here does no harm. */
function timeOf(headers: Headers): number {
  const date = Date.parse(headerValue(headers, 'date') ?? '')
  return Number.isNaN(date) ? Date.now() : date
}

function fromBody(holder: JsonObject): number | undefined {
  const ms = numberOf(holder['retry_after_ms'])
  if (ms !== undefined) return ms
  const seconds = holder['retry_after'] ?? holder['retryAfter'] ?? retryDelay(holder['details'])
  if (typeof seconds === 'number') return seconds * 1000
  if (typeof seconds === 'string') return parseDuration(seconds)
  return fromMetadata(holder['metadata'])
}

function numberOf(value: JsonValue | undefined): number | undefined {
  return typeof value === 'number' ? value : undefined
}

/** Google's `RetryInfo`. */
function retryDelay(details: JsonValue | undefined): JsonValue | undefined {
  if (!Array.isArray(details)) return undefined
  return details.filter(isJsonObject).find((detail) => detail['retryDelay'] !== undefined)?.[
    'retryDelay'
  ]
}

/** OpenRouter repeats the rate-limit headers of the model's provider in the body. */
function fromMetadata(metadata: JsonValue | undefined): number | undefined {
  const headers = isJsonObject(metadata) ? metadata['headers'] : undefined
  const reset = isJsonObject(headers) ? headers['X-RateLimit-Reset'] : undefined
  return typeof reset === 'string' ? resetMs(reset, Date.now()) : undefined
}

function fromMessage(message: string): number | undefined {
  const text = message.slice(0, searched).toLowerCase()
  for (const phrase of phrases) {
    const index = text.indexOf(phrase)
    if (index !== -1) return parseDuration(text.slice(index + phrase.length))
  }
  return undefined
}

/** The latest reset among the limits of which nothing remains. */
function fromRateLimits(headers: Headers): number | undefined {
  const now = timeOf(headers)
  const resets = ['-requests', '-tokens', '']
    .filter((kind) => headerValue(headers, `x-ratelimit-remaining${kind}`) === '0')
    .map((kind) => resetMs(headerValue(headers, `x-ratelimit-reset${kind}`) ?? '', now))
    .filter((reset) => reset !== undefined)
  return resets.length === 0 ? undefined : Math.max(...resets)
}

/** A reset as a duration, or as a time in seconds or milliseconds since 1970. */
function resetMs(text: string, now: number): number | undefined {
  const number = Number(text)
  if (text !== '' && number >= epochMs) return Math.max(0, number - now)
  if (text !== '' && number >= epochSeconds) return Math.max(0, number * 1000 - now)
  return parseDuration(text)
}
