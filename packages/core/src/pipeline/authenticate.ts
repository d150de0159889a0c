import { hash, timingSafeEqual } from 'node:crypto'
import { type Headers, headerValue } from '../body.ts'
import type { Principal } from '../call.ts'
import type { ClientKey } from '../config.ts'
import { GatewayError } from '../errors/gateway-error.ts'

/** The one caller of a gateway without client keys. */
const localPrincipal: Principal = { id: 'local', name: 'local' }

/** Says who sends these headers. Throws `unauthenticated`. */
export type Authenticator = (headers: Headers) => Principal

/**
 * Compares hashes in constant time, all keys every time, so that neither a key's content nor its place in the list can
 * be learned from timing. Without keys any credential is accepted, and none is ever sent upstream.
 */
export function createAuthenticator(keys: readonly ClientKey[]): Authenticator {
  if (keys.length === 0) return () => localPrincipal
  const entries = keys.map(({ name, key, backends }) => ({
    hash: sha256(key.reveal()),
    principal: {
      id: `key-${key.fingerprint()}`,
      name,
      ...(backends === undefined ? {} : { backends }),
    } satisfies Principal,
  }))
  return (headers) => {
    const credential = readCredential(headers)
    if (credential === undefined) throw missing()
    const hashed = sha256(credential)
    let found: Principal | undefined
    for (const entry of entries) {
      if (timingSafeEqual(entry.hash, hashed)) found = entry.principal
    }
    if (found === undefined) throw unknown()
    return found
  }
}

/** The credential that a client sent, in any of the places that the four protocols use. */
function readCredential(headers: Headers): string | undefined {
  const authorization = headerValue(headers, 'authorization')
  if (authorization?.slice(0, 7).toLowerCase() === 'bearer ') return authorization.slice(7).trim()
  return headerValue(headers, 'x-api-key') ?? headerValue(headers, 'x-goog-api-key')
}

function sha256(text: string): Buffer {
  return hash('sha256', text, 'buffer')
}

function missing(): GatewayError {
  return new GatewayError(
    'unauthenticated',
    'This gateway needs a key. Send it as `Authorization: Bearer <key>`, `x-api-key` or `x-goog-api-key`.',
  )
}

function unknown(): GatewayError {
  return new GatewayError(
    'unauthenticated',
    'This gateway does not know the key that the request carries.',
  )
}
