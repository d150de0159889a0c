import type { Snapshot } from '../pipeline/snapshot.ts'
import type { BackendInstance } from '../registry/backend-instance.ts'
import { mayUse } from './backends-for.ts'
import { resolve } from './resolve.ts'
import type { RoutableBackend, RoutingInspector } from './routing-inspector.ts'
import { parseSelector } from './selector.ts'

/** Shows stages the routing of whatever configuration is the present one. */
export function createInspector(
  current: () => Pick<Snapshot, 'routing' | 'instances'>,
  random: () => number,
): RoutingInspector {
  return {
    get staticRoute() {
      return current().routing.staticRoute
    },
    get failoverRoutes() {
      return current().routing.failoverRoutes
    },
    backends: (principal) =>
      [...current().instances.values()].filter(({ name }) => mayUse(name, principal)).map(describe),
    parse: (text) => parseSelector(text, current().routing),
    resolve: (selector, { principal, model, routes }) =>
      resolve(
        {
          model,
          picked: { selector, by: 'the session' },
          principal,
          ...(routes === undefined ? {} : { routes }),
          isOpening: () => false,
          random,
          isDryRun: true,
        },
        current().routing,
      ),
  }
}

function describe({ name, type, pool, catalog }: BackendInstance): RoutableBackend {
  const targets = pool.health()
  const isReady = ({ exclusions }: (typeof targets)[number]) =>
    exclusions.every(({ model }) => model !== '')
  return {
    name,
    type,
    targets: targets.length,
    readyTargets: targets.filter(isReady).length,
    models: catalog.models.map(({ id }) => id),
  }
}
