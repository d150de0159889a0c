import type { Principal } from '../call.ts'
import type { RoutingView } from './routing-view.ts'
import { parseSelector } from './selector.ts'

/**
 * The backends that serve a bare model id, in the order in which they are tried: the default backend if it lists the
 * model; else those that list it; else the default backend; else none. Asks for model lists only where they decide.
 */
export async function backendsFor(
  model: string,
  principal: Principal,
  view: RoutingView,
): Promise<readonly string[]> {
  const allowed = view.names.filter((name) => mayUse(name, principal))
  const fallback = defaultFor(principal, view)
  if (fallback !== undefined && (allowed.length === 1 || view.lists(fallback, model))) {
    return [fallback]
  }
  await view.known()
  const listing = allowed.filter((name) => view.lists(name, model))
  if (fallback === undefined) return listing
  return listing.length === 0 || listing.includes(fallback) ? [fallback] : listing
}

/** The default backend of a caller: the configured one if it may use that, else the only one that it may use. */
function defaultFor(principal: Principal, view: RoutingView): string | undefined {
  const named =
    view.defaultBackend === undefined ? undefined : firstBackend(view.defaultBackend, view)
  if (named !== undefined && mayUse(named, principal)) return named
  const [only, second] = view.names.filter((name) => mayUse(name, principal))
  return second === undefined ? only : undefined
}

export function mayUse(backend: string, principal: Principal): boolean {
  return principal.backends?.includes(backend) ?? true
}

/** The backend that a selector names first. */
function firstBackend(text: string, view: RoutingView): string | undefined {
  if (view.isBackend(text)) return text
  const result = parseSelector(text, view)
  if (!result.ok) return undefined
  const leaf = result.selector.kind === 'leaf' ? result.selector : result.selector.leaves[0]
  return leaf?.backend ?? leaf?.vendorBackend
}
