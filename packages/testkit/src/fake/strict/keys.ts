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

/** Where the key of a request stands: in `Authorization` after `Bearer`, or alone in a header of this (lower-case) name. */
export type KeyPlace = 'bearer' | { readonly header: string }

/** The key of a request; undefined when there is none, or more than one header that could hold it. */
export function keyIn(request: RecordedRequest, place: KeyPlace): string | undefined {
  const header = place === 'bearer' ? 'authorization' : place.header
  const values = request.rawHeaders.filter(([name]) => name.toLowerCase() === header)
  const value = values.length === 1 ? values[0]?.[1] : undefined
  if (place !== 'bearer') return value === '' ? undefined : value
  const [scheme, token, ...rest] = (value ?? '').split(' ')
  return scheme === 'Bearer' && rest.length === 0 && token !== '' ? token : undefined
}

/** Lets a request with a good key pass. Throws a {@link Refusal} for any other. */
export function checkKey(
  request: RecordedRequest,
  keys: ReadonlyMap<string, KeyBehaviour>,
  place: KeyPlace,
): void {
  const token = keyIn(request, place)
  if (token === undefined) {
    const form = place === 'bearer' ? 'Authorization: Bearer KEY' : `${place.header}: KEY`
    throw new Refusal(401, `Give your key in one header: ${form}`)
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
