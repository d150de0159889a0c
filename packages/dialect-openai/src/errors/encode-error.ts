import type { EncodedError, ErrorCode, GatewayError, JsonObject } from '@jackfield/core'

interface Spelling {
  readonly type: string
  readonly code: string | null
}

const spell = (type: string, code: string | null): Spelling => ({ type, code })

/** How OpenAI spells each of our codes, after the protocol reference 5.9. */
const spellings = {
  invalid_request: spell('invalid_request_error', null),
  context_length_exceeded: spell('invalid_request_error', 'context_length_exceeded'),
  content_filtered: spell('invalid_request_error', 'content_filter'),
  unauthenticated: spell('authentication_error', 'invalid_api_key'),
  permission_denied: spell('permission_error', 'permission_denied'),
  model_not_found: spell('invalid_request_error', 'model_not_found'),
  not_found: spell('invalid_request_error', 'not_found'),
  payload_too_large: spell('invalid_request_error', 'request_too_large'),
  unsupported_media_type: spell('invalid_request_error', 'unsupported_media_type'),
  unsupported_capability: spell('invalid_request_error', 'unsupported_capability'),
  rate_limited: spell('rate_limit_error', 'rate_limit_exceeded'),
  budget_exceeded: spell('insufficient_quota', 'budget_exceeded'),
  queue_full: spell('rate_limit_error', 'queue_full'),
  client_closed_request: spell('invalid_request_error', 'client_closed_request'),
  upstream_rate_limited: spell('rate_limit_error', 'rate_limit_exceeded'),
  upstream_quota_exhausted: spell('insufficient_quota', 'insufficient_quota'),
  upstream_model_unavailable: spell('invalid_request_error', 'model_not_found'),
  upstream_overloaded: spell('server_error', 'overloaded'),
  upstream_timeout: spell('server_error', 'timeout'),
  upstream_unreachable: spell('server_error', 'bad_gateway'),
  upstream_credentials_rejected: spell('server_error', 'upstream_auth_error'),
  upstream_invalid_response: spell('server_error', 'bad_gateway'),
  upstream_error: spell('server_error', 'upstream_error'),
  stream_interrupted: spell('server_error', 'stream_interrupted'),
  no_available_target: spell('server_error', 'no_available_target'),
  config_invalid: spell('server_error', 'internal_error'),
  plugin_incompatible: spell('server_error', 'internal_error'),
  internal: spell('server_error', 'internal_error'),
} as const satisfies Record<ErrorCode, Spelling>

/** Codes behind a 429 or 5xx that a repetition cannot heal. SDKs repeat those statuses unless they are told not to. */
const hopeless: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'budget_exceeded',
  'upstream_quota_exhausted',
  'upstream_credentials_rejected',
])

/**
 * An error in OpenAI's envelope, or as the plain string `{"error": "…"}` of the InfiniLM document (`form` `string`).
 * `Retry-After` is in whole seconds, rounded up. `x-should-retry: false` goes with what a repetition cannot heal.
 */
export function encodeError(error: GatewayError, form?: string): EncodedError {
  const envelope = form === 'string' ? { error: error.message } : { error: errorObject(error) }
  return {
    status: form === 'string' ? plainStatus(error) : error.status,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      ...(error.retryAfterMs === undefined
        ? {}
        : { 'retry-after': String(Math.ceil(error.retryAfterMs / 1000)) }),
      ...(error.final === true || hopeless.has(error.code) ? { 'x-should-retry': 'false' } : {}),
    },
    body: Buffer.from(JSON.stringify(envelope)),
  }
}

/** The InfiniLM document knows no 404: a model that nobody lists is as unavailable as one that is down. */
function plainStatus(error: GatewayError): number {
  return error.code === 'model_not_found' ? 503 : error.status
}

/** The `error` member of the envelope, in answers and in streams. */
export function errorObject(error: GatewayError): JsonObject {
  const known: Readonly<Record<string, Spelling>> = spellings
  // An error made by a newer copy of the core may have a code that this one does not know.
  const { type, code } = known[error.code] ?? spellings.internal
  return { message: error.message, type, param: error.param ?? null, code }
}
