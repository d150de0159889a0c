import type { Clock } from '../clock.ts'
import type { GatewayConfig } from '../config.ts'
import type { BackendInstance } from '../registry/backend-instance.ts'
import { ModelAliases } from './model-aliases.ts'
import { ModelIndex } from './model-index.ts'
import { ranked } from './model-preference.ts'
import type { RoutingView } from './routing-view.ts'
import type { Turns } from './turns.ts'

/** Milliseconds that a call may wait for model lists that nobody has asked for yet. */
const patience = 2_000

/** The routing rules of a configuration together with what its backends list. Throws `TypeError` for an alias that is none. */
export function createRoutingView(
  config: GatewayConfig,
  instances: ReadonlyMap<string, BackendInstance>,
  { clock, turns }: { readonly clock: Clock; readonly turns: Turns },
): RoutingView {
  const { defaultBackend, staticRoute, forceModel, modelPreference = 'order' } = config
  const index = createIndex(config, instances, clock)
  const aliases = config.modelAliases ?? []
  return {
    names: [...instances.keys()],
    listers: [...instances.values()]
      .filter(({ backend }) => backend.models)
      .map(({ name }) => name),
    isBackend: (name) => instances.has(name),
    takesPair: (name) => instances.get(name)?.type === 'hybrid',
    targets: (backend) => targetNames(instances.get(backend)),
    lists: (backend, model) => instances.get(backend)?.catalog.lists(model) ?? false,
    listing: (model) => index.listing(model),
    known: () => listsKnown([...instances.values()], clock),
    takesTurns: modelPreference === 'round-robin',
    prefersDefault: modelPreference === 'order',
    turn: (name, options) => turns.next(name, options),
    failoverRoutes: new Map(Object.entries(config.failoverRoutes ?? {})),
    ...(aliases.length === 0 ? {} : { aliases: new ModelAliases(aliases) }),
    ...(defaultBackend === undefined ? {} : { defaultBackend }),
    ...(staticRoute === undefined ? {} : { staticRoute }),
    ...(forceModel === undefined ? {} : { forceModel }),
  }
}

function createIndex(
  { backends, modelPreference = 'order' }: GatewayConfig,
  instances: ReadonlyMap<string, BackendInstance>,
  clock: Clock,
): ModelIndex {
  const ranks = new Map(backends.map(({ name, rank = {} }) => [name, rank]))
  const catalogs = new Map([...instances].map(([name, { catalog }]) => [name, catalog]))
  return new ModelIndex(catalogs, {
    clock,
    order: (names) => ranked(names, modelPreference, (name) => ranks.get(name) ?? {}),
  })
}

function targetNames(instance: BackendInstance | undefined): readonly string[] {
  return instance?.backend.targets.current().map(({ name }) => name) ?? []
}

async function listsKnown(instances: readonly BackendInstance[], clock: Clock): Promise<void> {
  const unknown = instances.filter(({ catalog }) => !catalog.loaded)
  if (unknown.length === 0) return
  const { promise: tooLate, resolve } = Promise.withResolvers<void>()
  const timer = clock.after(patience, resolve)
  await Promise.race([Promise.all(unknown.map(({ catalog }) => catalog.refresh())), tooLate])
  timer.cancel()
}
