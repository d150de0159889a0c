import { GatewayError } from '@jackfield/core'

/** Path and query of a request, below the prefix that the plugin is mounted at. */
export interface RequestTarget {
  readonly path: string
  /** Without `?`; empty when there is none. */
  readonly query: string
}

// Finds every target that needs a closer look: escapes, fragments, back slashes, dot segments, all but printable ASCII.
const suspicious = /[%#\\]|[^!-~]|\/\.\.?(?:[/?]|$)/
const controlCharacter = /\p{Cc}/u
const separator = /[/\\]/

/**
 * Splits a request target. Takes the absolute form too (`POST http://host/v1/…`, as sent to proxies), and reads several
 * slashes as one, as routers that ignore duplicate slashes do.
 */
export function requestTarget(url: string, prefix: string): RequestTarget {
  const origin = url.startsWith('/') ? url : originForm(url)
  const mark = origin.indexOf('?')
  const full = mark === -1 ? origin : origin.slice(0, mark)
  const path = full.includes('//') ? full.replace(/\/{2,}/g, '/') : full
  return {
    path: prefix !== '' && path.startsWith(prefix) ? path.slice(prefix.length) || '/' : path,
    query: mark === -1 ? '' : origin.slice(mark + 1),
  }
}

function originForm(url: string): string {
  const authority = url.indexOf('://')
  const path = authority === -1 ? -1 : url.indexOf('/', authority + 3)
  return path === -1 ? '/' : url.slice(path)
}

/**
 * What is wrong with a request target, if anything: bad percent-encoding, control characters, a fragment, or dot
 * segments, with which a path that is forwarded could leave the provider's base path.
 */
export function targetProblem(url: string): GatewayError | undefined {
  if (!suspicious.test(url)) return undefined
  const { path, query } = requestTarget(url, '')
  const reason = pathProblem(path) ?? queryProblem(query)
  return reason === undefined ? undefined : new GatewayError('invalid_request', reason)
}

function pathProblem(path: string): string | undefined {
  if (path.includes('#')) return 'The request path must not contain a fragment (#).'
  const decoded = decodePercent(path)
  if (decoded === undefined) return 'The request path has an invalid percent-encoding.'
  if (controlCharacter.test(decoded)) return 'The request path contains a control character.'
  const dots = decoded.split(separator).some((segment) => segment === '.' || segment === '..')
  return dots ? 'The request path must not contain "." or ".." segments.' : undefined
}

function queryProblem(query: string): string | undefined {
  if (decodePercent(query) !== undefined) return undefined
  return 'The query string has an invalid percent-encoding.'
}

function decodePercent(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}
