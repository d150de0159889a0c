import type { Credential, Framing, Headers, WireRequest } from '@jackfield/core'
import type { Surface, SurfaceAuth } from './surface.ts'

/** Headers that describe a connection or that the gateway decides about; a client's do not reach the provider. */
const ownHeaders = [
  'accept-encoding',
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
] as const

/** Headers in which clients send their credentials for this gateway. */
const clientCredentials = [
  'api-key',
  'authorization',
  'cookie',
  'x-api-key',
  'x-goog-api-key',
] as const

/** Makes the headers of requests to one surface; what is the same for all of them is prepared once. */
export class RequestHeaders {
  readonly #auth: SurfaceAuth
  readonly #userAgent: string
  /** Names and values in turn. */
  readonly #fixed: readonly string[]
  /** By lower-case name: sent where nobody says otherwise. */
  readonly #defaults: readonly (readonly [name: string, value: string])[]
  /** Names that are not taken from a client. */
  readonly #taken: ReadonlySet<string>

  constructor(surface: Surface, userAgent: string) {
    const fixed = lowerCase(surface.headers)
    this.#defaults = lowerCase(surface.defaultHeaders)
    this.#auth = surface.auth
    this.#userAgent = userAgent
    this.#fixed = ['accept-encoding', 'identity', ...fixed.flat()]
    this.#taken = new Set([...ownHeaders, ...clientCredentials, ...fixed.map(([name]) => name)])
  }

  /** Names and values in turn, as undici takes them. */
  build(request: WireRequest, credential: Credential | undefined): string[] {
    const list = [...this.#fixed]
    const account = credential === undefined ? {} : credentialHeaders(this.#auth, credential)
    for (const name of Object.keys(request.headers)) {
      if (!this.#taken.has(name) && !Object.hasOwn(account, name)) {
        append(list, name, request.headers[name])
      }
    }
    for (const name of Object.keys(account)) append(list, name, account[name])
    this.#addDefaults(list, request, account)
    return list
  }

  #addDefaults(list: string[], request: WireRequest, account: Headers): void {
    const { headers, body } = request
    const has = (name: string): boolean =>
      headers[name] !== undefined || account[name] !== undefined || this.#fixed.includes(name)
    for (const [name, value] of this.#defaults) if (!has(name)) list.push(name, value)
    if (!has('user-agent')) list.push('user-agent', this.#userAgent)
    if (!has('accept')) list.push('accept', accepts[request.framing])
    if (body === undefined) return
    if (!has('content-type')) list.push('content-type', 'application/json')
    // A streamed body has no length of its own; without the sender's it goes out in chunks.
    if (!(body instanceof Uint8Array)) append(list, 'content-length', headers['content-length'])
  }
}

function lowerCase(
  headers: Readonly<Record<string, string>> = {},
): readonly (readonly [name: string, value: string])[] {
  return Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const)
}

const accepts: Readonly<Record<Framing, string>> = {
  json: 'application/json',
  'json-array': 'application/json',
  sse: 'text/event-stream',
  opaque: '*/*',
}

function append(list: string[], name: string, value: Headers[string]): void {
  if (typeof value === 'string') list.push(name, value)
  else for (const each of value ?? []) list.push(name, each)
}

/** Headers of one attempt's account, by lower-case name. */
function credentialHeaders(
  auth: SurfaceAuth,
  credential: Credential,
): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {}
  for (const given of [authorization(auth, credential), credential.headers ?? {}]) {
    for (const name of Object.keys(given)) {
      const value = given[name]
      if (value !== undefined) headers[name.toLowerCase()] = value
    }
  }
  return headers
}

function authorization(
  auth: SurfaceAuth,
  credential: Credential,
): Readonly<Record<string, string>> {
  if (auth === 'none') return {}
  if (auth === 'bearer') return { authorization: `Bearer ${credential.secret.reveal()}` }
  if (typeof auth === 'function') return auth(credential)
  return { [auth.header]: credential.secret.reveal() }
}
