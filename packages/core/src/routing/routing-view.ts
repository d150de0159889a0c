import type { Principal } from '../call.ts'
import type { SelectorContext } from './selector.ts'

/** What the resolver must know of the configuration. */
export interface RoutingView extends SelectorContext {
  /** Names of the backends in the order of the configuration. */
  readonly names: readonly string[]
  /** Whether a backend lists a model. */
  readonly lists: (backend: string, model: string) => boolean
  /** Makes sure that model lists are known, bounded in time. Called only where a decision depends on them. */
  readonly known: () => Promise<void>
  readonly defaultBackend?: string
  readonly staticRoute?: string
  readonly forceModel?: string
}

/** What a call asks for. */
export interface RoutingRequest {
  /** The request's `model`. */
  readonly model: string | undefined
  /** What a stage picked (one-off, session). */
  readonly picked: string | undefined
  /** The backend that holds what the call names (a stored answer). Nothing moves the call elsewhere. */
  readonly pinned?: string
  readonly principal: Principal
}
