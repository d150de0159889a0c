import { createHash } from 'node:crypto'
import type { NetworkDefaults } from '../backend.ts'
import type { BackendConfig } from '../config.ts'
import { isSecret, type NamedSecret } from '../secret.ts'

/**
 * Options with every secret, named or not, replaced by a text: what a plugin's JSON Schema describes, since a schema
 * cannot speak of objects that hide their content.
 */
export function printableOptions(options: unknown): unknown {
  return mapSecrets(options, () => '[redacted]')
}

/** Hash of what makes a backend: equal hashes keep the instance over a reload. Secrets count by their own hash. */
export function fingerprintOf(config: BackendConfig, network: NetworkDefaults): string {
  if (config.fingerprint !== undefined) return config.fingerprint
  const options = mapSecrets(config.options, (secret) => `${secret.name}=${secret.hash}`)
  const text = JSON.stringify([config.name, config.plugin.type, options, config.pool, network])
  return createHash('sha256').update(text).digest('base64url')
}

interface SeenSecret {
  readonly name: string
  readonly hash: string
}

function mapSecrets(value: unknown, print: (secret: SeenSecret) => string): unknown {
  if (isSecret(value)) return print({ name: '', hash: value.fingerprint() })
  if (isNamedSecret(value)) return print({ name: value.name, hash: value.value.fingerprint() })
  if (Array.isArray(value)) return value.map((item) => mapSecrets(item, print))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, mapSecrets(item, print)]),
  )
}

function isNamedSecret(value: unknown): value is NamedSecret {
  return typeof value === 'object' && value !== null && 'value' in value && isSecret(value.value)
}
