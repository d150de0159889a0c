import type { Model } from '@jackfield/core'

/** How ids of models differ between clients and provider. */
export interface ModelNames {
  /** As the provider knows a model that a client names: aliases resolved, without the prefix. */
  upstream(model: string): string
  /** As clients see a model that the provider lists. */
  public(id: string): string
}

/** Names of models with a vendor prefix, of which clients may leave the prefix out. */
export function createModelNames(models: readonly Model[], prefix = ''): ModelNames {
  const ids = new Map(
    models.flatMap((model) => (model.aliases ?? []).map((alias) => [alias, model.id] as const)),
  )
  return {
    upstream(model) {
      const id = ids.get(model) ?? model
      return id.startsWith(prefix) ? id.slice(prefix.length) : id
    },
    public: (id) => (id.startsWith(prefix) ? id : prefix + id),
  }
}
