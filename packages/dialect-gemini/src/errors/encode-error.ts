import type { EncodedError, ErrorCode, GatewayError, JsonObject, JsonValue } from '@jackfield/core'

/** How Google names each class, after protocol reference 4.7 and 5.9. */
const words = {
  invalid_request: 'INVALID_ARGUMENT',
  context_length_exceeded: 'INVALID_ARGUMENT',
  content_filtered: 'INVALID_ARGUMENT',
  unauthenticated: 'UNAUTHENTICATED',
  permission_denied: 'PERMISSION_DENIED',
  model_not_found: 'NOT_FOUND',
  not_found: 'NOT_FOUND',
  payload_too_large: 'INVALID_ARGUMENT',
  unsupported_media_type: 'INVALID_ARGUMENT',
  unsupported_capability: 'INVALID_ARGUMENT',
  rate_limited: 'RESOURCE_EXHAUSTED',
  budget_exceeded: 'RESOURCE_EXHAUSTED',
  queue_full: 'RESOURCE_EXHAUSTED',
  client_closed_request: 'CANCELLED',
  upstream_rate_limited: 'RESOURCE_EXHAUSTED',
  upstream_quota_exhausted: 'RESOURCE_EXHAUSTED',
  upstream_model_unavailable: 'NOT_FOUND',
  upstream_overloaded: 'UNAVAILABLE',
  upstream_timeout: 'DEADLINE_EXCEEDED',
  upstream_unreachable: 'INTERNAL',
  upstream_credentials_rejected: 'INTERNAL',
  upstream_invalid_response: 'INTERNAL',
  upstream_error: 'INTERNAL',
  stream_interrupted: 'INTERNAL',
  no_available_target: 'UNAVAILABLE',
  config_invalid: 'INTERNAL',
  plugin_incompatible: 'INTERNAL',
  internal: 'INTERNAL',
} as const satisfies Record<ErrorCode, string>

const typePrefix = 'type.googleapis.com/google.rpc.'

/**
 * An error in Google's envelope. `form` `array`: inside an array, as streams without `alt=sse` answer. `Retry-After` is in
 * whole seconds, rounded up; `RetryInfo` says the same to clients that look there.
 */
export function encodeError(error: GatewayError, form?: string): EncodedError {
  const envelope = { error: errorObject(error) }
  return {
    status: error.status,
    headers: {
      'content-type': 'application/json; charset=UTF-8',
      ...(error.retryAfterMs === undefined
        ? {}
        : { 'retry-after': String(Math.ceil(error.retryAfterMs / 1000)) }),
    },
    body: Buffer.from(JSON.stringify(form === 'array' ? [envelope] : envelope)),
  }
}

/** The `error` member of the envelope, in answers and in streams. */
export function errorObject(error: GatewayError): JsonObject {
  const known: Readonly<Record<string, string>> = words
  return {
    code: error.status,
    message: error.message,
    // An error made by a newer copy of the core may have a code that this one does not know.
    status: known[error.code] ?? words.internal,
    details: detailsOf(error),
  }
}

function detailsOf({ code, param, message, retryAfterMs }: GatewayError): readonly JsonValue[] {
  const info = {
    '@type': `${typePrefix}ErrorInfo`,
    reason: code.toUpperCase(),
    domain: 'jackfield',
  }
  const field = {
    '@type': `${typePrefix}BadRequest`,
    fieldViolations: [{ field: param ?? '', description: message }],
  }
  const retry = {
    '@type': `${typePrefix}RetryInfo`,
    retryDelay: `${Math.ceil((retryAfterMs ?? 0) / 1000)}s`,
  }
  return [
    info,
    ...(param === undefined ? [] : [field]),
    ...(retryAfterMs === undefined ? [] : [retry]),
  ]
}
