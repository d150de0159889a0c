import { randomUUID } from 'node:crypto'
import { type Clock, systemClock } from './clock.ts'
import type { GatewayConfig } from './config.ts'
import { createEventBus } from './event-bus.ts'
import type { GatewayEvents } from './events.ts'
import type { Gateway } from './gateway.ts'
import { type Logger, silentLogger } from './log.ts'
import { createMemoryStateStore, scopeStateStore } from './memory-state-store.ts'
import type { Stage, StageContext, StageFactory } from './pipeline/stage.ts'
import { StoredAnswers } from './pipeline/stored-answers.ts'
import { SharedExclusions } from './pool/shared-exclusions.ts'
import type { StrategyFactory } from './pool/strategy.ts'
import { TargetStates } from './pool/target-states.ts'
import { coreStrategies } from './registry/create-pool.ts'
import { createRefresher } from './registry/refresher.ts'
import { createInspector } from './routing/create-inspector.ts'
import { Turns } from './routing/turns.ts'
import { type GatewayEnvironment, RunningGateway } from './running-gateway.ts'
import { StateMemory } from './state/state-memory.ts'
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
  /** Steps that every call passes, in this order; or functions that make them. */
  readonly stages?: readonly (Stage | StageFactory)[]
  /** Balancing strategies besides `round-robin` and `weighted`. */
  readonly strategies?: Readonly<Record<string, StrategyFactory>>
}

/**
 * Creates a gateway and its backends. Rejects with `config_invalid` or `plugin_incompatible`, all problems in one
 * message; nothing is left open then. Whoever creates it closes it.
 */
export async function createGateway(options: GatewayOptions): Promise<Gateway> {
  const stages: Stage[] = []
  const environment = createEnvironment(options, stages)
  const gateway = new RunningGateway(environment)
  try {
    stages.push(...createStages(options.stages ?? [], environment, gateway))
    await gateway.apply(options.config)
  } catch (error) {
    await gateway.close({ graceMs: 0 })
    throw error
  }
  return gateway
}

function createStages(
  stages: readonly (Stage | StageFactory)[],
  { store, clock, log, random }: GatewayEnvironment,
  gateway: RunningGateway,
): readonly Stage[] {
  const context: StageContext = {
    store: (name) => scopeStateStore(store, `stage:${name}:`),
    clock,
    log,
    random,
    routing: createInspector(() => gateway.snapshot, random),
  }
  return stages.map((stage) => (typeof stage === 'function' ? stage(context) : stage))
}

function createEnvironment(options: GatewayOptions, stages: readonly Stage[]): GatewayEnvironment {
  const { clock = systemClock, random = Math.random, log = silentLogger, version = '0' } = options
  const store =
    options.store ??
    createMemoryStateStore({
      clock,
      onError: (error) => log.error({ err: error }, 'listener of the state store failed'),
    })
  const states = new TargetStates()
  const onStoreError = (error: unknown) => log.warn({ err: error }, 'state store failed')
  return {
    clock,
    log,
    random,
    store,
    states,
    turns: new Turns(),
    sharing: new SharedExclusions({
      store,
      clock,
      writer: randomUUID(),
      onError: (error) => log.warn({ err: error }, 'sharing the state of targets failed'),
    }),
    events: createEventBus<GatewayEvents>((error) =>
      log.error({ err: error }, 'event listener failed'),
    ),
    userAgent: `jackfield/${version}`,
    strategies: { ...coreStrategies, ...options.strategies },
    disposeGraceMs,
    stages,
    refresh: createRefresher(clock),
    memory: new StateMemory(scopeStateStore(store, 'state:'), onStoreError),
    answers: new StoredAnswers(scopeStateStore(store, 'answers:'), onStoreError),
  }
}
