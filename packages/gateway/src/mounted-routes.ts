import type { HTTPMethods } from 'fastify'

/** The routes that frontends have mounted: the only ones that a request may be sent to on somebody's behalf. */
export class MountedRoutes {
  readonly #routes: { readonly path: RegExp; readonly methods: ReadonlySet<string> }[] = []

  /** `url`: the whole pattern, prefix included, as Fastify's router takes it. */
  add(url: string, methods: readonly HTTPMethods[]): void {
    this.#routes.push({ path: pathPattern(url), methods: new Set(methods) })
  }

  /** Whether one of them may answer. `path` has no query. */
  has(method: string, path: string): boolean {
    return this.#routes.some((route) => route.methods.has(method) && route.path.test(path))
  }
}

/** Matches at least what the router's pattern does. */
function pathPattern(url: string): RegExp {
  const segments = url.split('/').map((segment) => {
    if (segment.includes('*')) return '.*'
    return segment.includes(':') ? '[^/]+' : segment.replaceAll(/[$()+.?[\\\]^{|}]/g, '\\$&')
  })
  return new RegExp(`^${segments.join('/')}/?$`)
}
