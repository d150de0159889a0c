import { createHash } from 'node:crypto'
import type { NetworkDefaults } from '../backend.ts'
import type { BackendConfig } from '../config.ts'
import type { PoolRules } from '../pool/pool-rules.ts'
import { isSecret, type NamedSecret } from '../secret.ts'

/**
 * Options with every secret, named or not, replaced by a text: what a plugin's JSON Schema describes, since a schema
 * cannot speak of objects that hide their content.
 */
export function printableOptions(options: unknown): unknown {
  return mapSecrets(options, () => '[redacted]')
}

/**
 * Hash of what makes a backend: equal hashes keep the instance over a reload. Secrets count by their own hash; the order
 * of options does not count.
 */
export function fingerprintOf(
  config: BackendConfig,
  { network, rules }: { readonly network: NetworkDefaults; readonly rules: PoolRules },
): string {
  const { name, plugin, pool, fingerprint } = config
  const options = fingerprint ?? mapSecrets(config.options, (secret) => secret)
  const own = [name, plugin?.type, options, mapSecrets(pool, String)]
  const text = JSON.stringify([...own, network, rules])
  return createHash('sha256').update(text).digest('base64url')
}

/** A copy with members in the order of their names, and `print` of what identifies a secret in its place. */
function mapSecrets(value: unknown, print: (secret: string) => string): unknown {
  if (isSecret(value)) return print(`=${value.fingerprint()}`)
  if (isNamedSecret(value)) return print(`${value.name}=${value.value.fingerprint()}`)
  if (Array.isArray(value)) return value.map((item) => mapSecrets(item, print))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, item]) => [name, mapSecrets(item, print)]),
  )
}

function isNamedSecret(value: unknown): value is NamedSecret {
  return typeof value === 'object' && value !== null && 'value' in value && isSecret(value.value)
}
