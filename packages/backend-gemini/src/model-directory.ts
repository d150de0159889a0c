import type { Model } from '@jackfield/core'
import { googleModelFacts, type ModelFacts } from '@jackfield/dialect-gemini'
import type { ModelListing } from '@jackfield/kit'
import { knownModels } from './known-models.ts'
import { plainName, readModel, saysThinking } from './model-entry.ts'

/** What one backend knows of its models. It learns from the provider's list whenever that is read. */
export interface ModelDirectory {
  readonly listing: ModelListing
  /** How requests for a model are written, by the provider's name of it. */
  readonly factsOf: (model: string) => ModelFacts
  /** The provider's name of a model as clients name it. */
  readonly upstreamModel: (model: string) => string
}

const path = '/models?pageSize=1000'

/** `configured`: the models that an operator lists; the provider is not asked then. */
export function createModelDirectory(configured: readonly Model[] | undefined): ModelDirectory {
  const thinking = new Map<string, boolean>()
  const names = new Map(
    (configured ?? []).flatMap(({ id, aliases = [] }) =>
      aliases.map((name) => [name, id] as const),
    ),
  )
  return {
    listing: configured === undefined ? asked(thinking) : { known: configured, path: false },
    factsOf: (model) => withThinking(googleModelFacts(model), thinking.get(model)),
    upstreamModel: (model) => plainName(names.get(model) ?? model),
  }
}

/** The list says whether a model thinks, its name how it is asked to. */
function withThinking(facts: ModelFacts, thinks: boolean | undefined): ModelFacts {
  return thinks === false && facts.thinking !== 'none' ? { ...facts, thinking: 'none' } : facts
}

function asked(thinking: Map<string, boolean>): ModelListing {
  return {
    known: knownModels,
    path,
    read(entry) {
      const model = readModel(entry)
      const thinks = saysThinking(entry)
      if (model !== undefined && thinks !== undefined) thinking.set(model.id, thinks)
      return model
    },
    nextPage: ({ nextPageToken: token }) =>
      typeof token === 'string' && token !== ''
        ? `${path}&pageToken=${encodeURIComponent(token)}`
        : undefined,
  }
}
