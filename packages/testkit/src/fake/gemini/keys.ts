import type { RecordedRequest } from '../recorded-request.ts'
import type { KeyBehaviour, KeyRefusal } from '../strict/keys.ts'
import { Refusal } from '../strict/refusal.ts'

const header = 'x-goog-api-key'

const usualCodes: Readonly<Record<number, string>> = {
  400: 'API_KEY_INVALID',
  402: 'QUOTA_EXHAUSTED',
  429: 'RATE_LIMIT_EXCEEDED',
}

/** The key of a request, from the header or from `?key=` (Gemini, 4.1); undefined when there is none, or more than one. */
export function geminiKey(request: RecordedRequest): string | undefined {
  const inHeaders = request.rawHeaders
    .filter(([name]) => name.toLowerCase() === header)
    .map(([, value]) => value)
  const given = [...inHeaders, ...new URLSearchParams(request.query).getAll('key')]
  return given.length === 1 && given[0] !== '' ? given[0] : undefined
}

/** Lets a request with a good key pass and returns the key. Throws a {@link Refusal} for any other. */
export function checkGeminiKey(
  request: RecordedRequest,
  keys: ReadonlyMap<string, KeyBehaviour>,
): string {
  const key = geminiKey(request)
  if (key === undefined) throw new Refusal(403, `Give your key once: ${header}: KEY, or ?key=KEY.`)
  const behaviour = keys.get(key)
  if (behaviour === undefined) {
    const message = 'API key not valid. Please pass a valid API key.'
    throw new Refusal(400, message, { code: 'API_KEY_INVALID' })
  }
  if (behaviour !== 'ok') throw keyRefusal(behaviour)
  return key
}

function keyRefusal({ status, code, message, retryAfter }: KeyRefusal): Refusal {
  return new Refusal(status, message ?? `The fake provider refuses this key with ${status}.`, {
    code: code ?? usualCodes[status] ?? null,
    ...(retryAfter !== undefined && { headers: { 'retry-after': String(retryAfter) } }),
  })
}
