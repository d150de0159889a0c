import type { CallParameters } from '../chat/parameters.ts'
import { GatewayError } from '../errors/gateway-error.ts'
import { backendsFor, mayUse, needsLists } from './backends-for.ts'
import type { Plan, PlannedLeaf } from './plan.ts'
import type { RoutingRequest, RoutingView } from './routing-view.ts'
import { type LeafSelector, parseSelector, type Selector } from './selector.ts'

/**
 * Decides where a call may go: the backend that holds what it names; else static route, else what a stage picked, else what the request names, else the default;
 * then `force_model` replaces the model part. Throws, or rejects with, `invalid_request` for a bad selector, `model_not_found` and
 * `permission_denied`. Waits only for model lists, and only where they decide.
 */
export function resolve(request: RoutingRequest, view: RoutingView): Plan | Promise<Plan> {
  const { text, source } = pick(request, view)
  const leaves = leavesOf(text, source, view)
  const made = () => plan(leaves, { text, source }, { request, view })
  return leaves.some((leaf) => waitsForLists(leaf, request, view))
    ? view.known().then(made)
    : made()
}

/** Whether lists that are not known yet decide where a leaf is. */
function waitsForLists(
  leaf: LeafSelector,
  { principal }: RoutingRequest,
  view: RoutingView,
): boolean {
  const isBare = leaf.backend === undefined && leaf.vendorBackend === undefined
  return isBare && needsLists(leaf.model, principal, view)
}

function plan(
  selected: readonly LeafSelector[],
  { text, source }: Picked,
  { request, view }: { readonly request: RoutingRequest; readonly view: RoutingView },
): Plan {
  const decision = [`${source} says "${shorten(text)}"`]
  if (view.forceModel !== undefined) {
    decision.push(`force_model makes the model "${shorten(view.forceModel)}"`)
  }
  const leaves = selected.flatMap((leaf) => place(leaf, request, view))
  decision.push(`plan: ${leaves.map(describe).join(', ')}`)
  return { leaves, decision }
}

/** The selector that counts, and who says it. */
interface Picked {
  readonly text: string
  readonly source: string
}

function pick({ model, picked, pinned }: RoutingRequest, view: RoutingView): Picked {
  if (pinned !== undefined) return { text: pinned, source: 'what the call names' }
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

/** The leaves of a selector in the order in which they are tried. The name of a backend alone leaves the model open. */
function leavesOf(text: string, source: string, view: RoutingView): readonly LeafSelector[] {
  if (view.isBackend(text)) {
    return [{ kind: 'leaf', backend: text, model: '', annotations: {}, parameters: {}, column: 1 }]
  }
  const result = parseSelector(text, view)
  if (!result.ok) {
    const { message, column } = result.error
    throw invalid(`${source}, column ${column}: ${message}`)
  }
  const leaves = inOrder(result.selector)
  if (leaves.some(({ annotations }) => annotations.maxContext !== undefined)) {
    throw invalid(
      'This gateway cannot choose by the length of a prompt yet. Leave `max_context` out.',
    )
  }
  return leaves
}

function inOrder(selector: Selector): readonly LeafSelector[] {
  if (selector.kind === 'leaf') return [selector]
  if (selector.kind === 'fallback') return selector.leaves
  const [operator, meaning] =
    selector.kind === 'weighted' ? ['^', 'weighted choice'] : ['!', 'race']
  throw invalid(
    `This gateway cannot do a ${meaning} ("${operator}") yet. Use one selector, or "|" for a fallback.`,
  )
}

function place(
  leaf: LeafSelector,
  request: RoutingRequest,
  view: RoutingView,
): readonly PlannedLeaf[] {
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
  const { principal } = request
  const names = backendsFor(model, principal, view)
  if (names.length > 0) return names
  const forced = view.forceModel === undefined ? [] : backendsFor(view.forceModel, principal, view)
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

function planned(
  leaf: LeafSelector,
  backend: string,
  model: string,
  parameters: CallParameters = {},
): PlannedLeaf {
  return {
    backend,
    ...(leaf.target === undefined ? {} : { target: leaf.target }),
    model,
    parameters: { ...parameters, ...leaf.parameters },
  }
}

function describe({ backend, target, model }: PlannedLeaf): string {
  return target === undefined
    ? `${backend}:${shorten(model)}`
    : `${backend}.${target}:${shorten(model)}`
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

function missingModel(): GatewayError {
  return invalid(
    'The request names no `model`, and no `default_backend` is configured that could say one.',
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

function shorten(text: string): string {
  return text.length > 120 ? `${text.slice(0, 120)}…` : text
}
