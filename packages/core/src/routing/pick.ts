import { GatewayError } from '../errors/gateway-error.ts'
import type { RoutingRequest, RoutingView } from './routing-view.ts'
import { formatSelector, type LeafSelector, parseSelector } from './selector.ts'

/** The selector that counts, and who says it. */
export interface Picked {
  readonly text: string
  readonly source: string
  /** What a request adds to a name that an alias replaced: its parameters and annotations. */
  readonly over?: Pick<LeafSelector, 'annotations' | 'parameters'>
}

/** What counts: the backend that holds what the call names; else static route, what was picked, the request, the default. */
export function pick({ model, picked, pinned }: RoutingRequest, view: RoutingView): Picked {
  if (pinned !== undefined) return { text: pinned, source: 'what the call names' }
  if (view.staticRoute !== undefined) return { text: view.staticRoute, source: 'static_route' }
  if (picked !== undefined) return { text: picked.selector, source: picked.by }
  if (model !== undefined) return { text: model, source: 'model' }
  if (view.defaultBackend !== undefined) {
    return { text: view.defaultBackend, source: 'default_backend' }
  }
  const [only, second] = view.names
  if (only !== undefined && second === undefined) return { text: only, source: 'the only backend' }
  throw new GatewayError(
    'invalid_request',
    'The request names no `model`, and no `default_backend` is configured that could say one.',
    { param: 'model' },
  )
}

/** Applies the first alias that matches, once. Returns the same object where none does. */
export function rename(picked: Picked, view: RoutingView): Picked {
  const { aliases } = view
  const renamed = aliases?.rename(picked.text)
  if (renamed !== undefined) return { text: renamed.name, source: sourceOf(renamed.rule) }
  const leaf = dressedLeaf(picked.text, view)
  if (leaf === undefined) return picked
  const bare = formatSelector({ ...leaf, annotations: {}, parameters: {} }, view)
  const found = aliases?.rename(bare)
  if (found === undefined) return picked
  return { text: found.name, source: sourceOf(found.rule), over: leaf }
}

/** One leaf that is written with parameters or annotations. */
function dressedLeaf(text: string, view: RoutingView): LeafSelector | undefined {
  if (!text.includes('?') && !text.startsWith('[')) return undefined
  const result = parseSelector(text, view)
  return result.ok && result.selector.kind === 'leaf' ? result.selector : undefined
}

function sourceOf(rule: number): string {
  return `model_aliases[${rule}]`
}
