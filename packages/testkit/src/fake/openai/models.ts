import { Refusal } from '../strict/refusal.ts'
import type { JsonObject } from '../strict/rule.ts'

/** A model of the fake provider; further members appear in its listing as they are. */
export interface FakeModel {
  readonly id: string
  readonly owned_by?: string
  readonly [member: string]: unknown
}

/** Which models there are: ids, or whole entries. */
export type FakeModels = readonly (string | FakeModel)[]

/** The answer to `GET /models`. */
export function modelList(models: FakeModels): JsonObject {
  return { object: 'list', data: models.map(modelEntry) }
}

/** The answer to `GET /models/{id}`. Throws a {@link Refusal} for an unknown id. */
export function modelById(models: FakeModels, id: string): JsonObject {
  const entry = models.map(modelEntry).find((model) => model['id'] === id)
  if (entry) return entry
  throw unknownModel(id)
}

/** The 404 of a model that does not exist. */
export function unknownModel(id: string): Refusal {
  const message = `The model \`${id}\` does not exist or you do not have access to it.`
  return new Refusal(404, message, { code: 'model_not_found' })
}

function modelEntry(model: string | FakeModel): JsonObject {
  const entry = typeof model === 'string' ? { id: model } : model
  return { object: 'model', created: 1_700_000_000, owned_by: 'fake', ...entry }
}
