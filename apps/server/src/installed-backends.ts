import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** How a backend is authorised: by API keys, by the login of a local user, or not at all. */
export type BackendAuth = 'key' | 'oauth' | 'none'

/** The environment variables that a backend's package declares, by the options that they give. */
export interface BackendVariables {
  /** Also read with `_1` to `_20` behind it. */
  readonly api_keys?: string
  /** Whole seconds; `0` means the backend's default. */
  readonly timeout?: string
  /** Of every other option: read as in the file. */
  readonly [option: string]: string | undefined
}

/** What the `package.json` of a backend says of it, known without running its code. */
export interface InstalledBackend {
  readonly packageName: string
  readonly version: string
  readonly type: string
  readonly auth: BackendAuth
  readonly variables: BackendVariables
  /** Variables that give keys, in the same way, where `variables.api_keys` gives none. */
  readonly keyAliases: readonly string[]
  /** It has no provider but calls other backends: it serves by itself wherever another one does. */
  readonly isVirtual?: true
  /** The package's own folder. */
  readonly folder: string
}

/** A package that cannot be used as a backend, and why. */
export interface UnusablePackage {
  readonly packageName: string
  readonly reason: string
}

/**
 * Where backends are looked for: folders with a `package.json`, or URLs of modules below one. The first that has a package
 * wins: the user's folder, then the app's own.
 */
export type PackageRoots = readonly (string | URL)[]

/** The prefix of our own backends: `internlm` is `@jackfield/backend-internlm`. */
export const ownPackagePrefix = '@jackfield/backend-'

/**
 * The backends among the direct dependencies of each root, in the order of roots and dependencies. Reads their
 * manifests and runs none of their code; what is no backend is passed over.
 */
export function findInstalledBackends(roots: PackageRoots): readonly InstalledBackend[] {
  const found = new Map<string, InstalledBackend>()
  for (const root of roots) {
    for (const packageName of directDependencies(root)) {
      if (found.has(packageName)) continue
      const backend = findBackend(packageName, [root])
      if (backend !== undefined && 'type' in backend) found.set(packageName, backend)
    }
  }
  return [...found.values()]
}

/** One package by name, whether or not it is a direct dependency; `undefined` if it is not installed. */
export function findBackend(
  packageName: string,
  roots: PackageRoots,
): InstalledBackend | UnusablePackage | undefined {
  for (const root of roots) {
    for (const modules of createRequire(manifestOf(root)).resolve.paths(packageName) ?? []) {
      const folder = join(modules, packageName)
      const manifest = readManifest(join(folder, 'package.json'))
      if (manifest !== undefined) return readBackend(packageName, folder, manifest)
    }
  }
  return undefined
}

/** The manifest of a root: in a folder itself; of a module, the nearest one above it. */
function manifestOf(root: string | URL): string {
  if (typeof root === 'string') return join(root, 'package.json')
  let folder = dirname(fileURLToPath(root))
  while (!existsSync(join(folder, 'package.json')) && dirname(folder) !== folder) {
    folder = dirname(folder)
  }
  return join(folder, 'package.json')
}

type Manifest = Readonly<Record<string, unknown>>

function readManifest(path: string): Manifest | undefined {
  try {
    const manifest: unknown = JSON.parse(readFileSync(path, 'utf8'))
    return asManifest(manifest)
  } catch {
    return undefined // not there, or not a manifest: then nothing is installed at this place
  }
}

function asManifest(value: unknown): Manifest | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? { ...value }
    : undefined
}

const dependencyFields = ['dependencies', 'optionalDependencies', 'devDependencies']

function directDependencies(root: string | URL): readonly string[] {
  const manifest = readManifest(manifestOf(root)) ?? {}
  const names = dependencyFields.flatMap((field) => Object.keys(asManifest(manifest[field]) ?? {}))
  return [...new Set(names)]
}

function readBackend(
  packageName: string,
  folder: string,
  manifest: Manifest,
): InstalledBackend | UnusablePackage {
  const declared = asManifest(manifest['jackfield'])
  if (declared === undefined) return { packageName, reason: 'its package.json has no "jackfield"' }
  const { type, auth } = declared
  if (typeof type !== 'string' || !/^[a-z0-9-]+$/.test(type)) {
    return { packageName, reason: 'its "jackfield.type" is not of the form [a-z0-9-]+' }
  }
  if (auth !== 'key' && auth !== 'oauth' && auth !== 'none') {
    return { packageName, reason: 'its "jackfield.auth" is none of key, oauth, none' }
  }
  const environment = readEnvironment(declared['environment'] ?? {})
  if (environment === undefined) {
    return { packageName, reason: 'its "jackfield.environment" does not name variables' }
  }
  const version = typeof manifest['version'] === 'string' ? manifest['version'] : 'unknown'
  const isVirtual = declared['virtual'] === true && auth === 'none'
  return {
    packageName,
    version,
    type,
    auth,
    ...environment,
    ...(isVirtual ? { isVirtual } : {}),
    folder,
  }
}

/** Several names for the keys are one with aliases. */
function readEnvironment(
  declared: unknown,
): Pick<InstalledBackend, 'variables' | 'keyAliases'> | undefined {
  const fields = asManifest(declared)
  if (fields === undefined) return undefined
  const { api_keys: keys } = fields
  const [first, ...keyAliases] = Array.isArray(keys) ? (keys as readonly unknown[]) : [keys]
  if (!keyAliases.every(isVariable)) return undefined
  const variables = readVariables({ ...fields, api_keys: first })
  return variables === undefined ? undefined : { variables, keyAliases }
}

function readVariables(fields: Manifest): BackendVariables | undefined {
  const variables: Record<string, string> = {}
  for (const [option, name] of Object.entries(fields)) {
    if (name === undefined) continue
    if (!/^[a-z][a-z0-9_]*$/.test(option) || !isVariable(name)) return undefined
    variables[option] = name
  }
  return variables
}

function isVariable(name: unknown): name is string {
  return typeof name === 'string' && /^[A-Za-z_][A-Za-z0-9_]*$/.test(name)
}

/** The package that a `type` of the configuration means. */
export function packageOfType(type: string, installed: readonly InstalledBackend[]): string {
  const isFullName = type.includes('/') || type.startsWith('jackfield-backend-')
  if (isFullName || installed.some((backend) => backend.packageName === type)) return type
  return `${ownPackagePrefix}${type}`
}
