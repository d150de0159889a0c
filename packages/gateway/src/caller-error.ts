import { type ErrorCode, GatewayError, isGatewayError, toGatewayError } from '@jackfield/core'

const codes: Readonly<Record<number, ErrorCode>> = {
  401: 'unauthenticated',
  403: 'permission_denied',
  404: 'not_found',
  413: 'payload_too_large',
  415: 'unsupported_media_type',
  429: 'rate_limited',
}

/**
 * Whatever reaches an error handler as one of our errors. Refusals of Fastify and of the host's own hooks (a rate
 * limiter, an authentication hook) keep their status and message; everything else is `internal`, its text in the log
 * only.
 */
export function callerError(error: unknown): GatewayError {
  if (isGatewayError(error)) return error
  const status = refusalStatus(error)
  if (status === undefined || !(error instanceof Error)) return toGatewayError(error)
  return new GatewayError(codes[status] ?? 'invalid_request', error.message, {
    status,
    cause: error,
  })
}

function refusalStatus(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('statusCode' in error)) return undefined
  const { statusCode } = error
  return typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500
    ? statusCode
    : undefined
}
