import type { NetworkDefaults } from '../backend.ts'
import type { CallParameters } from '../chat/parameters.ts'
import type { CallLimits, GatewayConfig } from '../config.ts'
import type { BackendInstance } from '../registry/backend-instance.ts'
import type { RoutingView } from '../routing/routing-view.ts'
import type { Authenticator } from './authenticate.ts'
import type { SnapshotUse } from './snapshot-use.ts'

/** One configuration at work. Calls keep the one that they started with. */
export interface Snapshot {
  readonly config: GatewayConfig
  readonly limits: CallLimits
  readonly network: NetworkDefaults
  readonly forced: CallParameters
  readonly defaults: CallParameters
  /** By model, or by `backend:model`. */
  readonly modelDefaults: ReadonlyMap<string, CallParameters>
  readonly instances: ReadonlyMap<string, BackendInstance>
  /** Counts the calls that use it. */
  readonly use: SnapshotUse
  readonly routing: RoutingView
  readonly authenticate: Authenticator
  /** Whether there are places that refuse each other's opaque state. */
  readonly hasForeignStates: boolean
}
