import type { Timeouts } from '../backend.ts'
import type { CallParameters } from '../chat/parameters.ts'
import { GatewayError, isGatewayError } from '../errors/gateway-error.ts'
import { backendsFor, mayUse } from './backends-for.ts'
import { failoverLeaves } from './failover-leaves.ts'
import type { FailoverRoute } from './failover-route.ts'
import type { PlannedLeaf } from './plan.ts'
import type { RoutingRequest, RoutingView } from './routing-view.ts'
import { type LeafAnnotations, type LeafSelector, parseSelector } from './selector.ts'
import { shorten } from './shorten.ts'

/** A call and the configuration that it meets. */
export interface Placement {
  readonly request: RoutingRequest
  readonly view: RoutingView
  /** Takes what is decided, in words. */
  readonly decision: string[]
}

/**
 * The places of one leaf of a selector, in order: one for `backend:model`, all backends that serve a bare model, the elements of a
 * failover route. Throws `model_not_found`, `permission_denied`, `invalid_request`.
 */
function placeLeaf(leaf: LeafSelector, placement: Placement): readonly PlannedLeaf[] {
  const route = routeOf(leaf, placement)
  if (route === undefined) return placeModel(leaf, placement)
  return placeEach(elementsOf(leaf, route, placement), placement, placeModel).flat()
}

/**
 * The places of several leaves, a list for each that has any. The others are left out, and said why. Throws the first reason where
 * none has any.
 */
export function placeEach(
  leaves: readonly LeafSelector[],
  placement: Placement,
  place: (leaf: LeafSelector, placement: Placement) => readonly PlannedLeaf[] = placeLeaf,
): readonly (readonly PlannedLeaf[])[] {
  const [only, second] = leaves
  if (only !== undefined && second === undefined) return [place(only, placement)]
  const reasons: GatewayError[] = []
  const places = leaves.map((leaf) => tryPlace(() => place(leaf, placement), reasons))
  const [reason] = reasons
  if (reason !== undefined && places.every(({ length }) => length === 0)) throw reason
  for (const { message } of reasons) placement.decision.push(`left out: ${message}`)
  return places
}

/** The failover route that a leaf names. */
export function routeOf(
  { backend, vendorBackend, model }: LeafSelector,
  { request, view }: Pick<Placement, 'request' | 'view'>,
): FailoverRoute | undefined {
  if (backend !== undefined || vendorBackend !== undefined) return undefined
  return request.routes?.get(model) ?? view.failoverRoutes.get(model)
}

/** The elements of a failover route in the order of its policy, with what the leaf that names it adds. */
function elementsOf(
  leaf: LeafSelector,
  route: FailoverRoute,
  { request, view, decision }: Placement,
): readonly LeafSelector[] {
  if (route.elements.length === 0) {
    throw invalid(`The failover route "${leaf.model}" has no elements yet.`)
  }
  const elements = route.elements.map((text) => readElement(text, leaf, view))
  decision.push(`failover route "${leaf.model}", policy ${route.policy}`)
  return failoverLeaves(route, elements, {
    targets: ({ backend, vendorBackend }) => view.targets(backend ?? vendorBackend ?? ''),
    turn: () => view.turn(`route ${leaf.model}`, { isDryRun: request.isDryRun === true }),
  })
}

function readElement(text: string, route: LeafSelector, view: RoutingView): LeafSelector {
  const result = parseSelector(text, view)
  if (!result.ok) {
    throw invalid(
      `The element "${shorten(text)}" of the failover route "${route.model}", column ${result.error.column}: ${result.error.message}`,
    )
  }
  const { selector } = result
  if (selector.kind !== 'leaf') {
    throw invalid(
      `The element "${shorten(text)}" of the failover route "${route.model}" is several. Make each an element.`,
    )
  }
  return {
    ...selector,
    annotations: { ...selector.annotations, ...route.annotations },
    parameters: { ...selector.parameters, ...route.parameters },
  }
}

function tryPlace(
  place: () => readonly PlannedLeaf[],
  reasons: GatewayError[],
): readonly PlannedLeaf[] {
  try {
    return place()
  } catch (error) {
    if (!isGatewayError(error)) throw error
    reasons.push(error)
    return []
  }
}

function placeModel(leaf: LeafSelector, { request, view }: Placement): readonly PlannedLeaf[] {
  const { forceModel } = view
  const backend = leaf.backend ?? leaf.vendorBackend
  if (backend === undefined) {
    const names = backendsOf(leaf.model, request, view)
    return names.map((name) => planned(leaf, name, forceModel ?? leaf.model))
  }
  if (!mayUse(backend, request.principal)) throw forbidden(backend, request.principal.name)
  if (leaf.model === '') return [named(leaf, request, view)]
  return [planned(leaf, backend, forceModel ?? modelOf(leaf))]
}

/** The backends of a bare model. Where nobody serves it, those of the forced model that replaces it. */
function backendsOf(model: string, request: RoutingRequest, view: RoutingView): readonly string[] {
  const names = backendsFor(model, request, view)
  if (names.length > 0) return names
  const forced = view.forceModel === undefined ? [] : backendsFor(view.forceModel, request, view)
  if (forced.length === 0) throw unknownModel(model, view, request)
  return forced
}

/** A place that leaves the model open takes the model, and the parameters, that the request names. */
function named(leaf: LeafSelector, { model }: RoutingRequest, view: RoutingView): PlannedLeaf {
  const backend = leaf.backend ?? ''
  const { forceModel } = view
  if (model === undefined || view.isBackend(model)) {
    return planned(leaf, backend, forceModel ?? model ?? '')
  }
  const result = parseSelector(model, view)
  const asked =
    result.ok && (result.selector.kind === 'leaf' ? result.selector : result.selector.leaves[0])
  if (!asked) return planned(leaf, backend, forceModel ?? model)
  return planned(leaf, backend, forceModel ?? modelOf(asked), asked.parameters)
}

/** The model as the backend that a leaf names is asked for it. */
function modelOf({ model, vendorBackend }: LeafSelector): string {
  return vendorBackend === undefined ? model : model.slice(vendorBackend.length + 1)
}

const noParameters: CallParameters = {}

function planned(
  leaf: LeafSelector,
  backend: string,
  model: string,
  parameters = noParameters,
): PlannedLeaf {
  const { target, annotations } = leaf
  const timeouts = timeoutsOf(annotations)
  return {
    backend,
    ...(target === undefined ? {} : { target }),
    model,
    parameters: { ...parameters, ...leaf.parameters },
    ...(annotations.maxContext === undefined ? {} : { maxContext: annotations.maxContext }),
    ...(timeouts === undefined ? {} : { timeouts }),
  }
}

function timeoutsOf(annotations: LeafAnnotations): Partial<Timeouts> | undefined {
  const { connectTimeoutMs, ttftTimeoutMs, idleTimeoutMs, totalTimeoutMs } = annotations
  const timeouts: Partial<Timeouts> = {
    ...(connectTimeoutMs === undefined ? {} : { connectMs: connectTimeoutMs }),
    ...(ttftTimeoutMs === undefined ? {} : { firstTokenMs: ttftTimeoutMs }),
    ...(idleTimeoutMs === undefined ? {} : { idleMs: idleTimeoutMs }),
    ...(totalTimeoutMs === undefined ? {} : { totalMs: totalTimeoutMs }),
  }
  return Object.keys(timeouts).length === 0 ? undefined : timeouts
}

function invalid(message: string): GatewayError {
  return new GatewayError('invalid_request', message, { param: 'model' })
}

function forbidden(backend: string, key: string): GatewayError {
  return new GatewayError(
    'permission_denied',
    `The key "${key}" may not use the backend "${backend}".`,
    { param: 'model' },
  )
}

function unknownModel(
  model: string,
  { names }: RoutingView,
  { principal }: RoutingRequest,
): GatewayError {
  const allowed = names.filter((name) => mayUse(name, principal))
  const [example = 'backend'] = allowed
  const choices = allowed.join(', ') || 'none'
  return new GatewayError(
    'model_not_found',
    `No backend lists the model "${shorten(model)}". Backends: ${choices}. ` +
      `Ask for "${example}:${shorten(model)}", or set \`default_backend\`.`,
    { param: 'model' },
  )
}
