import { Compile } from 'typebox/compile'
import { attributed } from '../attribution.ts'
import type { Backend, BackendPlugin, NetworkDefaults } from '../backend.ts'
import { bounded } from '../bounded.ts'
import type { BackendConfig } from '../config.ts'
import { GatewayError, isGatewayError } from '../errors/gateway-error.ts'
import { scopeStateStore } from '../memory-state-store.ts'
import type { PoolRules } from '../pool/pool-rules.ts'
import { BackendInstance } from './backend-instance.ts'
import type { RegistryEnvironment } from './environment.ts'
import { printableOptions } from './options.ts'

/** The version of the plugin contract that this gateway speaks. */
const apiVersion = 1

/** Milliseconds that `create()` may take. */
const patience = 30_000

/**
 * Makes one backend. Rejects with `config_invalid` for bad options and with `plugin_incompatible` for a package that
 * does not keep the contract; names the backend in both. Nothing is left open then.
 */
export async function createInstance(
  config: BackendConfig,
  options: {
    readonly fingerprint: string
    readonly network: NetworkDefaults
    readonly environment: RegistryEnvironment
    readonly rules: PoolRules
  },
): Promise<BackendInstance> {
  const { fingerprint, environment, network, rules } = options
  checkPlugin(config)
  checkOptions(config)
  const backend = await createBackend(config, network, environment)
  try {
    checkBackend(config.name, backend)
    return new BackendInstance({ config, fingerprint, backend, environment, rules })
  } catch (error) {
    await discard(config.name, backend, environment)
    if (isGatewayError(error)) throw error
    throw incompatible(config.name, config.plugin, `its targets ${threw(error)}`, error)
  }
}

async function createBackend(
  { name, plugin, options }: BackendConfig,
  network: NetworkDefaults,
  environment: RegistryEnvironment,
): Promise<Backend> {
  const { clock, random, log, store, userAgent } = environment
  const state = scopeStateStore(store, `backend/${name}/`)
  const context = { name, log, clock, random, state, userAgent, network }
  let inTime = true
  const create = async () => {
    const backend = await attributed({ backend: name }, () => plugin.create(options, context))
    if (!inTime) await discard(name, backend, environment)
    return backend
  }
  try {
    return await bounded(clock, patience, create)
  } catch (error) {
    inTime = false
    if (isGatewayError(error) && error.code !== 'upstream_timeout') throw error
    throw incompatible(name, plugin, `its create() ${threw(error)}`, error)
  }
}

/** What was made although nobody can use it is ended. */
async function discard(name: string, backend: Backend, { log }: RegistryEnvironment) {
  try {
    await attributed({ backend: name }, () => backend?.dispose?.())
  } catch (error) {
    log.warn({ backend: name, err: error }, 'backend failed to dispose')
  }
}

function checkPlugin({ name, plugin }: BackendConfig): void {
  const version: unknown = plugin?.apiVersion
  if (version !== apiVersion) {
    throw incompatible(
      name,
      plugin,
      `it was written for version ${String(version)} of the plugin contract; this gateway speaks version ${apiVersion}. Update the package or the gateway`,
    )
  }
  if (typeof plugin.create !== 'function' || typeof plugin.type !== 'string') {
    throw incompatible(name, plugin, 'its default export has no `type` or no `create`')
  }
}

function checkOptions({ name, plugin, options }: BackendConfig): void {
  const printable = printableOptions(options)
  const problems = findProblems({ name, plugin }, printable)
  if (problems.length === 0) return
  throw new GatewayError('config_invalid', `backends.${name}: ${problems.slice(0, 10).join('; ')}`)
}

function findProblems(
  { name, plugin }: Pick<BackendConfig, 'name' | 'plugin'>,
  options: unknown,
): string[] {
  try {
    const validator = Compile(plugin.options)
    if (validator.Check(options)) return []
    return validator.Errors(options).map(({ instancePath, message, params }) => {
      const path = instancePath.replaceAll('/', '.').slice(1) || 'options'
      const unknown = 'additionalProperties' in params ? ` (${params.additionalProperties})` : ''
      return `${path} ${message}${unknown}`
    })
  } catch (error) {
    throw incompatible(name, plugin, `its options schema ${threw(error)}`, error)
  }
}

function checkBackend(name: string, backend: Backend): void {
  const missing = [
    ...(backend?.operations instanceof Set ? [] : ['operations']),
    ...(typeof backend?.handling === 'function' ? [] : ['handling']),
    ...(hasTargets(backend) ? [] : ['targets']),
    ...(backend?.send === undefined && backend?.chat === undefined ? ['send or chat'] : []),
  ]
  if (missing.length === 0) return
  throw new GatewayError(
    'plugin_incompatible',
    `The backend "${name}" cannot be used: what its create() returned lacks ${missing.join(', ')}.`,
  )
}

function hasTargets(backend: Backend): boolean {
  const targets: unknown = backend?.targets
  if (typeof targets !== 'object' || targets === null) return false
  return ['current', 'subscribe'].every(
    (member) => typeof Reflect.get(targets, member) === 'function',
  )
}

function incompatible(
  name: string,
  plugin: BackendPlugin,
  why: string,
  cause?: unknown,
): GatewayError {
  return new GatewayError(
    'plugin_incompatible',
    `The backend "${name}" (type ${plugin?.type ?? 'unknown'}) cannot be used: ${why}.`,
    cause === undefined ? {} : { cause },
  )
}

function threw(error: unknown): string {
  return `threw: ${error instanceof Error ? error.message : String(error)}`
}
