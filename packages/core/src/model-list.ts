import type { Model } from './backend.ts'
import type { Principal } from './call.ts'
import type { ListedModel } from './gateway.ts'
import type { Snapshot } from './pipeline/snapshot.ts'
import type { BackendInstance } from './registry/backend-instance.ts'
import { backendsFor, mayUse, needsLists } from './routing/backends-for.ts'
import type { FailoverRoute } from './routing/failover-route.ts'
import type { RoutingView } from './routing/routing-view.ts'
import { formatSelector, parseSelector } from './routing/selector.ts'

/** Who a failover route is listed for: no backend has it alone. */
const routeOwner = 'jackfield'

/**
 * Models of all backends that a principal may use, in the order of the configuration, then the failover routes of which it may use
 * something. An id leads to the backend that it is listed for: where the bare id leads elsewhere, it is shown as `backend:id`.
 */
export async function listModels(
  { instances, routing }: Pick<Snapshot, 'instances' | 'routing'>,
  principal: Principal,
): Promise<readonly ListedModel[]> {
  const allowed = [...instances.values()].filter(({ name }) => mayUse(name, principal))
  await Promise.all(allowed.map(({ catalog }) => catalog.refresh()))
  const lists = allowed.map((instance) => listBackend(instance, principal, routing))
  const routes = [...routing.failoverRoutes]
    .filter(([, route]) => mayReach(route, principal, routing))
    .map(([id]) => ({ id, ownedBy: routeOwner, created: 0 }))
  return [...(await Promise.all(lists)).flat(), ...routes]
}

/** Whether a principal may use an element of a route. */
function mayReach({ elements }: FailoverRoute, principal: Principal, view: RoutingView): boolean {
  return elements.some((text) => {
    const parsed = parseSelector(text, view)
    if (!parsed.ok || parsed.selector.kind !== 'leaf') return false
    const { backend, vendorBackend } = parsed.selector
    const name = backend ?? vendorBackend
    return name === undefined || mayUse(name, principal)
  })
}

async function listBackend(
  { name, catalog }: BackendInstance,
  principal: Principal,
  view: RoutingView,
): Promise<readonly ListedModel[]> {
  const models = new Map(catalog.models.map((model) => [model.id, model]))
  const listed = [...models.values()].map(async (model) => {
    const leadsHere = (await whereTo(model.id, principal, view)) === name
    return describe(model, leadsHere ? model.id : explicit(name, model.id, view), name)
  })
  return await Promise.all(listed)
}

/** The backend that a bare id leads to; `undefined` where it is not a plain model id. */
async function whereTo(
  id: string,
  principal: Principal,
  view: RoutingView,
): Promise<string | undefined> {
  if (view.isBackend(id)) return id
  if (view.failoverRoutes.has(id)) return undefined
  const parsed = parseSelector(id, view)
  if (!parsed.ok || parsed.selector.kind !== 'leaf') return undefined
  const { model, backend, vendorBackend } = parsed.selector
  if (model !== id || backend !== undefined) return undefined
  if (vendorBackend !== undefined) return vendorBackend
  if (needsLists(id, principal, view)) await view.known()
  const [first] = backendsFor(id, { principal, isDryRun: true }, view)
  return first
}

function explicit(backend: string, model: string, view: RoutingView): string {
  const leaf = { kind: 'leaf', backend, model, annotations: {}, parameters: {}, column: 1 } as const
  return formatSelector(leaf, view)
}

function describe(model: Model, id: string, ownedBy: string): ListedModel {
  return {
    id,
    ownedBy,
    created: model.created ?? 0,
    ...(model.contextWindow === undefined ? {} : { contextWindow: model.contextWindow }),
    ...(model.maxOutputTokens === undefined ? {} : { maxOutputTokens: model.maxOutputTokens }),
    ...(model.capabilities === undefined ? {} : { capabilities: model.capabilities }),
  }
}
