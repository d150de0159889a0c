import { type BackendRank, isSecret, type PoolDefaults } from '@jackfield/core'
import type { InstalledBackend } from '../installed-backends.ts'
import {
  describeKeyVariables,
  fillLeftOut,
  readOptionVariables,
  warnUnreadKeys,
} from './backend-environment.ts'
import {
  finishOptions,
  hasKey,
  hostPart,
  needsKey,
  optionsSchema,
  pluginPart,
  shapeOptions,
} from './backend-options.ts'
import type { BackendPackages, ConfiguredBackend, KeySource } from './backends.ts'
import type { ChosenBackend } from './choose-backends.ts'
import { fillDefaults } from './decode.ts'
import type { Environment } from './environment.ts'
import { isShowable, nearestName, quoteName } from './names.ts'
import { type MapNode, memberOf, mergeMaps } from './node.ts'
import { describeOrigin } from './origin.ts'
import type { Problem, Report } from './problems.ts'
import { backendEntry } from './schema.ts'
import { type SchemaNode, schemaNode } from './schema-node.ts'
import type { Shaping } from './shape.ts'

export interface BackendSources {
  readonly packages: BackendPackages
  readonly env: Environment
  readonly shaping: Shaping
  readonly warn: Report
}

/** What became of a chosen backend. */
export type BackendResult =
  | { readonly backend: ConfiguredBackend; readonly node: MapNode }
  | { readonly keyless: Omit<Problem, 'code'>; readonly chosen: ChosenBackend }
  | { readonly failed: string }

/** Finds a backend's package, runs it, and completes its options. Problems are reported, except a missing key. */
export async function configureBackend(
  chosen: ChosenBackend,
  sources: BackendSources,
): Promise<BackendResult> {
  const failed = { failed: chosen.name }
  const path = `backends.${chosen.name}`
  const { report } = sources.shaping
  const code = 'plugin_incompatible'
  const { origin } = chosen
  const installed = sources.packages.find(chosen.packageName)
  if (installed === undefined) {
    report({ origin, path, ...notInstalled(chosen, sources.packages.installed) })
    return failed
  }
  if ('reason' in installed) {
    const message = `the package ${quoteName(installed.packageName)} is no backend: ${installed.reason}`
    report({ code, origin, path, message, fix: 'name the package of a Jackfield backend' })
    return failed
  }
  const plugin = await sources.packages.load(installed)
  if ('incompatible' in plugin) {
    report({ code, origin, path, message: plugin.incompatible, fix: plugin.fix })
    return failed
  }
  try {
    return configureOptions({ chosen, installed, plugin, path }, sources)
  } catch (error) {
    // Only a broken schema gets here: an unknown reference, a pattern that is no regular expression.
    const reason = error instanceof Error ? error.message : 'it is broken'
    const message = `the options schema of ${installed.packageName} cannot be used: ${reason}`
    report({ code, origin, path, message, fix: 'report this to the author of the package' })
    return failed
  }
}

function notInstalled(
  { type, packageName }: ChosenBackend,
  installed: readonly InstalledBackend[],
): { readonly message: string; readonly fix: string } {
  const known = installed.map((backend) => backend.type)
  const near = known.includes(type) ? undefined : nearestName(type, known)
  const sameType = installed.find((backend) => backend.type === type)
  const message = `the package ${quoteName(packageName)} of type ${quoteName(type)} is not installed`
  if (near !== undefined) return { message, fix: `did you mean "${near}"?` }
  if (sameType !== undefined) {
    return { message, fix: `did you mean type: '${sameType.packageName}'?` }
  }
  const install = `npm install ${isShowable(packageName) ? packageName : '<package>'}`
  return { message, fix: `install it with "${install}", or correct the type` }
}

interface Prepared {
  readonly chosen: ChosenBackend
  readonly installed: InstalledBackend
  readonly plugin: ConfiguredBackend['plugin']
  readonly path: string
}

function configureOptions(prepared: Prepared, sources: BackendSources): BackendResult {
  const { chosen, installed, plugin, path } = prepared
  const { shaping } = sources
  const schema = optionsSchema(plugin)
  const written = shapeOptions(pluginPart(chosen.entry), schema, path, shaping)
  const given = environmentPart(prepared, schema, sources)
  const options = fillLeftOut(written, given, path, sources.warn)
  const isInvalid = shaping.invalid.has(`${path}.api_keys`)
  if (installed.auth === 'key' && needsKey(plugin) && !hasKey(options) && !isInvalid) {
    return { keyless: missingKey(prepared), chosen }
  }
  const { node, value } = finishOptions(options, schema, path, shaping)
  const host = fillDefaults(hostPart(chosen.entry), schemaNode(backendEntry))
  const whole = mergeMaps(node, host)
  return {
    node: whole,
    backend: {
      name: chosen.name,
      type: installed.type,
      packageName: installed.packageName,
      auth: installed.auth,
      isVirtual: installed.isVirtual === true,
      plugin,
      options: value,
      pool: poolOf(host),
      rank: rankOf(host),
      keySources: keySourcesOf(node),
    },
  }
}

function environmentPart(
  { installed, path }: Prepared,
  schema: SchemaNode,
  { env, shaping, warn }: BackendSources,
): MapNode {
  const { variables, keyAliases, packageName } = installed
  if (variables.api_keys !== undefined) warnUnreadKeys(env, variables.api_keys, warn)
  const unknown = Object.keys(variables).filter(
    (name) => !Object.hasOwn(schema.properties ?? {}, name),
  )
  for (const name of unknown) {
    const message = `${packageName} declares a variable for ${name} and has no such option`
    const fix = 'report this to the author of the package'
    shaping.report({ code: 'plugin_incompatible', path, message, fix })
  }
  const { report } = shaping
  const given = readOptionVariables({ env, variables, keyAliases, path, report })
  const known = [...given.entries].filter(([name]) => !unknown.includes(name))
  return shapeOptions({ ...given, entries: new Map(known) }, schema, path, shaping)
}

function missingKey({ chosen, installed, path }: Prepared): Omit<Problem, 'code'> {
  const base = installed.variables.api_keys
  const set = base === undefined ? '' : `set ${describeKeyVariables(base)}, or `
  return {
    origin: chosen.origin,
    path,
    message: 'it has no key',
    fix: `${set}write ${path}.api_keys`,
  }
}

function poolOf(host: MapNode): Partial<PoolDefaults> {
  const pool = memberOf(host, 'pool')
  const strategy = textOf(pool, 'strategy')
  const affinity = textOf(pool, 'affinity')
  return Object.freeze({
    ...(strategy === undefined ? {} : { strategy }),
    ...(affinity === 'none' || affinity === 'soft' ? { affinity } : {}),
  })
}

function rankOf(host: MapNode): BackendRank {
  const routing = memberOf(host, 'routing')
  const priority = numberOf(routing, 'priority')
  const cost = numberOf(routing, 'cost')
  return Object.freeze({
    ...(priority === undefined ? {} : { priority }),
    ...(cost === undefined ? {} : { cost }),
  })
}

function numberOf(node: Parameters<typeof memberOf>[0], name: string): number | undefined {
  const member = memberOf(node, name)
  return member?.kind === 'scalar' && typeof member.value === 'number' ? member.value : undefined
}

function textOf(node: Parameters<typeof memberOf>[0], name: string): string | undefined {
  const member = memberOf(node, name)
  return member?.kind === 'scalar' && typeof member.value === 'string' ? member.value : undefined
}

function keySourcesOf(options: MapNode): readonly KeySource[] {
  const keys = memberOf(options, 'api_keys')
  if (keys?.kind !== 'list') return []
  return keys.items.flatMap((item) =>
    item.kind === 'scalar' && isSecret(item.value)
      ? { name: item.name ?? '', source: describeOrigin(item.origin) }
      : [],
  )
}
