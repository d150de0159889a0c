import { GatewayError } from '@jackfield/core'

/** A provider's address, taken apart once so that a call only joins strings. */
export interface BaseUrl {
  /** `https://host:port`, as undici wants it. */
  readonly origin: string
  /** `host:port` with the port always written: what messages name. */
  readonly host: string
  /** Path without a slash at its end; empty for none. */
  readonly path: string
  /** Last segment of the path with its slash (`/v1`) where that is a version; else empty. */
  readonly version: string
  /** Query without `?` that every request carries; empty for none. */
  readonly query: string
}

const versionSegment = /\/v\d+[a-z\d]*$/i

export interface BaseUrlOptions {
  /** Path of a URL that is written without one. Default: none. */
  readonly defaultPath?: string
  /** Last segment (`/v1`) of the provider's paths. It is added to a URL that ends in no version. Default: none. */
  readonly version?: string
  /** What the URL is called in messages. */
  readonly setting?: string
}

/**
 * Reads a base URL as people write it: with or without a slash at the end, with or without the provider's own path. A
 * URL without any path gets `defaultPath` (`/v1`); one with a path is taken as it is, except that a `version` is added
 * where it has none. A query is kept and sent with every request. Throws `config_invalid`.
 */
export function parseBaseUrl(text: string, options: BaseUrlOptions = {}): BaseUrl {
  const { defaultPath = '', version = '', setting = 'base_url' } = options
  const url = parseHttpUrl(text, setting)
  if (url.username !== '' || url.password !== '') {
    throw invalid(setting, 'contains a user name or password: write the key below `api_keys`')
  }
  if (url.hash !== '') throw invalid(setting, 'contains a `#`: remove it and what follows')
  const written = url.pathname.replace(/\/+$/, '')
  const own = written === '' ? defaultPath : written
  const path = versionSegment.test(own) ? own : own + version
  return {
    origin: url.origin,
    host: hostAndPort(url),
    path,
    version: versionSegment.exec(path)?.[0] ?? '',
    query: url.search.slice(1),
  }
}

/** `host:port`, the port written even where it is the protocol's own. */
export function hostAndPort(url: URL): string {
  return `${url.hostname}:${url.port === '' ? defaultPort(url.protocol) : url.port}`
}

function defaultPort(protocol: string): string {
  return protocol === 'https:' ? '443' : '80'
}

/**
 * The path and query of one request. `path` begins with a slash and stands below the base URL; where it begins with
 * the version that the base URL ends with, the version is written once.
 */
export function requestTarget(base: BaseUrl, path: string): string {
  const below = repeatsVersion(base.version, path) ? path.slice(base.version.length) : path
  const target = base.path + below
  if (base.query === '') return target === '' ? '/' : target
  return `${target}${target.includes('?') ? '&' : '?'}${base.query}`
}

function repeatsVersion(version: string, path: string): boolean {
  if (version === '' || !path.startsWith(version)) return false
  const next = path[version.length]
  return next === undefined || next === '/' || next === '?'
}

/** An absolute `http://` or `https://` URL. Throws `config_invalid`. */
export function parseHttpUrl(text: string, setting: string): URL {
  const url = URL.canParse(text.trim()) ? new URL(text.trim()) : undefined
  if (url !== undefined && /^https?:$/.test(url.protocol) && url.hostname !== '') return url
  throw invalid(setting, 'is not an http:// or https:// URL')
}

function invalid(setting: string, why: string): GatewayError {
  // The text itself is not quoted: a key pasted into the wrong setting must not reach a log.
  return new GatewayError('config_invalid', `${setting} ${why}.`)
}
