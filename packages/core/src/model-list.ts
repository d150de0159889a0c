import type { Model } from './backend.ts'
import type { Principal } from './call.ts'
import type { ListedModel } from './gateway.ts'
import type { BackendInstance } from './registry/backend-instance.ts'
import { formatSelector, parseSelector } from './routing/selector.ts'

/**
 * Models of all backends that a principal may use, in the order of the configuration. The first backend that lists an id
 * has it; the same id of a later backend is shown as `backend:id`. Every id shown is usable as `model`.
 */
export async function listModels(
  instances: ReadonlyMap<string, BackendInstance>,
  principal: Principal,
): Promise<readonly ListedModel[]> {
  const allowed = [...instances.values()].filter(
    ({ name }) => principal.backends?.includes(name) ?? true,
  )
  await Promise.all(allowed.map(({ catalog }) => catalog.refresh()))
  const isBackend = (name: string) => instances.has(name)
  const seen = new Set<string>()
  return allowed.flatMap(({ name, catalog }) =>
    catalog.models.map((model) => {
      const id = usableId(model.id, { backend: name, isBackend, taken: seen.has(model.id) })
      seen.add(model.id)
      return listed(model, id, name)
    }),
  )
}

function usableId(
  model: string,
  context: {
    readonly backend: string
    readonly isBackend: (name: string) => boolean
    readonly taken: boolean
  },
): string {
  const { backend, isBackend } = context
  const parsed = parseSelector(model, { isBackend })
  const leaf = parsed.ok && parsed.selector.kind === 'leaf' ? parsed.selector : undefined
  const isPlain = leaf?.model === model && leaf.backend === undefined
  const staysHere = leaf?.vendorBackend === undefined || leaf.vendorBackend === backend
  if (isPlain && staysHere && !context.taken) return model
  return formatSelector(
    { kind: 'leaf', backend, model, annotations: {}, parameters: {}, column: 1 },
    { isBackend },
  )
}

function listed(model: Model, id: string, ownedBy: string): ListedModel {
  return {
    id,
    ownedBy,
    created: model.created ?? 0,
    ...(model.contextWindow === undefined ? {} : { contextWindow: model.contextWindow }),
    ...(model.maxOutputTokens === undefined ? {} : { maxOutputTokens: model.maxOutputTokens }),
  }
}
