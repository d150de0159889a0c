import type { RecordedRequest } from '../recorded-request.ts'
import { type KeyBehaviour, type KeyPlace, keyIn } from '../strict/keys.ts'
import { type ProviderProblem, Refusal } from '../strict/refusal.ts'

/** The word of each status (Anthropic Messages 3.9). */
const types: Readonly<Record<number, string>> = {
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  409: 'conflict_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  504: 'timeout_error',
  529: 'overloaded_error',
}

/** `error.type` of a status. */
function anthropicErrorType(status: number): string {
  return types[status] ?? (status >= 500 ? 'api_error' : 'invalid_request_error')
}

/** The error envelope of Anthropic; a `code` becomes `error.details.error_code`. */
export function anthropicError(
  problem: Pick<ProviderProblem, 'type' | 'message'> & { readonly code?: string | null },
  requestId: string | null = null,
): Record<string, unknown> {
  const { type, message, code } = problem
  const details = typeof code === 'string' ? { details: { error_code: code } } : {}
  return { type: 'error', error: { type, message, ...details }, request_id: requestId }
}

/** A refusal with the type that Anthropic has for its status. */
export function inAnthropicWords(problem: ProviderProblem): ProviderProblem {
  return { ...problem, type: anthropicErrorType(problem.status) }
}

/** The key of a request that may go on. Throws a {@link Refusal} for any other. */
export function goodKey(
  request: RecordedRequest,
  keys: ReadonlyMap<string, KeyBehaviour>,
  place: KeyPlace,
): string {
  const key = keyIn(request, place)
  const name = place === 'bearer' ? 'bearer token' : place.header
  if (key === undefined) throw new Refusal(401, `${name} is required`)
  const behaviour = keys.get(key)
  if (behaviour === undefined) throw new Refusal(401, `invalid ${name}`)
  if (behaviour === 'ok') return key
  const { status, message, retryAfter, code } = behaviour
  throw new Refusal(status, message ?? `The fake provider refuses this key with ${status}.`, {
    code: code ?? null,
    ...(retryAfter !== undefined && { headers: { 'retry-after': String(retryAfter) } }),
  })
}
