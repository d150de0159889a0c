import { createHash } from 'node:crypto'
import {
  fixedTargets,
  GatewayError,
  type NamedSecret,
  type PoolDefaults,
  Secret,
  type TargetSource,
} from '@jackfield/core'
import type { HttpTarget } from './http-target.ts'

/** An API key under the name of its variable or setting. */
export interface NamedKey extends NamedSecret {
  /** Share of the traffic under the `weighted` strategy. Default: 1. */
  readonly weight?: number
}

export interface KeyTargetsOptions {
  /** The plugin's type. */
  readonly type: string
  /** What the keys are valid for. */
  readonly baseUrl: string
  /** None: one target without a credential, for servers that need no key. Plain texts are named by their place. */
  readonly keys: readonly (NamedKey | string)[]
  readonly defaults: PoolDefaults
  /**
   * Who accepts opaque reasoning state of a key: all keys of the provider, that key only, or all keys of the account that they
   * are known to belong to.
   */
  readonly stateScope: 'provider' | 'key' | { readonly account: string }
}

/**
 * One target per API key, in order, each key once. Ids are hashes of type, base URL and key, so that what is known of a key survives
 * a reload. Throws `config_invalid` for a key that cannot be sent in a header.
 */
export function keyTargets(options: KeyTargetsOptions): TargetSource {
  const { keys, defaults } = options
  if (keys.length === 0) return fixedTargets([targetOf(options)], defaults)
  const targets = new Map<string, HttpTarget>()
  const names = new Set<string>()
  for (const [at, given] of keys.entries()) {
    const key = typeof given === 'string' ? named(given, at) : given
    const target = targetOf(options, {
      ...key,
      name: unusedName(key.name, names),
      value: cleaned(key),
    })
    if (targets.has(target.id)) continue
    targets.set(target.id, target)
    names.add(target.name)
  }
  return fixedTargets([...targets.values()], defaults)
}

function targetOf({ type, baseUrl, stateScope }: KeyTargetsOptions, key?: NamedKey): HttpTarget {
  const id = hash([type, baseUrl, key?.value.fingerprint() ?? ''])
  const credential = key === undefined ? undefined : { secret: key.value }
  const scopeOf = (): string => {
    if (stateScope === 'key') return id
    return hash([type, baseUrl, ...(stateScope === 'provider' ? [] : [stateScope.account])])
  }
  return {
    id,
    name: key?.name ?? 'no-key',
    weight: key?.weight ?? 1,
    stateScope: scopeOf(),
    ...(credential === undefined ? {} : { credential: () => credential }),
  }
}

function named(text: string, at: number): NamedKey {
  const name = `api_keys[${at}]`
  if (text.trim() === '') throw unusable(name)
  return { name, value: new Secret(text) }
}

/** Several keys may come from one variable or setting. */
function unusedName(name: string, names: ReadonlySet<string>): string {
  if (!names.has(name)) return name
  let count = 2
  while (names.has(`${name}#${count}`)) count += 1
  return `${name}#${count}`
}

/** Keys are pasted with white space around them and with the scheme in front. */
function cleaned({ name, value }: NamedKey): Secret {
  const text = value.reveal()
  const key = text.trim().replace(/^Bearer\s+/i, '')
  if (/^[\x21-\x7e]+$/.test(key)) return key === text ? value : new Secret(key)
  throw unusable(name)
}

function unusable(name: string): GatewayError {
  return new GatewayError(
    'config_invalid',
    `The key ${name} is empty or has characters that no key has (spaces, line breaks). Copy it again.`,
  )
}

function hash(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16)
}
