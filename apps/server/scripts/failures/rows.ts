import { type ErrorCode, GatewayError, type WireResult } from '@jackfield/core'
import { brokenStream } from './probe.ts'

/** One way in which a provider fails, in words, and how it is played. */
export interface FailureRow {
  readonly what: string
  readonly code: ErrorCode
  readonly stream?: boolean
  readonly answer: () => WireResult
}

/** A hint that no call waits for. */
const hintMs = 5 * 60_000

function failing(
  code: ErrorCode,
  options: ConstructorParameters<typeof GatewayError>[2] = {},
): () => WireResult {
  return () => ({ failed: new GatewayError(code, 'The provider fails.', options) })
}

/** Every failure that a provider can cause. */
export const failureRows: readonly FailureRow[] = [
  {
    what: 'It is overloaded (503, 529)',
    code: 'upstream_overloaded',
    answer: failing('upstream_overloaded'),
  },
  {
    what: 'It is overloaded, and says until when (`Retry-After`: 5 min)',
    code: 'upstream_overloaded',
    answer: failing('upstream_overloaded', { retryAfterMs: hintMs }),
  },
  {
    what: 'It fails (any other 5xx)',
    code: 'upstream_error',
    answer: failing('upstream_error'),
  },
  {
    what: 'It cannot be reached, or hangs up',
    code: 'upstream_unreachable',
    answer: failing('upstream_unreachable'),
  },
  {
    what: 'It is too slow (408, or a time-out)',
    code: 'upstream_timeout',
    answer: failing('upstream_timeout'),
  },
  {
    what: 'Its answer ends too early, or cannot be understood',
    code: 'upstream_invalid_response',
    answer: failing('upstream_invalid_response'),
  },
  {
    what: 'It limits the rate (429)',
    code: 'upstream_rate_limited',
    answer: failing('upstream_rate_limited'),
  },
  {
    what: 'It limits the rate, and says until when (5 min)',
    code: 'upstream_rate_limited',
    answer: failing('upstream_rate_limited', { retryAfterMs: hintMs }),
  },
  {
    what: 'The account has no credit or quota left (402, and 429 that says so)',
    code: 'upstream_quota_exhausted',
    answer: failing('upstream_quota_exhausted'),
  },
  {
    what: 'The account does not have the model (403 or 404 for it)',
    code: 'upstream_model_unavailable',
    answer: failing('upstream_model_unavailable'),
  },
  {
    what: 'It rejects the key (401, 403)',
    code: 'upstream_credentials_rejected',
    answer: failing('upstream_credentials_rejected'),
  },
  {
    what: 'The conversation is too long for the model',
    code: 'context_length_exceeded',
    answer: failing('context_length_exceeded'),
  },
  {
    what: 'It refuses the request as the caller’s fault (any other 4xx)',
    code: 'invalid_request',
    answer: failing('invalid_request'),
  },
  {
    what: 'Its content policy refuses the request',
    code: 'content_filtered',
    answer: failing('content_filtered'),
  },
  {
    what: 'A stream breaks behind its first meaningful part',
    code: 'stream_interrupted',
    stream: true,
    answer: brokenStream,
  },
]
