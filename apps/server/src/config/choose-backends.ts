import { type InstalledBackend, ownPackagePrefix, packageOfType } from '../installed-backends.ts'
import { firstKeyVariables } from './backend-environment.ts'
import type { Environment } from './environment.ts'
import { emptyMap, type MapNode } from './node.ts'
import { builtIn, type Origin } from './origin.ts'
import type { Report } from './problems.ts'

/** A backend that shall be enabled; whether it can be is not known yet. */
export interface ChosenBackend {
  readonly name: string
  readonly type: string
  readonly packageName: string
  /** Its part of the file, shaped as every backend's; empty where nobody wrote one. */
  readonly entry: MapNode
  /** Where its type is given. */
  readonly origin: Origin
}

/** The type that answers without any key, when nothing else can. */
export const fallbackType = 'echo'

/** The enabled backends of a `backends` section. */
export function listedBackends(
  section: MapNode,
  installed: readonly InstalledBackend[],
): readonly ChosenBackend[] {
  return [...section.entries].flatMap(([name, { key, value: entry }]) => {
    if (entry.kind !== 'map' || isFalse(entry, 'enabled')) return []
    const written = entry.entries.get('type')?.value
    const isWritten = written?.kind === 'scalar' && typeof written.value === 'string'
    const type = isWritten ? String(written.value) : name
    const origin = isWritten ? written.origin : key
    return { name, type, packageName: packageOfType(type, installed), entry, origin }
  })
}

function isFalse(entry: MapNode, name: string): boolean {
  const value = entry.entries.get(name)?.value
  return value?.kind === 'scalar' && value.value === false
}

export interface AutomaticChoice {
  readonly installed: readonly InstalledBackend[]
  readonly env: Environment
  /** Backends that a route names: they are wanted even where no variable speaks for them. */
  readonly wanted: readonly string[]
  readonly warn: Report
}

/**
 * The backends without a `backends` section: those whose key variables are set, those that a route names, and `echo` if
 * there are none. A login alone enables nothing: it may be there for another program.
 */
export function automaticBackends(choice: AutomaticChoice): readonly ChosenBackend[] {
  const chosen = new Map<string, InstalledBackend>()
  const ownFirst = choice.installed.toSorted((a, b) => Number(isOwn(b)) - Number(isOwn(a)))
  for (const backend of ownFirst) {
    if (!hasKeys(backend, choice.env) && !choice.wanted.includes(backend.type)) continue
    const other = chosen.get(backend.type)
    if (other === undefined) chosen.set(backend.type, backend)
    else warnSameType(backend, other, choice.warn)
  }
  const fallback = choice.installed.find(({ type }) => type === fallbackType)
  const all = chosen.size > 0 || fallback === undefined ? [...chosen.values()] : [fallback]
  return all.map(({ type, packageName }) => {
    return { name: type, type, packageName, entry: emptyMap(builtIn), origin: builtIn }
  })
}

function isOwn(backend: InstalledBackend): boolean {
  return backend.packageName.startsWith(ownPackagePrefix)
}

function hasKeys(backend: InstalledBackend, env: Environment): boolean {
  const { auth, variables, keyAliases } = backend
  const base = variables.api_keys
  if (auth !== 'key' || base === undefined) return false
  return firstKeyVariables(env, [base, ...keyAliases]).length > 0
}

function warnSameType(backend: InstalledBackend, other: InstalledBackend, warn: Report): void {
  warn({
    path: '',
    message: `${backend.packageName} is not enabled: ${other.packageName} has the type ${other.type} too`,
    fix: `to use it, write a "backends" section with type: '${backend.packageName}'`,
  })
}
