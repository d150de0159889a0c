import type { EncodedError, GatewayError } from '@jackfield/core'

/** How errors look: OpenAI's nested object, or the plain string that InfiniLM routers document. */
export type ErrorForm = 'nested' | 'string'

/** Which form errors have: by path (`/v1/…` nested, bare paths string), or one form everywhere. */
export type ErrorShape = 'auto' | ErrorForm

const versioned = /^\/v\d/

/** The form in which errors on a path are told, unless the operator chose one for all paths. */
export function pathForm(path: string): ErrorForm {
  return versioned.test(path) ? 'nested' : 'string'
}

/** The operator's choice over a path's own form. Paths without a form (dialects with one only) keep none. */
export function chosenForm<Form extends string | undefined>(
  natural: Form,
  shape: ErrorShape,
): Form | ErrorForm {
  return shape === 'auto' || natural === undefined ? natural : shape
}

/** An error where no dialect is known: outside all frontends, and for bytes that are not HTTP. */
export function encodePlainError(error: GatewayError, form?: string): EncodedError {
  const body = form === 'string' ? { error: error.message } : { error: nestedError(error) }
  const seconds =
    error.retryAfterMs === undefined ? undefined : Math.ceil(error.retryAfterMs / 1000)
  return {
    status: error.status,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      ...(seconds === undefined ? {} : { 'retry-after': String(seconds) }),
    },
    body: Buffer.from(JSON.stringify(body)),
  }
}

function nestedError(error: GatewayError) {
  return {
    message: error.message,
    type: error.status >= 500 ? 'server_error' : 'invalid_request_error',
    param: error.param ?? null,
    code: error.code,
  }
}
