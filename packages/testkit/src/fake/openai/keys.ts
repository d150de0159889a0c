import type { RecordedRequest } from '../recorded-request.ts'
import { Refusal } from './refusal.ts'

/** How the provider treats a key: serves it, or answers every request with it with this error. */
export type KeyBehaviour = 'ok' | KeyRefusal

/** An error answer to a key. `code` and `message` default to what OpenAI says with that status. */
export interface KeyRefusal {
  readonly status: number
  readonly code?: string
  readonly message?: string
  /** Value of the `retry-after` header: seconds or an HTTP date. */
  readonly retryAfter?: number | string
}

const usualCodes: Readonly<Record<number, string>> = {
  401: 'invalid_api_key',
  402: 'insufficient_quota',
  429: 'rate_limit_exceeded',
}

/** The bearer token of a request; undefined when there is none, or more than one authorization header. */
export function bearerToken(request: RecordedRequest): string | undefined {
  const values = request.rawHeaders.filter(([name]) => name.toLowerCase() === 'authorization')
  const [scheme, token, ...rest] = (values[0]?.[1] ?? '').split(' ')
  const valid = values.length === 1 && scheme === 'Bearer' && rest.length === 0
  return valid && token !== '' ? token : undefined
}

/** Lets a request with a good key pass. Throws a {@link Refusal} for any other. */
export function checkKey(request: RecordedRequest, keys: ReadonlyMap<string, KeyBehaviour>): void {
  const token = bearerToken(request)
  if (token === undefined) {
    throw new Refusal(401, 'Give your key in one header: Authorization: Bearer KEY')
  }
  const behaviour = keys.get(token)
  if (behaviour === undefined) {
    throw new Refusal(401, 'Incorrect API key provided.', { code: 'invalid_api_key' })
  }
  if (behaviour !== 'ok') throw keyRefusal(behaviour)
}

function keyRefusal({ status, code, message, retryAfter }: KeyRefusal): Refusal {
  return new Refusal(status, message ?? `The fake provider refuses this key with ${status}.`, {
    code: code ?? usualCodes[status] ?? null,
    ...(retryAfter !== undefined && { headers: { 'retry-after': String(retryAfter) } }),
  })
}
