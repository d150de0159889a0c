import type { Backend } from '../backend.ts'
import type { BackendConfig } from '../config.ts'
import { GatewayError } from '../errors/gateway-error.ts'
import { Pool, type TargetChange } from '../pool/pool.ts'
import type { PoolRules } from '../pool/pool-rules.ts'
import type { Probe } from '../pool/prober.ts'
import { createRoundRobin } from '../pool/strategies/round-robin.ts'
import { createWeighted } from '../pool/strategies/weighted.ts'
import type { StrategyFactory } from '../pool/strategy.ts'
import type { RegistryEnvironment } from './environment.ts'

/** Strategies of this package. */
export const coreStrategies: Readonly<Record<string, StrategyFactory>> = {
  'round-robin': () => createRoundRobin(),
  weighted: () => createWeighted(),
}

/** Makes the pool of a backend, as its package and the operator want it. */
export function createPool(
  { name, pool }: BackendConfig,
  parts: {
    readonly backend: Backend
    readonly environment: RegistryEnvironment
    readonly rules: PoolRules
    readonly probe: Probe
  },
): Pool {
  const { backend, environment, rules, probe } = parts
  const { clock, random, states, sharing, log } = environment
  const { strategy, affinity } = { ...backend.targets.defaults, ...pool }
  return new Pool({
    source: backend.targets,
    strategy: findStrategy(name, strategy, environment.strategies)({ random }),
    affinity,
    clock,
    random,
    states,
    sharing,
    rules: rules.cooldown,
    retries: rules.retries,
    ...(backend.probe === undefined ? {} : { probe }),
    onChange: (change) => emitChange(name, change, environment),
    onError: (error) => log.error({ backend: name, err: error }, 'strategy failed'),
  })
}

function findStrategy(
  backend: string,
  name: string,
  strategies: RegistryEnvironment['strategies'],
): StrategyFactory {
  const factory = Object.hasOwn(strategies, name) ? strategies[name] : undefined
  if (factory !== undefined) return factory
  throw new GatewayError(
    'config_invalid',
    `backends.${backend}.strategy: there is no strategy "${name}". Use one of ${Object.keys(strategies).join(', ')}.`,
  )
}

function emitChange(
  backend: string,
  { target, state, model, exclusion }: TargetChange,
  { events, clock }: RegistryEnvironment,
): void {
  events.emit('target-state', {
    backend,
    target: target.name,
    state,
    reason: exclusion?.reason ?? 'works again',
    ...(model === undefined ? {} : { model }),
    ...(exclusion === undefined ? {} : { forMs: exclusion.until - clock.now() }),
  })
}
