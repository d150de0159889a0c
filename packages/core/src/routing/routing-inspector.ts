import type { Principal } from '../call.ts'
import type { FailoverRoutes } from './failover-route.ts'
import type { Plan } from './plan.ts'
import type { SelectorResult } from './selector-types.ts'

/** A backend as people may be told of it. */
export interface RoutableBackend {
  readonly name: string
  readonly type: string
  readonly targets: number
  readonly readyTargets: number
  /** Ids of the models that it is known to list now. */
  readonly models: readonly string[]
}

/** Who asks where something would go. */
export interface InspectedRequest {
  readonly principal: Principal
  /** What the request names as its model, for selectors that leave the model open. */
  readonly model?: string
  /** Failover routes of the session, which come before those of the configuration. */
  readonly routes?: FailoverRoutes
}

/** What stages may know of the routing. Always that of the present configuration. */
export interface RoutingInspector {
  /** Set: every call goes there, whatever a stage picks. */
  readonly staticRoute: string | undefined
  /** The failover routes of the configuration. */
  readonly failoverRoutes: FailoverRoutes
  /** The backends that a caller may use, in the order of the configuration. */
  backends(principal: Principal): readonly RoutableBackend[]
  /** Reads a selector as it would be read in a request. */
  parse(text: string): SelectorResult
  /**
   * Where a selector that a stage picks would lead now, without calling anybody. Throws, or rejects with, what a call would be answered
   * with: `invalid_request`, `model_not_found`, `permission_denied`.
   */
  resolve(selector: string, request: InspectedRequest): Plan | Promise<Plan>
}
