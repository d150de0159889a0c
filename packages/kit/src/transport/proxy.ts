import { hostAndPort, parseHttpUrl } from '../base-url.ts'
import type { Endpoint } from './connector.ts'

/** A forward proxy that all requests of a backend go through. */
export interface ForwardProxy {
  readonly endpoint: Endpoint
  /** `host:port`, for messages. */
  readonly host: string
  /** `proxy-authorization`, where the URL has a user name. */
  readonly headers: Readonly<Record<string, string>>
}

/** The proxy answered a CONNECT with something else than 200. */
export class ProxyRefusal extends Error {
  override readonly name = 'ProxyRefusal'
  readonly status: number

  constructor(status: number) {
    super(`The proxy answered ${status}`)
    this.status = status
  }
}

/** Reads `http://user:password@host:port`. Throws `config_invalid`. */
export function parseProxy(text: string, setting: string): ForwardProxy {
  const url = parseHttpUrl(text, setting)
  const { protocol, port } = url
  return {
    endpoint: { protocol, port, hostname: url.hostname.replace(/^\[(.*)\]$/, '$1') },
    host: hostAndPort(url),
    headers: url.username === '' ? {} : { 'proxy-authorization': basic(url) },
  }
}

function basic({ username, password }: URL): string {
  const credential = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  return `Basic ${Buffer.from(credential).toString('base64')}`
}
