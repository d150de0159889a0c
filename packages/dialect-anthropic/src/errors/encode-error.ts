import type { EncodedError, ErrorCode, GatewayError, JsonObject } from '@jackfield/core'

interface Spelling {
  readonly type: string
  /** Where Anthropic answers another status than the table of errors says. */
  readonly status?: number
}

const spell = (type: string, status?: number): Spelling =>
  status === undefined ? { type } : { type, status }

/** How Anthropic spells each of our codes, after the protocol reference 5.9. */
const spellings = {
  invalid_request: spell('invalid_request_error'),
  context_length_exceeded: spell('invalid_request_error'),
  content_filtered: spell('invalid_request_error'),
  unauthenticated: spell('authentication_error'),
  permission_denied: spell('permission_error'),
  model_not_found: spell('not_found_error'),
  not_found: spell('not_found_error'),
  payload_too_large: spell('request_too_large'),
  unsupported_media_type: spell('invalid_request_error'),
  unsupported_capability: spell('invalid_request_error'),
  rate_limited: spell('rate_limit_error'),
  budget_exceeded: spell('billing_error'),
  queue_full: spell('rate_limit_error'),
  client_closed_request: spell('invalid_request_error'),
  upstream_rate_limited: spell('rate_limit_error'),
  upstream_quota_exhausted: spell('billing_error'),
  upstream_model_unavailable: spell('not_found_error'),
  upstream_overloaded: spell('overloaded_error', 529),
  upstream_timeout: spell('timeout_error'),
  upstream_unreachable: spell('api_error'),
  upstream_credentials_rejected: spell('api_error'),
  upstream_invalid_response: spell('api_error'),
  upstream_error: spell('api_error'),
  stream_interrupted: spell('api_error'),
  no_available_target: spell('overloaded_error', 529),
  config_invalid: spell('api_error'),
  plugin_incompatible: spell('api_error'),
  internal: spell('api_error'),
} as const satisfies Record<ErrorCode, Spelling>

/** Codes behind a 429 or 5xx that a repetition cannot heal. SDKs repeat those statuses unless they are told not to. */
const hopeless: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'budget_exceeded',
  'upstream_quota_exhausted',
  'upstream_credentials_rejected',
])

/** How agents recognise that a conversation must be made shorter (protocol reference 3.9). */
const tooLong = 'prompt is too long'

/**
 * An error in Anthropic's envelope. `Retry-After` is in whole seconds, rounded up. `x-should-retry: false` goes with what a repetition
 * cannot heal.
 */
export function encodeError(error: GatewayError): EncodedError {
  const isFinal = error.final === true || hopeless.has(error.code)
  return {
    status: statusOf(error),
    headers: {
      'content-type': 'application/json; charset=utf-8',
      ...(error.retryAfterMs === undefined
        ? {}
        : { 'retry-after': String(Math.ceil(error.retryAfterMs / 1000)) }),
      ...(isFinal ? { 'x-should-retry': 'false' } : {}),
    },
    body: Buffer.from(JSON.stringify(errorEnvelope(error))),
  }
}

/** A status that somebody chose for this very error stands above the table. */
function statusOf(error: GatewayError): number {
  const { status } = spellingOf(error)
  return status !== undefined && error.status === 503 ? status : error.status
}

function spellingOf({ code, status }: GatewayError): Spelling {
  // Nothing is available for now, and a provider said until when.
  if (code === 'no_available_target' && status === 429) return spellings.rate_limited
  const known: Readonly<Record<string, Spelling>> = spellings
  // An error made by a newer copy of the core may have a code that this one does not know.
  return known[code] ?? spellings.internal
}

/** The envelope, in answers and as the data of the `error` event. */
export function errorEnvelope(error: GatewayError): JsonObject {
  return {
    type: 'error',
    error: { type: spellingOf(error).type, message: messageOf(error) },
    request_id: error.upstream?.requestId ?? null,
  }
}

function messageOf({ code, message }: GatewayError): string {
  if (code !== 'context_length_exceeded' || message.includes(tooLong)) return message
  return `${tooLong}: ${message}`
}
