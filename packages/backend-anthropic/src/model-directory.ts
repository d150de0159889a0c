import type { Model } from '@jackfield/core'
import { type ModelFacts, modelFacts } from '@jackfield/dialect-anthropic'
import type { ModelListing } from '@jackfield/kit'
import { knownModels } from './known-models.ts'
import { readFacts, readModel } from './model-entry.ts'

/** What one backend knows of its models. It learns from the provider's list whenever that is read. */
export interface ModelDirectory {
  readonly listing: ModelListing
  /** How requests for a model are written, by the provider's name of it. */
  readonly factsOf: (model: string) => ModelFacts
  /** The provider's name of a model that an operator gave others. */
  readonly upstreamModel: (model: string) => string
}

const path = '/models?limit=1000'

/** `configured`: the models that an operator lists; the provider is not asked then. */
export function createModelDirectory(configured: readonly Model[] | undefined): ModelDirectory {
  const facts = new Map((configured ?? []).map((model) => [model.id, factsFor(model)] as const))
  const names = new Map(
    (configured ?? []).flatMap(({ id, aliases = [] }) =>
      aliases.map((name) => [name, id] as const),
    ),
  )
  return {
    listing: configured === undefined ? asked(facts) : { known: configured, path: false },
    factsOf: (model) => facts.get(model) ?? modelFacts(model),
    upstreamModel: (model) => names.get(model) ?? model,
  }
}

/** An operator knows a model's limit better than its name tells. */
function factsFor({ id, maxOutputTokens }: Model): ModelFacts {
  return { ...modelFacts(id), ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }) }
}

function asked(facts: Map<string, ModelFacts>): ModelListing {
  return {
    known: knownModels,
    path,
    read(entry) {
      const model = readModel(entry)
      if (model !== undefined) facts.set(model.id, readFacts(model.id, entry))
      return model
    },
    nextPage: ({ has_more: more, last_id: last }) =>
      more === true && typeof last === 'string'
        ? `${path}&after_id=${encodeURIComponent(last)}`
        : undefined,
  }
}
