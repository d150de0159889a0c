import { applyConfig } from './apply-config.ts'
import { currentAttribution } from './attribution.ts'
import { type Clock, systemClock } from './clock.ts'
import type { GatewayConfig } from './config.ts'
import { GatewayError } from './errors/gateway-error.ts'
import { createEventBus } from './event-bus.ts'
import type { GatewayEvents } from './events.ts'
import type { Gateway, GatewayHealth } from './gateway.ts'
import { backendHealth } from './health.ts'
import { type Logger, silentLogger } from './log.ts'
import { createMemoryStateStore } from './memory-state-store.ts'
import { listModels } from './model-list.ts'
import type { HandlerEnvironment } from './pipeline/open-call.ts'
import { handleCall, type OpenCalls } from './pipeline/pipeline.ts'
import type { Snapshot } from './pipeline/snapshot.ts'
import type { Stage } from './pipeline/stage.ts'
import type { StrategyFactory } from './pool/strategy.ts'
import type { TargetState } from './pool/target-state.ts'
import { coreStrategies, type RegistryEnvironment } from './registry/backend-instance.ts'
import { createRefresher } from './registry/refresher.ts'
import type { StateStore } from './state-store.ts'

/** Milliseconds after which a replaced backend is disposed although calls still use it. */
const disposeGraceMs = 3_600_000

/** How a gateway is made. */
export interface GatewayOptions {
  readonly config: GatewayConfig
  /** For the `User-Agent` of outgoing requests. */
  readonly version?: string
  readonly clock?: Clock
  /** In [0, 1). */
  readonly random?: () => number
  readonly store?: StateStore
  readonly log?: Logger
  /** Steps that every call passes, in this order. */
  readonly stages?: readonly Stage[]
  /** Balancing strategies besides `round-robin` and `weighted`. */
  readonly strategies?: Readonly<Record<string, StrategyFactory>>
}

/**
 * Creates a gateway and its backends. Rejects with `config_invalid` or `plugin_incompatible`, all problems in one
 * message; nothing is left open then. Whoever creates it closes it.
 */
export async function createGateway(options: GatewayOptions): Promise<Gateway> {
  const environment = createEnvironment(options)
  const gateway = new RunningGateway(environment)
  await gateway.apply(options.config)
  return gateway
}

interface Environment extends RegistryEnvironment, HandlerEnvironment {}

function createEnvironment(options: GatewayOptions): Environment {
  const log = options.log ?? silentLogger
  const clock = options.clock ?? systemClock
  return {
    clock,
    log,
    random: options.random ?? Math.random,
    store: options.store ?? createMemoryStateStore({ clock }),
    events: createEventBus<GatewayEvents>((error) =>
      log.error({ err: error }, 'event listener failed'),
    ),
    userAgent: `jackfield/${options.version ?? '0'}`,
    states: new Map<string, TargetState>(),
    strategies: { ...coreStrategies, ...options.strategies },
    disposeGraceMs,
    stages: options.stages ?? [],
    refresh: createRefresher(),
  }
}

class RunningGateway implements Gateway {
  readonly #environment: Environment
  readonly #open: OpenCalls = new Map()
  readonly #handling = new Set<Promise<void>>()
  readonly #started: number
  #snapshot: Snapshot | undefined
  #applying: Promise<void> = Promise.resolve()
  #closing: Promise<void> | undefined

  constructor(environment: Environment) {
    this.#environment = environment
    this.#started = environment.clock.monotonic()
  }

  get events(): Gateway['events'] {
    return this.#environment.events
  }

  get #current(): Snapshot {
    if (this.#snapshot === undefined) throw new TypeError('the gateway has no configuration yet')
    return this.#snapshot
  }

  handle(...[input, sink]: Parameters<Gateway['handle']>): Promise<void> {
    const handled = handleCall(input, sink, {
      snapshot: this.#current,
      environment: this.#environment,
      open: this.#open,
      ...(this.#closing === undefined ? {} : { refusal: closing() }),
    })
    this.#handling.add(handled)
    return handled.finally(() => this.#handling.delete(handled))
  }

  authenticate(
    ...[headers]: Parameters<Gateway['authenticate']>
  ): ReturnType<Gateway['authenticate']> {
    return this.#current.authenticate(headers)
  }

  models(...[principal]: Parameters<Gateway['models']>): ReturnType<Gateway['models']> {
    return listModels(this.#current.instances, principal)
  }

  health(): GatewayHealth {
    const { clock } = this.#environment
    const now = clock.now()
    const backends = [...this.#current.instances.values()].map((instance) =>
      backendHealth(instance, now),
    )
    const targets = backends.flatMap((backend) => backend.targets)
    return {
      backends,
      readyTargets: targets.filter(({ state }) => state === 'ready').length,
      totalTargets: targets.length,
      uptimeMs: clock.monotonic() - this.#started,
      openCalls: this.#open.size,
    }
  }

  /** Applies one configuration after the other: two reloads in a row end with the second. */
  apply(config: GatewayConfig): Promise<void> {
    const applied = this.#applying.then(() => this.#apply(config))
    this.#applying = applied.catch(() => {})
    return applied
  }

  async #apply(config: GatewayConfig): Promise<void> {
    if (this.#closing !== undefined) throw closing()
    const { snapshot, changes, retired } = await applyConfig(
      config,
      this.#snapshot,
      this.#environment,
    )
    this.#snapshot = snapshot
    for (const instance of retired) instance.retire()
    this.#forgetUnknownTargets(snapshot)
    this.#environment.events.emit('config-applied', changes)
  }

  /** Keeps the state of a target as long as a configured backend, or an open call, uses it. */
  #forgetUnknownTargets(snapshot: Snapshot): void {
    const { states } = this.#environment
    const known = new Set(
      [...snapshot.instances.values()].flatMap(({ backend }) =>
        backend.targets.current().map(({ id }) => id),
      ),
    )
    for (const [id, state] of states) {
      if (!known.has(id) && state.inFlight === 0) states.delete(id)
    }
  }

  attributeStray(error: unknown): string | undefined {
    const blamed = currentAttribution()
    if (blamed === undefined) return undefined
    const instance = this.#snapshot?.instances.get(blamed.backend)
    if (instance !== undefined) instance.fault = error
    const { backend, callId } = blamed
    this.#environment.events.emit('backend-fault', {
      backend,
      error,
      ...(callId === undefined ? {} : { callId }),
    })
    if (callId !== undefined) this.#open.get(callId)?.abort(faulty(backend, error))
    return backend
  }

  close({ graceMs }: { readonly graceMs: number }): Promise<void> {
    this.#closing ??= this.#close(graceMs)
    return this.#closing
  }

  async #close(graceMs: number): Promise<void> {
    await this.#applying
    const { clock } = this.#environment
    const { promise: graceOver, resolve } = Promise.withResolvers<void>()
    const timer = clock.after(graceMs, resolve)
    await Promise.race([Promise.allSettled([...this.#handling]), graceOver])
    timer.cancel()
    for (const call of this.#open.values()) call.abort(closing())
    await Promise.allSettled([...this.#handling])
    await Promise.all(
      [...(this.#snapshot?.instances.values() ?? [])].map((instance) => instance.dispose()),
    )
  }
}

function closing(): GatewayError {
  return new GatewayError(
    'no_available_target',
    'The gateway is shutting down. Try again in a moment.',
    {
      retryAfterMs: 1_000,
    },
  )
}

function faulty(backend: string, cause: unknown): GatewayError {
  return new GatewayError(
    'upstream_error',
    `The backend "${backend}" failed unexpectedly. The log has the details.`,
    { cause },
  )
}
