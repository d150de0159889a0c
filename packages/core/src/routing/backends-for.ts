import type { Principal } from '../call.ts'
import { rotated } from './failover-leaves.ts'
import type { RoutingRequest, RoutingView } from './routing-view.ts'
import { type LeafSelector, parseSelector } from './selector.ts'

/** Who asks for a bare model. */
type ModelRequest = Pick<RoutingRequest, 'principal' | 'isDryRun'>

/**
 * Whether it depends on model lists which backends serve a bare model id: then `view.known()` is to be awaited before
 * `backendsFor` is asked.
 */
export function needsLists(model: string, principal: Principal, view: RoutingView): boolean {
  return certain(model, principal, view) === undefined
}

/**
 * The backends that serve a bare model id, in the order in which they are tried: the default backend if it lists the
 * model and nothing else is preferred; else those that list it; else the default backend; else none. Goes by what is listed now.
 */
export function backendsFor(
  model: string,
  { principal, isDryRun }: ModelRequest,
  view: RoutingView,
): readonly string[] {
  const only = certain(model, principal, view)
  if (only !== undefined) return [only]
  const fallback = defaultFor(principal, view)
  const listing = view.listing(model).filter((name) => mayUse(name, principal))
  if (fallback === undefined) return inTurn(listing, model, { view, isDryRun })
  if (listing.length === 0) return [fallback]
  if (view.prefersDefault && listing.includes(fallback)) return [fallback]
  return inTurn(listing, model, { view, isDryRun })
}

function inTurn(
  names: readonly string[],
  model: string,
  {
    view,
    isDryRun = false,
  }: { readonly view: RoutingView; readonly isDryRun?: boolean | undefined },
): readonly string[] {
  if (!view.takesTurns || names.length < 2) return names
  return rotated(names, view.turn(`model ${model}`, { isDryRun }) % names.length)
}

/** The backend of a model id, where no other backend's list can change that. */
function certain(model: string, principal: Principal, view: RoutingView): string | undefined {
  const fallback = defaultFor(principal, view)
  if (fallback === undefined) return undefined
  const isOnly = !view.listers.some((name) => name !== fallback && mayUse(name, principal))
  if (isOnly) return fallback
  return view.prefersDefault && view.lists(fallback, model) ? fallback : undefined
}

/** The default backend of a caller: the configured one if it may use that, else the only one that it may use. */
function defaultFor(principal: Principal, view: RoutingView): string | undefined {
  const named =
    view.defaultBackend === undefined ? undefined : firstBackend(view.defaultBackend, view)
  if (named !== undefined && mayUse(named, principal)) return named
  const [only, second] =
    principal.backends === undefined
      ? view.names
      : view.names.filter((name) => mayUse(name, principal))
  return second === undefined ? only : undefined
}

export function mayUse(backend: string, principal: Principal): boolean {
  return principal.backends?.includes(backend) ?? true
}

/** The backend that a selector names first, by itself or through a failover route. */
function firstBackend(text: string, view: RoutingView): string | undefined {
  if (view.isBackend(text)) return text
  const leaf = firstLeaf(text, view)
  if (leaf === undefined) return undefined
  const { backend = leaf.vendorBackend, model } = leaf
  if (backend !== undefined) return backend
  const [element] = view.failoverRoutes.get(model)?.elements ?? []
  const first = element === undefined ? undefined : firstLeaf(element, view)
  return first?.backend ?? first?.vendorBackend
}

function firstLeaf(text: string, view: RoutingView): LeafSelector | undefined {
  const result = parseSelector(text, view)
  if (!result.ok) return undefined
  return result.selector.kind === 'leaf' ? result.selector : result.selector.leaves[0]
}
