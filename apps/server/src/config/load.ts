import type { BackendPackages, ConfiguredBackend, DisabledBackend } from './backends.ts'
import { checkWhole } from './check.ts'
import { nameClientKeys, type WrittenClientKey } from './client-keys.ts'
import { type Collector, createCollector } from './collector.ts'
import { type ConfigFile, readConfigFile } from './config-file.ts'
import { decodeNode, fillDefaults } from './decode.ts'
import { type EnabledBackends, enableBackends } from './enable-backends.ts'
import { type Environment, readEnvironment, warnUnknownVariables } from './environment.ts'
import { checkExposure } from './exposure.ts'
import { readFlags } from './flags.ts'
import { liftDottedAliases } from './lift-aliases.ts'
import { emptyMap, type MapNode, memberOf, mergeMaps, nodeOf, withEntry } from './node.ts'
import { builtIn } from './origin.ts'
import { ConfigError, type Problem, sortProblems } from './problems.ts'
import { checkRoutes, impliedDefault, wantedBackends } from './routes.ts'
import { configSchema, type ServerConfig } from './schema.ts'
import { type SchemaNode, schemaNode } from './schema-node.ts'
import { shapeNode } from './shape.ts'
import { contentDigest, type ReadFile, readSmallFile } from './source-files.ts'
import { sourcesOf } from './sources.ts'

/** Everything that a configuration is made from. */
export interface LoadInput {
  /** The command line without the program. */
  readonly argv: readonly string[]
  readonly env: Environment
  /** The working folder. */
  readonly cwd: string
  readonly packages: BackendPackages
  /** Default: the file system. */
  readonly readFile?: ReadFile
}

/** A configuration that can be used. */
export interface LoadedConfig {
  readonly config: ServerConfig
  /** The enabled backends, in the order of the file, or of the dependencies. */
  readonly backends: readonly ConfiguredBackend[]
  /** Backends that are configured and cannot serve; each has its warning. */
  readonly disabled: readonly DisabledBackend[]
  /** Whether the backends were found by their variables, without a `backends` section. */
  readonly isAutomatic: boolean
  /** Where each value was given, by its dotted path. */
  readonly sources: ReadonlyMap<string, string>
  readonly warnings: readonly Problem[]
  /** The configuration file as messages show it; absent if there is none. */
  readonly file?: string
  /** Absolute path of every file that was read → digest of its content: what to watch. */
  readonly files: ReadonlyMap<string, string>
  /** The effective values with their origins, secrets wrapped: what `check-config` prints. */
  readonly effective: MapNode
}

/**
 * Makes the effective configuration: flags above environment above file above defaults, backends included. Rejects with
 * a {@link ConfigError} that holds every problem.
 */
export async function loadConfig(input: LoadInput): Promise<LoadedConfig> {
  const collector = createCollector()
  const files = new Map<string, string>()
  const { file, layers } = await readLayers(input, collector, files)
  const base = fillDefaults(layers, schemaNode(configSchema))
  collector.locateIn(base)
  const backends = await chooseBackends(base, input, collector)
  const effective = withDefaultBackend(base, backends, collector)
  const config = decodeConfig(effective, backends, collector)
  checkRoutes(effective, routeRules(backends, collector))
  checkExposure({ host: config.host, config, backends: backends.enabled }, collector.report)
  warnUnknownVariables(input.env, collector.warn)
  throwProblems(collector)
  const shown = withEntry(effective, 'backends', backends.section)
  return Object.freeze({
    config,
    backends: backends.enabled,
    disabled: backends.disabled,
    isAutomatic: backends.isAutomatic,
    sources: sourcesOf(shown),
    warnings: sortProblems(collector.warnings),
    ...(file === undefined ? {} : { file: file.shown }),
    files,
    effective: shown,
  })
}

function throwProblems({ problems }: Collector): void {
  if (problems.length > 0) throw new ConfigError(sortProblems(problems))
}

interface Layers {
  readonly file: ConfigFile | undefined
  /** The sum of what was given, without defaults. */
  readonly layers: MapNode
}

async function readLayers(
  input: LoadInput,
  collector: Collector,
  files: Map<string, string>,
): Promise<Layers> {
  const { shaping, report } = collector
  const { argv, env, cwd, readFile = readSmallFile } = input
  const flags = readFlags(argv, shaping)
  const environment = readEnvironment(env, shaping)
  const tracked: ReadFile = (path) => {
    const content = readFile(path)
    files.set(path, contentDigest(content))
    return content
  }
  const named = flags.config === undefined ? {} : { flag: flags.config }
  const file = await readConfigFile({ ...named, env, cwd, readFile: tracked, report })
  // Without the file nearly everything else would look wrong too.
  if (file !== undefined && file.layer === undefined) throwProblems(collector)
  const written = shapeFile(file?.layer, collector)
  return { file, layers: mergeMaps(flags.layer, mergeMaps(environment, written)) }
}

function shapeFile(layer: MapNode | undefined, { shaping }: Collector): MapNode {
  if (layer === undefined) return emptyMap(builtIn)
  const lifted = liftDottedAliases(layer, shaping)
  const shaped = shapeNode(lifted, schemaNode(configSchema), '', shaping)
  return shaped?.kind === 'map' ? shaped : lifted
}

function chooseBackends(
  base: MapNode,
  { packages, env }: LoadInput,
  { shaping, warn }: Collector,
): Promise<EnabledBackends> {
  const written = memberOf(base, 'backends')
  const section = written?.kind === 'map' ? written : undefined
  const known = [...packages.installed.map(({ type }) => type), ...(section?.entries.keys() ?? [])]
  const wanted = {
    section,
    named: wantedBackends(base, new Set(known)),
    isHybridDisabled: isTrue(base, 'disable_hybrid_backend'),
  }
  return enableBackends(wanted, { packages, env, shaping, warn })
}

function isTrue(map: MapNode, name: string): boolean {
  const node = memberOf(map, name)
  return node?.kind === 'scalar' && node.value === true
}

function routeRules(backends: EnabledBackends, { report, warn }: Collector) {
  const { enabled, isAutomatic, failed } = backends
  return { backends: enabled, isAutomatic, failed, report, warn }
}

function withDefaultBackend(
  base: MapNode,
  backends: EnabledBackends,
  collector: Collector,
): MapNode {
  if (base.entries.has('default_backend') || collector.shaping.invalid.has('default_backend')) {
    return base
  }
  const implied = impliedDefault(routeRules(backends, collector))
  if (implied === undefined) return base
  const origin = { kind: 'default', reason: 'the only backend' } as const
  return withEntry(base, 'default_backend', nodeOf(implied, origin))
}

function decodeConfig(
  effective: MapNode,
  { enabled, disabled, failed }: EnabledBackends,
  { shaping, report }: Collector,
): ServerConfig {
  const schema: SchemaNode = schemaNode(configSchema)
  checkWhole(effective, schema, '', shaping)
  const { backends: _, ...entries } = Object.fromEntries(effective.entries)
  const own: MapNode = { ...effective, entries: new Map(Object.entries(entries)) }
  // The tree has just been held against the schema from which this type is made.
  const decoded = decodeNode(own, schema) as unknown as Decoded
  const names = [...enabled, ...disabled].map(({ name }) => name)
  const api_keys = nameClientKeys(decoded.api_keys, { backends: [...names, ...failed], report })
  return Object.freeze({ ...decoded, api_keys: Object.freeze(api_keys) })
}

type Decoded = Omit<ServerConfig, 'api_keys'> & { readonly api_keys: readonly WrittenClientKey[] }
