import { GatewayError } from '../errors/gateway-error.ts'
import type { Unavailable } from '../pool/pool.ts'

/** No attempt was possible. A provider's hint makes it 429, with the time left. */
export function nothingLeft(
  reasons: readonly Unavailable[],
  { rejected, hint }: { readonly rejected: readonly string[]; readonly hint: number },
): GatewayError {
  const why = reasons.flatMap((reason) => reason.reasons).join('; ') || 'no backend can serve it'
  const check = rejected.length > 0 ? ` Check ${rejected.join(', ')}.` : ''
  return new GatewayError(
    'no_available_target',
    `Nothing can serve this call now: ${why}.${check}`,
    Number.isFinite(hint) ? { retryAfterMs: hint, status: 429 } : {},
  )
}

/** The last failure, where it is that every key was rejected: names them all. */
export function allRejected(
  backend: string,
  places: readonly string[],
  cause: GatewayError,
): GatewayError {
  const { upstream } = cause
  return new GatewayError(
    'upstream_credentials_rejected',
    `The provider of "${backend}" rejected every key that it was tried with. Check ${places.join(', ')}.`,
    { cause, ...(upstream === undefined ? {} : { upstream }) },
  )
}

/** The same error with another hint. */
export function withRetryAfter(error: GatewayError, retryAfterMs: number): GatewayError {
  const { code, message, status, param, final, upstream } = error
  return new GatewayError(code, message, {
    status,
    retryAfterMs,
    cause: error,
    ...(param === undefined ? {} : { param }),
    ...(final === undefined ? {} : { final }),
    ...(upstream === undefined ? {} : { upstream }),
  })
}
