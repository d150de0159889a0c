import type { Credential, Target, WireRequest } from '@jackfield/core'
import { type BaseUrl, parseBaseUrl, requestTarget } from './base-url.ts'
import type { Upstream } from './errors/upstream.ts'
import { RequestHeaders } from './request-headers.ts'
import type { Surface } from './surface.ts'
import { addressOf } from './targets/http-target.ts'
import type { OutgoingRequest } from './transport/exchange.ts'
import type { ForwardProxy } from './transport/proxy.ts'

export interface SurfaceClientOptions {
  readonly backend: string
  readonly userAgent: string
  readonly maxResponseBytes: number
  readonly proxy?: ForwardProxy
}

/** Where the requests of one target go. */
interface Destination {
  readonly base: BaseUrl
  readonly upstream: Upstream
}

/** Makes the HTTP requests of one surface: address, headers, envelope. */
export class SurfaceClient {
  readonly surface: Surface
  readonly #options: SurfaceClientOptions
  readonly #base: BaseUrl
  readonly #headers: RequestHeaders
  readonly #destinations = new WeakMap<Target, Destination>()

  constructor(surface: Surface, options: SurfaceClientOptions) {
    this.surface = surface
    this.#options = options
    this.#base = this.#parse(surface.baseUrl)
    this.#headers = new RequestHeaders(surface, options.userAgent)
  }

  /** Who errors of this target name. */
  upstream(target: Target): Upstream {
    return this.#destination(target).upstream
  }

  prepare(
    request: WireRequest,
    target: Target,
    credential: Credential | undefined,
  ): OutgoingRequest {
    const { proxy, maxResponseBytes } = this.#options
    const { base, upstream } = this.#destination(target)
    const path = requestTarget(base, this.#pathOf(request))
    const headers = this.#headers.build(request, credential)
    const plainProxy = proxy !== undefined && base.origin.startsWith('http:') ? proxy : undefined
    for (const [name, value] of Object.entries(plainProxy?.headers ?? {})) headers.push(name, value)
    const body = this.#bodyOf(request)
    return {
      origin: base.origin,
      method: request.method,
      path: plainProxy === undefined ? path : base.origin + path,
      headers,
      ...(body === undefined ? {} : { body }),
      framing: request.framing,
      // What passes unread is not held by anybody.
      maxBytes: request.operation === 'opaque' ? 0 : maxResponseBytes,
      upstream,
    }
  }

  #pathOf({ operation, path, model }: WireRequest): string {
    const own = this.surface.paths?.[operation]
    if (own === undefined) return path
    const named = own.replaceAll('{model}', encodeURIComponent(model))
    const query = path.indexOf('?')
    return query < 0 || named.includes('?') ? named : named + path.slice(query)
  }

  #bodyOf(request: WireRequest): WireRequest['body'] {
    const { body } = request
    const { envelope } = this.surface
    return envelope !== undefined && body instanceof Uint8Array
      ? envelope.wrapBody(body, request)
      : body
  }

  #destination(target: Target): Destination {
    const known = this.#destinations.get(target)
    if (known !== undefined) return known
    const { backend, proxy } = this.#options
    const address = addressOf(target)
    const base = address === undefined ? this.#base : this.#parse(address)
    const upstream: Upstream = {
      backend,
      target: target.name,
      host: base.host,
      ...(proxy === undefined ? {} : { proxy: proxy.host }),
    }
    const destination = { base, upstream }
    this.#destinations.set(target, destination)
    return destination
  }

  #parse(address: string): BaseUrl {
    const { defaultPath, version } = this.surface
    return parseBaseUrl(address, {
      setting: `backends.${this.#options.backend}.base_url`,
      ...(defaultPath === undefined ? {} : { defaultPath }),
      ...(version === undefined ? {} : { version }),
    })
  }
}
