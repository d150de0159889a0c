import type { ProviderProblem } from '../strict/refusal.ts'
import type { JsonObject } from '../strict/rule.ts'

const words: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  402: 'FAILED_PRECONDITION',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  408: 'DEADLINE_EXCEEDED',
  409: 'ABORTED',
  429: 'RESOURCE_EXHAUSTED',
  499: 'CANCELLED',
  500: 'INTERNAL',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
  529: 'UNAVAILABLE',
}

/** One entry of `error.details`: the name of a `google.rpc` message and its members. */
export function errorDetail(name: string, members: JsonObject): JsonObject {
  return { '@type': `type.googleapis.com/google.rpc.${name}`, ...members }
}

/** The envelope of an error, with the word that Google uses for the status (Gemini, 4.7). */
export function errorEnvelope(
  status: number,
  message: string,
  details: readonly JsonObject[] = [],
): Record<string, unknown> {
  const word = words[status] ?? (status < 500 ? 'INVALID_ARGUMENT' : 'INTERNAL')
  const error = { code: status, message, status: word, ...(details.length > 0 && { details }) }
  return { error }
}

/**
 * What a problem looks like at Google: a code becomes the reason of an `ErrorInfo`, the field at fault a violation of a `BadRequest`, and a
 * `retry-after` in seconds a `RetryInfo`, since there is usually no such header.
 */
export function geminiError(problem: ProviderProblem): Record<string, unknown> {
  const { status, message, code, param } = problem
  const seconds = retrySeconds(problem)
  return errorEnvelope(status, message, [
    ...(code === null ? [] : [errorInfo(code)]),
    ...(param === null ? [] : [fieldViolation(param, message)]),
    ...(seconds === undefined ? [] : [retryInfo(seconds)]),
  ])
}

/** Why, in a word. */
export function errorInfo(reason: string): JsonObject {
  return errorDetail('ErrorInfo', { reason, domain: 'googleapis.com' })
}

/** When to come back. */
export function retryInfo(seconds: number): JsonObject {
  return errorDetail('RetryInfo', { retryDelay: `${seconds}s` })
}

/** The seconds of a `retry-after` header that is not a date. */
export function retrySeconds({ headers }: ProviderProblem): number | undefined {
  const value = headers?.['retry-after']
  const seconds = typeof value === 'string' && value !== '' ? Number(value) : Number.NaN
  return Number.isNaN(seconds) ? undefined : seconds
}

function fieldViolation(field: string, description: string): JsonObject {
  return errorDetail('BadRequest', { fieldViolations: [{ field, description }] })
}
