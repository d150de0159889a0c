import type { NamedSecret } from '@jackfield/core'
import { nearestName, quoteName } from './names.ts'
import type { Report } from './problems.ts'
import type { ClientKeySetting } from './schema.ts'

/** A key as it is decoded: alone, or with a name and the backends that it opens. What is invalid is missing. */
export type WrittenClientKey =
  | NamedSecret
  | { readonly name?: string; readonly key?: NamedSecret; readonly backends?: readonly string[] }

export interface ClientKeyRules {
  /** Names of all backends of the configuration, enabled or not. */
  readonly backends: readonly string[]
  readonly report: Report
}

/**
 * The keys of clients with their names: `key-1` is the first one that has none. Two keys of one name could not be told
 * apart in the log; one key under two names would make it a matter of chance who called.
 */
export function nameClientKeys(
  written: readonly WrittenClientKey[],
  rules: ClientKeyRules,
): readonly ClientKeySetting[] {
  const names = new Set<string>()
  const keys = new Map<string, string>()
  return written.flatMap((each, at) => {
    const setting = toSetting(each, at)
    if (setting === undefined) return []
    const path = `api_keys[${at}]`
    const text = setting.key.reveal()
    const sameKey = keys.get(text)
    if (sameKey !== undefined) {
      rules.report({ path, message: `this key is also ${sameKey}`, fix: 'give every key once' })
    } else if (names.has(setting.name)) {
      const message = `the name ${quoteName(setting.name)} is given twice`
      rules.report({ path, message, fix: 'give every key its own name' })
    }
    names.add(setting.name)
    keys.set(text, path)
    checkBackends(setting, path, rules)
    return setting
  })
}

function toSetting(written: WrittenClientKey, at: number): ClientKeySetting | undefined {
  const unnamed = `key-${at + 1}`
  if ('value' in written) return Object.freeze({ name: unnamed, key: written.value })
  const { name = unnamed, key, backends } = written
  if (key === undefined) return undefined
  return Object.freeze({ name, key: key.value, ...(backends === undefined ? {} : { backends }) })
}

function checkBackends(setting: ClientKeySetting, path: string, rules: ClientKeyRules): void {
  for (const name of setting.backends ?? []) {
    if (rules.backends.includes(name)) continue
    const near = nearestName(name, rules.backends)
    rules.report({
      path: `${path}.backends`,
      message: `no backend is called ${quoteName(name)}`,
      fix: near === undefined ? 'name a configured backend' : `did you mean "${near}"?`,
    })
  }
}
