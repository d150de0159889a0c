import { GatewayError, type GatewayErrorOptions, type Headers, headerValue } from '@jackfield/core'

/** Who was asked: what errors and messages name. Never a credential, a path or a query. */
export interface Upstream {
  /** Name of the backend in the configuration. */
  readonly backend: string
  /** Name of the target. */
  readonly target: string
  /** `host:port`. */
  readonly host: string
  /** `host:port` of the proxy that requests go through. */
  readonly proxy?: string
}

/** `openai (api.openai.com:443)`, the beginning of most messages. */
export function describeUpstream({ backend, host, proxy }: Upstream): string {
  return proxy === undefined
    ? `${backend} (${host})`
    : `${backend} (${host}, through proxy ${proxy})`
}

const requestIdHeaders = ['x-request-id', 'request-id', 'x-trace-id'] as const

/** The provider's own id of a request, for its support. */
export function upstreamRequestId(headers: Headers): string | undefined {
  for (const name of requestIdHeaders) {
    const value = headerValue(headers, name)
    if (value !== undefined && value !== '') return value.slice(0, 200)
  }
  return undefined
}

/** The same error with what this package knows about its origin; what it says already is kept. */
export function amendError(error: GatewayError, options: GatewayErrorOptions): GatewayError {
  const { upstream, ...rest } = options
  const origin = { ...upstream, ...error.upstream }
  return new GatewayError(error.code, error.message, {
    status: error.status,
    ...rest,
    ...(error.param === undefined ? {} : { param: error.param }),
    ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
    ...(error.recover === undefined ? {} : { recover: error.recover }),
    ...(error.final === undefined ? {} : { final: error.final }),
    ...(error.cause === undefined ? {} : { cause: error.cause }),
    ...(origin.backend === undefined ? {} : { upstream: { ...origin, backend: origin.backend } }),
  })
}
