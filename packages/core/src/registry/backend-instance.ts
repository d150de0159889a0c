import { attributed } from '../attribution.ts'
import type { Backend, BackendPlugin, ProbeContext } from '../backend.ts'
import { bounded } from '../bounded.ts'
import type { Timer } from '../clock.ts'
import type { BackendConfig } from '../config.ts'
import { GatewayError } from '../errors/gateway-error.ts'
import type { Pool } from '../pool/pool.ts'
import type { PoolRules } from '../pool/pool-rules.ts'
import { Catalog } from '../routing/catalog.ts'
import { createPool } from './create-pool.ts'
import type { RegistryEnvironment } from './environment.ts'

/** Milliseconds that a model list, a probe or the end may take. */
const patience = 10_000

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
  /** Whether its code failed, until a call succeeds. */
  faulty = false
  readonly #environment: RegistryEnvironment
  #leases = 0
  #retired = false
  #grace: Timer | undefined
  #disposing = false
  readonly #gone = Promise.withResolvers<void>()

  /** Throws `config_invalid` for a pool that cannot be made. */
  constructor(fields: {
    readonly config: BackendConfig
    readonly fingerprint: string
    readonly backend: Backend
    readonly environment: RegistryEnvironment
    readonly rules: PoolRules
  }) {
    const { config, backend, environment, rules } = fields
    this.name = config.name
    this.type = config.plugin.type
    this.plugin = config.plugin
    this.fingerprint = fields.fingerprint
    this.backend = backend
    this.#environment = environment
    this.catalog = new Catalog({
      load: async () => (await this.#ask((context) => backend.models?.(context))) ?? [],
      clock: environment.clock,
      onError: (error) =>
        environment.log.warn({ backend: this.name, err: error }, 'model list failed'),
    })
    this.pool = createPool(config, {
      backend,
      environment,
      rules,
      probe: (target) => this.#ask((context) => backend.probe?.(target, context)),
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

  /** Takes no new calls; disposed after the last open one, or after the grace. Resolves then. */
  retire(): Promise<void> {
    if (this.#retired) return this.#gone.promise
    this.#retired = true
    this.pool.close()
    if (this.#leases === 0) return this.dispose()
    const { clock, disposeGraceMs } = this.#environment
    this.#grace = clock.after(disposeGraceMs, () => void this.dispose())
    return this.#gone.promise
  }

  /** Idempotent; never rejects. */
  dispose(): Promise<void> {
    if (!this.#disposing) {
      this.#disposing = true
      void this.#dispose().then(this.#gone.resolve)
    }
    return this.#gone.promise
  }

  /** Its code threw what no contract allows, or returned what none knows. Returns the error that the call sees. */
  broke(thrown: unknown, callId?: string): GatewayError {
    this.faulty = true
    this.#environment.events.emit('backend-fault', {
      backend: this.name,
      error: thrown,
      ...(callId === undefined ? {} : { callId }),
    })
    return brokenBackend(this.name, thrown)
  }

  /** Asks the backend something that belongs to no call, bounded in time. */
  #ask<Result>(
    question: (context: ProbeContext) => Promise<Result> | undefined,
  ): Promise<Result | undefined> {
    const { clock, log } = this.#environment
    return bounded(clock, patience, (signal) =>
      attributed({ backend: this.name }, () => question({ signal, log })),
    )
  }

  async #dispose(): Promise<void> {
    this.#grace?.cancel()
    this.pool.close()
    const { clock, log } = this.#environment
    try {
      await bounded(clock, patience, () =>
        attributed({ backend: this.name }, () => this.backend.dispose?.()),
      )
    } catch (error) {
      log.warn({ backend: this.name, err: error }, 'backend failed to dispose')
    }
  }
}

/** What a call sees of a fault in a backend's code: other targets and backends may still serve it. */
export function brokenBackend(name: string, cause: unknown): GatewayError {
  return new GatewayError(
    'upstream_error',
    `The backend "${name}" failed unexpectedly. The log has the details.`,
    { cause, final: true, upstream: { backend: name } },
  )
}
