import { type Dialect, GatewayError, type RawAnswer } from '@jackfield/core'

const unused = (): never => {
  throw new Error('The kit does not call this member')
}

const codes = {
  400: 'invalid_request',
  401: 'upstream_credentials_rejected',
  402: 'upstream_quota_exhausted',
  404: 'upstream_model_unavailable',
  429: 'upstream_rate_limited',
  503: 'upstream_overloaded',
} as const

/** A dialect of which only what the kit uses does anything. */
export function stubDialect(name = 'stub'): Dialect {
  return {
    name,
    operations: new Set(['chat', 'embeddings', 'opaque', 'resource']),
    head: unused,
    spans: unused,
    editRequest: unused,
    requestPath: unused,
    chat: {
      decodeRequest: unused,
      encodeRequest: unused,
      decodeResponse: unused,
      encodeResponse: unused,
      streamDecoder: unused,
      streamEncoder: unused,
    },
    tap: unused,
    encodeError: unused,
    decodeError,
    keepAlive: unused,
    requestHeaders: [],
    responseHeaders: [],
    streamValidator: unused,
    validateResponse: unused,
  }
}

function decodeError({ status, body }: RawAnswer): GatewayError {
  const code = Object.entries(codes).find(([known]) => Number(known) === status)?.[1]
  const text = Buffer.from(body).toString()
  return new GatewayError(code ?? 'upstream_error', `The provider says: ${text}`)
}
