import { createHash } from 'node:crypto'
import {
  type Credential,
  fixedTargets,
  type PoolDefaults,
  type TargetSource,
} from '@jackfield/core'
import { parseBaseUrl } from '../base-url.ts'
import type { HttpTarget } from './http-target.ts'

/** One server that is asked at an address of its own. */
export interface NamedUrl {
  readonly url: string
  /** Default: host and port. */
  readonly name?: string
  /** Default: 1. */
  readonly weight?: number
  readonly serves?: (model: string) => boolean
}

export interface UrlTargetOptions {
  /** The plugin's type. */
  readonly type: string
  readonly credential?: Credential
}

/** A target for one server: its address replaces the surface's. Throws `config_invalid`. */
export function urlTarget(server: NamedUrl, { type, credential }: UrlTargetOptions): HttpTarget {
  const { origin, path, query, host } = parseBaseUrl(server.url, { setting: 'url' })
  const address = [origin, path, query === '' ? '' : `?${query}`].join('')
  const id = createHash('sha256')
    .update(JSON.stringify([type, address]))
    .digest('hex')
    .slice(0, 16)
  return {
    id,
    name: server.name ?? host,
    weight: server.weight ?? 1,
    stateScope: id,
    baseUrl: address,
    ...(server.serves === undefined ? {} : { serves: server.serves }),
    ...(credential === undefined ? {} : { credential: () => credential }),
  }
}

/** One target per server, in order, for a list that does not change. Throws `config_invalid`. */
export function urlTargets(
  servers: readonly NamedUrl[],
  options: UrlTargetOptions & { readonly defaults: PoolDefaults },
): TargetSource {
  return fixedTargets(
    servers.map((server) => urlTarget(server, options)),
    options.defaults,
  )
}
