import { Compile } from 'typebox/compile'
import { attributed } from '../attribution.ts'
import type { Backend, BackendPlugin, NetworkDefaults } from '../backend.ts'
import type { BackendConfig } from '../config.ts'
import { GatewayError, isGatewayError } from '../errors/gateway-error.ts'
import { scopeStateStore } from '../memory-state-store.ts'
import { BackendInstance, type RegistryEnvironment, rejectOn } from './backend-instance.ts'
import { printableOptions } from './options.ts'

/** The version of the plugin contract that this gateway speaks. */
const apiVersion = 1

/** Milliseconds that `create()` may take. */
const patience = 30_000

/**
 * Makes one backend. Rejects with `config_invalid` for bad options and with `plugin_incompatible` for a package that
 * does not keep the contract; names the backend in both.
 */
export async function createInstance(
  config: BackendConfig,
  options: {
    readonly fingerprint: string
    readonly network: NetworkDefaults
    readonly environment: RegistryEnvironment
  },
): Promise<BackendInstance> {
  const { environment, network } = options
  checkPlugin(config)
  checkOptions(config)
  const backend = await createBackend(config, network, environment)
  checkBackend(config.name, backend)
  return new BackendInstance({ config, fingerprint: options.fingerprint, backend, environment })
}

async function createBackend(
  { name, plugin, options }: BackendConfig,
  network: NetworkDefaults,
  environment: RegistryEnvironment,
): Promise<Backend> {
  const { clock, random, log, store, userAgent } = environment
  const context = {
    name,
    log,
    clock,
    random,
    state: scopeStateStore(store, `backend/${name}/`),
    userAgent,
    network,
  }
  const tooLate = AbortSignal.timeout(patience)
  try {
    return await Promise.race([
      attributed({ backend: name }, async () => plugin.create(options, context)),
      rejectOn(tooLate),
    ])
  } catch (error) {
    if (isGatewayError(error)) throw error
    const reason = tooLate.aborted
      ? `did not finish within ${patience / 1_000} s`
      : `threw: ${error instanceof Error ? error.message : String(error)}`
    throw incompatible(name, plugin, `its create() ${reason}`, error)
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
  const validator = Compile(plugin.options)
  const printable = printableOptions(options)
  if (validator.Check(printable)) return
  const problems = [...validator.Errors(printable)].map(
    (problem) =>
      `${problem.instancePath.replaceAll('/', '.').slice(1) || 'options'} ${problem.message}`,
  )
  throw configProblem(name, problems.slice(0, 10).join('; '))
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

function configProblem(name: string, what: string): GatewayError {
  return new GatewayError('config_invalid', `backends.${name}: ${what}`)
}
