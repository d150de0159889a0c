import type { Clock } from '../clock.ts'
import type { EventEmitter } from '../event-bus.ts'
import type { GatewayEvents } from '../events.ts'
import type { Logger } from '../log.ts'
import type { ExclusionSharing } from '../pool/shared-exclusions.ts'
import type { StrategyFactory } from '../pool/strategy.ts'
import type { TargetStates } from '../pool/target-states.ts'
import type { Turns } from '../routing/turns.ts'
import type { StateStore } from '../state-store.ts'

/** What instances need of the gateway. */
export interface RegistryEnvironment {
  readonly clock: Clock
  readonly random: () => number
  readonly log: Logger
  readonly store: StateStore
  readonly events: EventEmitter<GatewayEvents>
  readonly userAgent: string
  readonly states: TargetStates
  /** Whose turn it is, over all configurations. */
  readonly turns: Turns
  readonly sharing: ExclusionSharing
  readonly strategies: Readonly<Record<string, StrategyFactory>>
  /** Milliseconds after which a retired backend is disposed although calls still use it. */
  readonly disposeGraceMs: number
}
