import type { Principal } from '../call.ts'
import type { FailoverRoutes } from './failover-route.ts'
import type { ModelAliases } from './model-aliases.ts'
import type { SelectorContext } from './selector.ts'

/** What the resolver must know of the configuration. */
export interface RoutingView extends SelectorContext {
  /** Names of the backends in the order of the configuration. */
  readonly names: readonly string[]
  /** Names of those that list models at all. */
  readonly listers: readonly string[]
  /** Names of the targets of a backend, in its own order. */
  readonly targets: (backend: string) => readonly string[]
  /** Whether a backend lists a model. */
  readonly lists: (backend: string, model: string) => boolean
  /** Names of the backends that list a model, in the order in which the operator prefers them. */
  readonly listing: (model: string) => readonly string[]
  /** Makes sure that model lists are known, bounded in time. Called only where a decision depends on them. */
  readonly known: () => Promise<void>
  /** Whether all backends that list a model take turns, so that none of them begins always. */
  readonly takesTurns: boolean
  /** Whether the default backend serves what it lists before the others do. */
  readonly prefersDefault: boolean
  /** The number of calls before this one that took a turn of this name. */
  readonly turn: (name: string, options: { readonly isDryRun: boolean }) => number
  readonly failoverRoutes: FailoverRoutes
  readonly aliases?: ModelAliases
  readonly defaultBackend?: string
  readonly staticRoute?: string
  readonly forceModel?: string
}

/** What a call asks for. */
export interface RoutingRequest {
  /** The request's `model`. */
  readonly model: string | undefined
  /** What was picked instead, and by whom, in words. */
  readonly picked: { readonly selector: string; readonly by: string } | undefined
  /** The backend that holds what the call names (a stored answer). Nothing moves the call elsewhere. */
  readonly pinned?: string
  readonly principal: Principal
  /** Failover routes of the session, which come before those of the configuration. */
  readonly routes?: FailoverRoutes
  /** Whether the conversation has no answer yet. Asked only where a selector depends on it. */
  readonly isOpening: () => boolean
  /** In [0, 1). */
  readonly random: () => number
  /** Nobody is called: it is nobody's turn. */
  readonly isDryRun?: boolean
}
