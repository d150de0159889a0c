import type { Principal } from '../call.ts'
import { GatewayError } from '../errors/gateway-error.ts'
import type { Plan, PlannedLeaf } from './plan.ts'
import { type LeafSelector, parseSelector, type Selector } from './selector.ts'

/** What the resolver must know of the configuration. */
export interface RoutingView {
  /** Names of the backends in the order of the configuration. */
  readonly names: readonly string[]
  readonly isBackend: (name: string) => boolean
  readonly takesPair: (name: string) => boolean
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
  readonly principal: Principal
}

/**
 * Decides where a call may go: static route, else what a stage picked, else what the request names, else the default;
 * then `force_model` replaces the model part. Throws `invalid_request` for a bad selector, `model_not_found` and
 * `permission_denied`.
 */
export async function resolve(request: RoutingRequest, view: RoutingView): Promise<Plan> {
  const { text, source } = pick(request, view)
  const decision = [`${source} says "${shorten(text)}"`]
  if (view.isBackend(text)) {
    const leaf: LeafSelector = { ...emptyLeaf, backend: text, model: '' }
    return finish([await placeLeaf(leaf, request, view)].flat(), { decision, view, request })
  }
  const selector = parse(text, source, view)
  const leaves = leavesOf(selector)
  const placed: PlannedLeaf[] = []
  for (const leaf of leaves) placed.push(...(await placeLeaf(leaf, request, view)))
  return finish(placed, { decision, view, request })
}

const emptyLeaf = { kind: 'leaf', model: '', annotations: {}, parameters: {}, column: 1 } as const

function pick(
  { model, picked }: RoutingRequest,
  view: RoutingView,
): { readonly text: string; readonly source: string } {
  if (view.staticRoute !== undefined) return { text: view.staticRoute, source: 'static_route' }
  if (picked !== undefined) return { text: picked, source: 'the session' }
  if (model !== undefined) return { text: model, source: 'model' }
  if (view.defaultBackend !== undefined) {
    return { text: view.defaultBackend, source: 'default_backend' }
  }
  const [only, second] = view.names
  if (only !== undefined && second === undefined) return { text: only, source: 'the only backend' }
  throw missingModel()
}

function parse(text: string, source: string, view: RoutingView): Selector {
  const result = parseSelector(text, view)
  if (result.ok) return result.selector
  const { message, column } = result.error
  throw new GatewayError('invalid_request', `${source}, column ${column}: ${message}`, {
    param: 'model',
  })
}

function leavesOf(selector: Selector): readonly LeafSelector[] {
  if (selector.kind === 'leaf') return [selector]
  if (selector.kind === 'fallback') return selector.leaves
  const [operator, meaning] =
    selector.kind === 'weighted' ? ['^', 'weighted choice'] : ['!', 'race']
  throw new GatewayError(
    'invalid_request',
    `This gateway cannot do a ${meaning} ("${operator}") yet. Use one selector, or "|" for a fallback.`,
    { param: 'model' },
  )
}

async function placeLeaf(
  leaf: LeafSelector,
  request: RoutingRequest,
  view: RoutingView,
): Promise<readonly PlannedLeaf[]> {
  if (leaf.backend !== undefined) {
    requirePermission(leaf.backend, request.principal)
    return [planned(leaf, leaf.backend, leaf.model)]
  }
  if (leaf.vendorBackend !== undefined) {
    requirePermission(leaf.vendorBackend, request.principal)
    return [planned(leaf, leaf.vendorBackend, leaf.model.slice(leaf.vendorBackend.length + 1))]
  }
  return await placeModel(leaf, request, view)
}

/** A bare model: the default backend if it lists it, else those that list it, else the default backend. */
async function placeModel(
  leaf: LeafSelector,
  { principal }: RoutingRequest,
  view: RoutingView,
): Promise<readonly PlannedLeaf[]> {
  const allowed = view.names.filter((name) => mayUse(name, principal))
  const fallback = defaultOf(view, allowed)
  if (allowed.length === 1 && fallback !== undefined) return [planned(leaf, fallback, leaf.model)]
  await view.known()
  if (fallback !== undefined && view.lists(fallback, leaf.model)) {
    return [planned(leaf, fallback, leaf.model)]
  }
  const listing = allowed.filter((name) => view.lists(name, leaf.model))
  if (listing.length > 0) return listing.map((name) => planned(leaf, name, leaf.model))
  if (fallback !== undefined) return [planned(leaf, fallback, leaf.model)]
  throw unknownModel(leaf.model, allowed)
}

function defaultOf(view: RoutingView, allowed: readonly string[]): string | undefined {
  const [only, second] = allowed
  const named = view.defaultBackend === undefined ? undefined : backendOf(view.defaultBackend, view)
  if (named !== undefined && allowed.includes(named)) return named
  return second === undefined ? only : undefined
}

/** The backend that a `default_backend` names first. */
function backendOf(
  text: string,
  view: Pick<RoutingView, 'isBackend' | 'takesPair'>,
): string | undefined {
  if (view.isBackend(text)) return text
  const result = parseSelector(text, view)
  if (!result.ok) return undefined
  const leaf = result.selector.kind === 'leaf' ? result.selector : result.selector.leaves[0]
  return leaf?.backend ?? leaf?.vendorBackend
}

function planned(leaf: LeafSelector, backend: string, model: string): PlannedLeaf {
  return {
    backend,
    ...(leaf.target === undefined ? {} : { target: leaf.target }),
    model,
    parameters: leaf.parameters,
  }
}

function finish(
  leaves: readonly PlannedLeaf[],
  {
    decision,
    view,
    request,
  }: {
    readonly decision: readonly string[]
    readonly view: RoutingView
    readonly request: RoutingRequest
  },
): Plan {
  const { forceModel } = view
  const named = leaves.map((leaf) => nameModel(leaf, request, forceModel))
  const steps = named.map(({ backend, target, model }) =>
    target === undefined ? `${backend}:${model}` : `${backend}.${target}:${model}`,
  )
  const forced = forceModel === undefined ? [] : [`force_model makes the model "${forceModel}"`]
  return { leaves: named, decision: [...decision, ...forced, `plan: ${steps.join(', ')}`] }
}

/** A selector that names only a backend leaves the model to the request. */
function nameModel(
  leaf: PlannedLeaf,
  { model }: RoutingRequest,
  forceModel: string | undefined,
): PlannedLeaf {
  if (forceModel !== undefined) return { ...leaf, model: forceModel }
  return leaf.model === '' ? { ...leaf, model: model ?? '' } : leaf
}

function mayUse(backend: string, principal: Principal): boolean {
  return principal.backends?.includes(backend) ?? true
}

function requirePermission(backend: string, principal: Principal): void {
  if (mayUse(backend, principal)) return
  throw new GatewayError(
    'permission_denied',
    `The key "${principal.name}" may not use the backend "${backend}".`,
    { param: 'model' },
  )
}

function missingModel(): GatewayError {
  return new GatewayError(
    'invalid_request',
    'The request names no `model`, and no `default_backend` is configured that could say one.',
    { param: 'model' },
  )
}

function unknownModel(model: string, names: readonly string[]): GatewayError {
  const example = names[0] ?? 'backend'
  return new GatewayError(
    'model_not_found',
    `No backend lists the model "${shorten(model)}". Backends: ${names.join(', ') || 'none'}. ` +
      `Ask for "${example}:${shorten(model)}", or set \`default_backend\`.`,
    { param: 'model' },
  )
}

function shorten(text: string): string {
  return text.length > 120 ? `${text.slice(0, 120)}…` : text
}
