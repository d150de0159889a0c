import type { Plan } from '../../src/routing/plan.ts'
import { resolve } from '../../src/routing/resolve.ts'
import type { RoutingRequest, RoutingView } from '../../src/routing/routing-view.ts'
import { Turns } from '../../src/routing/turns.ts'

const principal = { id: 'me', name: 'me' }

/** A configuration of backends by name, each with the models that it lists. */
export function routingView(
  backends: Readonly<Record<string, readonly string[]>>,
  rest: Partial<RoutingView> = {},
): RoutingView {
  const names = Object.keys(backends)
  const turns = new Turns()
  const lists = (name: string, model: string) => backends[name]?.includes(model) ?? false
  return {
    names,
    listers: names,
    isBackend: (name) => names.includes(name),
    takesPair: (name) => name === 'hybrid',
    targets: () => [],
    lists,
    listing: (model) => names.filter((name) => lists(name, model)),
    known: async () => {},
    takesTurns: false,
    prefersDefault: true,
    turn: (name, options) => turns.next(name, options),
    failoverRoutes: new Map(),
    ...rest,
  }
}

/** Where a model leads. Draws answer with the middle; the conversation has been answered before. */
export async function planFor(
  model: string | undefined,
  view: RoutingView,
  request: Partial<RoutingRequest> = {},
): Promise<Plan> {
  const asked = { model, picked: undefined, principal, isOpening: () => false, random: () => 0.5 }
  return await resolve({ ...asked, ...request }, view)
}

/** What a stage picked. */
export function picked(selector: string): Pick<RoutingRequest, 'picked'> {
  return { picked: { selector, by: 'the session' } }
}

/** The places of a plan, as `backend.target:model`; the legs of a race one after the other. */
export function placesOf({ branches }: Plan): readonly string[] {
  return branches
    .flatMap(({ leaves }) => leaves)
    .map(({ backend, target, model }) =>
      target === undefined ? `${backend}:${model}` : `${backend}.${target}:${model}`,
    )
}
