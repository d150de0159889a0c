import type { Clock } from '../clock.ts'
import type { EventEmitter } from '../event-bus.ts'
import type { GatewayEvents } from '../events.ts'
import type { Logger } from '../log.ts'
import type { Refresh } from '../registry/refresher.ts'
import type { StateMemory } from '../state/state-memory.ts'
import type { Stage } from './stage.ts'
import type { StoredAnswers } from './stored-answers.ts'

/** What handling calls needs of the gateway. */
export interface HandlerEnvironment {
  readonly clock: Clock
  readonly random: () => number
  readonly log: Logger
  readonly events: EventEmitter<GatewayEvents>
  readonly stages: readonly Stage[]
  readonly refresh: Refresh
  /** What is remembered of opaque state. */
  readonly memory: StateMemory
  readonly answers: StoredAnswers
}
