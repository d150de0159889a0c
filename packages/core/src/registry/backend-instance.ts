import { attributed } from '../attribution.ts'
import type { Backend, BackendPlugin } from '../backend.ts'
import type { Clock } from '../clock.ts'
import type { BackendConfig } from '../config.ts'
import { GatewayError } from '../errors/gateway-error.ts'
import type { EventEmitter } from '../event-bus.ts'
import type { GatewayEvents } from '../events.ts'
import type { Logger } from '../log.ts'
import { Pool } from '../pool/pool.ts'
import { SharedExclusions } from '../pool/shared-exclusions.ts'
import { createRoundRobin } from '../pool/strategies/round-robin.ts'
import { createWeighted } from '../pool/strategies/weighted.ts'
import type { StrategyFactory } from '../pool/strategy.ts'
import type { TargetState } from '../pool/target-state.ts'
import { Catalog } from '../routing/catalog.ts'
import type { StateStore } from '../state-store.ts'

/** Milliseconds that a model list or a probe may take. */
const patience = 10_000

/** What instances need of the gateway. */
export interface RegistryEnvironment {
  readonly clock: Clock
  readonly random: () => number
  readonly log: Logger
  readonly store: StateStore
  readonly events: EventEmitter<GatewayEvents>
  readonly userAgent: string
  readonly states: Map<string, TargetState>
  readonly strategies: Readonly<Record<string, StrategyFactory>>
  /** Milliseconds after which a retired backend is disposed although calls still use it. */
  readonly disposeGraceMs: number
}

/** Strategies of this package. */
export const coreStrategies: Readonly<Record<string, StrategyFactory>> = {
  'round-robin': () => createRoundRobin(),
  weighted: () => createWeighted(),
}

/**
 * One configured backend at work. Leased while a call uses it, so that a reload disposes it only after the last answer.
 */
export class BackendInstance {
  readonly name: string
  readonly type: string
  readonly fingerprint: string
  readonly plugin: BackendPlugin
  readonly backend: Backend
  readonly pool: Pool
  readonly catalog: Catalog
  /** The last stray error of its code, until a call succeeds. */
  fault: unknown
  readonly #environment: RegistryEnvironment
  #leases = 0
  #retired = false
  #disposed: Promise<void> | undefined

  constructor(fields: {
    readonly config: BackendConfig
    readonly fingerprint: string
    readonly backend: Backend
    readonly environment: RegistryEnvironment
  }) {
    const { config, backend, environment } = fields
    this.name = config.name
    this.type = config.plugin.type
    this.plugin = config.plugin
    this.fingerprint = fields.fingerprint
    this.backend = backend
    this.#environment = environment
    this.pool = createPool(config, backend, environment)
    this.catalog = new Catalog({
      load: async () => (await this.ask((context) => this.backend.models?.(context))) ?? [],
      clock: environment.clock,
      onError: (error) =>
        environment.log.warn({ backend: this.name, err: error }, 'model list failed'),
    })
  }

  /** Counts a use, until its `release()`. */
  lease(): void {
    this.#leases += 1
  }

  /** Ends a use. The last one of a retired backend disposes it. */
  release(): void {
    this.#leases -= 1
    if (this.#retired && this.#leases === 0) void this.dispose()
  }

  /** Takes no new calls; disposed after the last open one, or after the grace. */
  retire(): void {
    this.#retired = true
    this.pool.close()
    if (this.#leases === 0) {
      void this.dispose()
      return
    }
    const { clock, disposeGraceMs } = this.#environment
    clock.after(disposeGraceMs, () => void this.dispose())
  }

  dispose(): Promise<void> {
    this.#disposed ??= this.#dispose()
    return this.#disposed
  }

  /** Asks the backend something that belongs to no call, bounded in time. */
  async ask<Result>(
    question: (context: { signal: AbortSignal; log: Logger }) => Promise<Result> | undefined,
  ): Promise<Result | undefined> {
    const { log } = this.#environment
    const signal = AbortSignal.timeout(patience)
    const answer = attributed({ backend: this.name }, () => question({ signal, log }))
    if (answer === undefined) return undefined
    return await Promise.race([answer, rejectOn(signal)])
  }

  async #dispose(): Promise<void> {
    this.pool.close()
    try {
      await attributed({ backend: this.name }, () => this.backend.dispose?.())
    } catch (error) {
      this.#environment.log.warn({ backend: this.name, err: error }, 'backend failed to dispose')
    }
  }
}

/** Rejects when the signal says so. */
export function rejectOn(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}

function createPool(
  config: BackendConfig,
  backend: Backend,
  environment: RegistryEnvironment,
): Pool {
  const defaults = { ...backend.targets.defaults, ...config.pool }
  const factory = environment.strategies[defaults.strategy]
  if (factory === undefined) {
    throw new GatewayError(
      'config_invalid',
      `backends.${config.name}.strategy: there is no strategy "${defaults.strategy}". Use one of ${Object.keys(environment.strategies).join(', ')}.`,
    )
  }
  const probe = backend.probe?.bind(backend)
  return new Pool({
    source: backend.targets,
    strategy: factory({ random: environment.random }),
    affinity: defaults.affinity,
    clock: environment.clock,
    random: environment.random,
    states: environment.states,
    exchange: new SharedExclusions(environment),
    log: environment.log,
    ...(probe === undefined
      ? {}
      : {
          probe: (target) =>
            attributed({ backend: config.name }, () =>
              probe(target, { signal: AbortSignal.timeout(patience), log: environment.log }),
            ),
        }),
    onChange: ({ target, state, model, exclusion }) => {
      const forMs = exclusion === undefined ? undefined : exclusion.until - environment.clock.now()
      environment.events.emit('target-state', {
        backend: config.name,
        target: target.name,
        state,
        reason: exclusion?.reason ?? 'works again',
        ...(model === undefined ? {} : { model }),
        ...(forMs === undefined || !Number.isFinite(forMs) ? {} : { forMs }),
      })
    },
  })
}
