import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { BackendPlugin } from '@jackfield/core'
import type { BackendPackages } from './config/backends.ts'
import {
  findBackend,
  findInstalledBackends,
  type InstalledBackend,
  type PackageRoots,
} from './installed-backends.ts'

/** Why a package cannot serve as a backend. */
export interface IncompatiblePlugin {
  readonly incompatible: string
  readonly fix: string
}

/** The version of the plugin contract that this server speaks. */
const apiVersion = 1

/** The backends that are installed at some roots. Looks once: what is installed later needs another call. */
export function backendPackages(roots: PackageRoots): BackendPackages {
  return {
    installed: findInstalledBackends(roots),
    find: (packageName) => findBackend(packageName, roots),
    load: loadPlugin,
  }
}

/** Imports a backend's package and checks that its default export is a plugin of this contract. Never throws. */
async function loadPlugin(backend: InstalledBackend): Promise<BackendPlugin | IncompatiblePlugin> {
  const name = `${backend.packageName} ${backend.version}`
  try {
    const module: { readonly default?: unknown } = await import(entryOf(backend))
    return checkPlugin(module.default, backend)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return {
      incompatible: `${name} cannot be loaded: ${reason}`,
      fix: `update or reinstall it with "npm install ${backend.packageName}"`,
    }
  }
}

/** Whether an export is a plugin that this server can use. */
function checkPlugin(
  value: unknown,
  backend: InstalledBackend,
): BackendPlugin | IncompatiblePlugin {
  const name = `${backend.packageName} ${backend.version}`
  const fix = 'install a release of it that is made for this gateway'
  if (typeof value !== 'object' || value === null || !('apiVersion' in value)) {
    return { incompatible: `the default export of ${name} is not a backend plugin`, fix }
  }
  if (value.apiVersion !== apiVersion) {
    const theirs = typeof value.apiVersion === 'number' ? value.apiVersion : 'an unknown version'
    const incompatible = `${name} is made for plugin API ${theirs}, this gateway speaks ${apiVersion}`
    return { incompatible, fix }
  }
  const lacking = lackingPart(value)
  if (lacking !== undefined) return { incompatible: `the plugin of ${name} has no ${lacking}`, fix }
  const plugin = value as BackendPlugin
  if (plugin.type === backend.type) return plugin
  const incompatible = `the plugin of ${name} calls itself another type than its package.json`
  return { incompatible, fix }
}

function lackingPart(value: object): string | undefined {
  if (!('type' in value) || typeof value.type !== 'string') return '"type"'
  if (!('options' in value) || typeof value.options !== 'object' || value.options === null) {
    return 'schema of its "options"'
  }
  return 'create' in value && typeof value.create === 'function' ? undefined : '"create" function'
}

/** The URL of a package's entry, looked up in its own folder, whatever else of the same name is installed. */
function entryOf({ packageName, folder }: InstalledBackend): string {
  const inside = createRequire(join(folder, 'package.json'))
  try {
    return pathToFileURL(inside.resolve(packageName)).href // a package may name itself
  } catch (error) {
    const entry = importEntry(folder)
    if (entry === undefined) throw error
    return pathToFileURL(join(folder, entry)).href
  }
}

/** The entry of a package that has no `exports`, or only exports for `import`, which `require.resolve` does not see. */
function importEntry(folder: string): string | undefined {
  const manifest: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const exported = memberOf(manifest, 'exports')
  const main = exported === undefined ? (memberOf(manifest, 'main') ?? 'index.js') : exported
  return pickImport(memberOf(main, '.') ?? main)
}

const conditions = ['node', 'import', 'module-sync', 'default']

function pickImport(target: unknown): string | undefined {
  if (typeof target === 'string') return target
  if (typeof target !== 'object' || target === null) return undefined
  for (const [condition, inner] of Object.entries(target)) {
    const picked = conditions.includes(condition) ? pickImport(inner) : undefined
    if (picked !== undefined) return picked
  }
  return undefined
}

function memberOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined
  return Object.entries(value).find(([member]) => member === name)?.[1]
}
