import { type InstalledBackend, ownPackagePrefix, packageOfType } from '../installed-backends.ts'
import { firstKeyVariables } from './backend-environment.ts'
import type { Environment } from './environment.ts'
import { type ConfigNode, emptyMap, type MapNode } from './node.ts'
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

/** The type that `disable_hybrid_backend` switches off. */
export const hybridType = 'hybrid'

/** The enabled backends of a `backends` section. */
export function listedBackends(
  section: MapNode,
  installed: readonly InstalledBackend[],
): readonly ChosenBackend[] {
  return [...section.entries].flatMap(([name, { key, value: entry }]) => {
    if (entry.kind !== 'map' || isFalse(entry, 'enabled')) return []
    const type = typeOf(name, entry)
    const origin = entry.entries.get('type')?.value.origin ?? key
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
  const serving = [...chosen.values()].filter(({ isVirtual }) => isVirtual !== true)
  const needsFallback = serving.length === 0 && fallback !== undefined
  return [...(needsFallback ? [fallback] : serving)].map(asChosen)
}

/** The virtual backends that serve beside others without being asked to: those about which the section says nothing. */
export function virtualBackends(
  section: MapNode | undefined,
  installed: readonly InstalledBackend[],
): readonly ChosenBackend[] {
  const written = [...(section?.entries ?? [])].flatMap(([name, { value }]) => {
    return [name, packageOfType(typeOf(name, value), installed)]
  })
  return installed
    .filter(({ isVirtual }) => isVirtual === true)
    .filter(({ type, packageName }) => !written.includes(type) && !written.includes(packageName))
    .map(asChosen)
}

/** Whether a section says which backends serve: one that speaks of virtual ones only leaves that to the variables. */
export function isList(section: MapNode, installed: readonly InstalledBackend[]): boolean {
  return [...section.entries].some(([name, { value }]) => {
    const packageName = packageOfType(typeOf(name, value), installed)
    return !installed.some((one) => one.packageName === packageName && one.isVirtual === true)
  })
}

function typeOf(name: string, entry: ConfigNode): string {
  const written = entry.kind === 'map' ? entry.entries.get('type')?.value : undefined
  return written?.kind === 'scalar' && typeof written.value === 'string' ? written.value : name
}

function asChosen({ type, packageName }: InstalledBackend): ChosenBackend {
  return { name: type, type, packageName, entry: emptyMap(builtIn), origin: builtIn }
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
