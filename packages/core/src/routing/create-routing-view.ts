import type { Clock } from '../clock.ts'
import type { GatewayConfig } from '../config.ts'
import type { BackendInstance } from '../registry/backend-instance.ts'
import type { RoutingView } from './routing-view.ts'

/** Milliseconds that a call may wait for model lists that nobody has asked for yet. */
const patience = 2_000

/** The routing rules of a configuration together with what its backends list. */
export function createRoutingView(
  config: GatewayConfig,
  instances: ReadonlyMap<string, BackendInstance>,
  clock: Clock,
): RoutingView {
  const names = [...instances.keys()]
  return {
    names,
    isBackend: (name) => instances.has(name),
    takesPair: (name) => instances.get(name)?.type === 'hybrid',
    lists: (backend, model) => instances.get(backend)?.catalog.lists(model) ?? false,
    known: () => listsKnown([...instances.values()], clock),
    ...(config.defaultBackend === undefined ? {} : { defaultBackend: config.defaultBackend }),
    ...(config.staticRoute === undefined ? {} : { staticRoute: config.staticRoute }),
    ...(config.forceModel === undefined ? {} : { forceModel: config.forceModel }),
  }
}

async function listsKnown(instances: readonly BackendInstance[], clock: Clock): Promise<void> {
  const unknown = instances.filter(({ catalog }) => !catalog.loaded)
  if (unknown.length === 0) return
  const { promise: tooLate, resolve } = Promise.withResolvers<void>()
  const timer = clock.after(patience, resolve)
  await Promise.race([Promise.all(unknown.map(({ catalog }) => catalog.refresh())), tooLate])
  timer.cancel()
}
