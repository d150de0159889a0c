import type { NetworkDefaults } from './backend.ts'
import { defaultLimits, defaultNetwork, type GatewayConfig } from './config.ts'
import { GatewayError, toGatewayError } from './errors/gateway-error.ts'
import type { ConfigApplied } from './events.ts'
import { createAuthenticator } from './pipeline/authenticate.ts'
import type { Snapshot } from './pipeline/snapshot.ts'
import { SnapshotUse } from './pipeline/snapshot-use.ts'
import { poolRules } from './pool/pool-rules.ts'
import type { BackendInstance } from './registry/backend-instance.ts'
import { createInstance } from './registry/create-instance.ts'
import type { RegistryEnvironment } from './registry/environment.ts'
import { fingerprintOf } from './registry/options.ts'
import { checkRoutes } from './routing/check-routes.ts'
import { createRoutingView } from './routing/create-routing-view.ts'

const backendName = /^[a-z0-9-]+$/

/** A new snapshot and what it did to the backends. */
export interface Applied {
  readonly snapshot: Snapshot
  readonly changes: ConfigApplied
  /** Instances that the new snapshot does not use any more. */
  readonly retired: readonly BackendInstance[]
}

/**
 * Makes a snapshot of a configuration, keeping instances whose options did not change. All or nothing: rejects with all
 * problems in one message, after disposing what was made for it.
 */
export async function applyConfig(
  config: GatewayConfig,
  previous: Snapshot | undefined,
  environment: RegistryEnvironment,
): Promise<Applied> {
  const network = mergeNetwork(config)
  const problems = checkNames(config)
  const made = await makeInstances(config, { network, previous, environment, problems })
  const instances = new Map(made.map((instance) => [instance.name, instance]))
  problems.push(...checkRoutes(config))
  const old = previous?.instances ?? new Map<string, BackendInstance>()
  const fresh = made.filter((instance) => old.get(instance.name) !== instance)
  if (problems.length > 0) {
    await Promise.all(fresh.map((instance) => instance.dispose()))
    throw combine(problems)
  }
  return {
    snapshot: createSnapshot(config, { network, instances, environment }),
    changes: compare(old, instances),
    retired: [...old.values()].filter((instance) => instances.get(instance.name) !== instance),
  }
}

function mergeNetwork({ network }: GatewayConfig): NetworkDefaults {
  const timeouts = { ...defaultNetwork.timeouts, ...network?.timeouts }
  return { ...defaultNetwork, ...network, timeouts }
}

function checkNames({ backends }: GatewayConfig): GatewayError[] {
  const seen = new Set<string>()
  return backends.flatMap(({ name }) => {
    const twice = seen.has(name)
    seen.add(name)
    if (!backendName.test(name)) {
      return [invalid(`backends.${name}: a name consists of a-z, 0-9 and "-"`)]
    }
    return twice ? [invalid(`backends.${name}: the name is used twice`)] : []
  })
}

async function makeInstances(
  config: GatewayConfig,
  context: {
    readonly network: NetworkDefaults
    readonly previous: Snapshot | undefined
    readonly environment: RegistryEnvironment
    readonly problems: GatewayError[]
  },
): Promise<BackendInstance[]> {
  const { network, previous, environment, problems } = context
  const rules = poolRules(config)
  const made = config.backends.map(async (backend) => {
    const fingerprint = fingerprintOf(backend, { network, rules })
    const present = previous?.instances.get(backend.name)
    if (present?.fingerprint === fingerprint && present.plugin === backend.plugin) return present
    try {
      return await createInstance(backend, { fingerprint, network, environment, rules })
    } catch (error) {
      problems.push(toGatewayError(error))
      return undefined
    }
  })
  return (await Promise.all(made)).filter((instance) => instance !== undefined)
}

function createSnapshot(
  config: GatewayConfig,
  parts: {
    readonly network: NetworkDefaults
    readonly instances: ReadonlyMap<string, BackendInstance>
    readonly environment: Pick<RegistryEnvironment, 'clock' | 'turns'>
  },
): Snapshot {
  const { network, instances, environment } = parts
  const { clock, turns } = environment
  return {
    config,
    limits: { ...defaultLimits, ...config.limits },
    network,
    forced: config.parameters?.forced ?? {},
    defaults: config.parameters?.defaults ?? {},
    instances,
    use: new SnapshotUse(instances.values()),
    routing: createRoutingView(config, instances, { clock, turns }),
    modelDefaults: new Map(Object.entries(config.parameters?.modelDefaults ?? {})),
    authenticate: createAuthenticator(config.clientKeys ?? []),
    hasForeignStates: scopesOf(instances).size > 1,
  }
}

/** Who makes and accepts state. Backends that have no provider make none: what they show is labelled already. */
function scopesOf(instances: ReadonlyMap<string, BackendInstance>): ReadonlySet<string> {
  const sending = [...instances.values()].filter(({ backend }) => backend.send !== undefined)
  const targets = sending.flatMap(({ backend }) => backend.targets.current())
  return new Set(targets.map(({ stateScope }) => stateScope))
}

function compare(
  old: ReadonlyMap<string, BackendInstance>,
  now: ReadonlyMap<string, BackendInstance>,
): ConfigApplied {
  const names = [...now.keys()]
  return {
    added: names.filter((name) => !old.has(name)),
    removed: [...old.keys()].filter((name) => !now.has(name)),
    replaced: names.filter((name) => old.has(name) && old.get(name) !== now.get(name)),
    kept: names.filter((name) => old.get(name) === now.get(name)),
  }
}

function combine(problems: readonly GatewayError[]): GatewayError {
  const [first, second] = problems
  if (first !== undefined && second === undefined) return first
  const code = problems.every((problem) => problem.code === 'plugin_incompatible')
    ? 'plugin_incompatible'
    : 'config_invalid'
  return new GatewayError(code, problems.map((problem) => problem.message).join('\n'), {
    cause: problems,
  })
}

function invalid(message: string): GatewayError {
  return new GatewayError('config_invalid', message)
}
