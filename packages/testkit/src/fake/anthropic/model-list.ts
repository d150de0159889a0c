import type { FakeModel, FakeModels } from '../openai/models.ts'
import { Refusal } from '../strict/refusal.ts'
import type { JsonObject } from '../strict/rule.ts'

/** The models with every member that Anthropic's listing has (Anthropic Messages 3.1). */
export function modelEntries(models: FakeModels): readonly FakeModel[] {
  return models.map((model) => {
    const entry = typeof model === 'string' ? { id: model } : model
    return {
      type: 'model',
      display_name: entry.id,
      created_at: '2026-01-01T00:00:00Z',
      max_input_tokens: 200_000,
      max_tokens: 64_000,
      capabilities: null,
      lifecycle: 'active',
      line: null,
      deprecated_at: null,
      retires_at: null,
      ...entry,
    }
  })
}

/** The answer to `GET /models`, page by page. Throws a {@link Refusal} for a bad query. */
export function modelPage(models: readonly FakeModel[], query: string): JsonObject {
  const asked = new URLSearchParams(query)
  const limit = Number(asked.get('limit') ?? 20)
  if (!Number.isInteger(limit) || limit < 1 || limit > 1000) {
    throw new Refusal(400, 'limit: expected an integer from 1 to 1000', { param: 'limit' })
  }
  const after = positionOf(models, asked.get('after_id'), 'after_id')
  const before = positionOf(models, asked.get('before_id'), 'before_id')
  const rest = models.slice((after ?? -1) + 1, before ?? models.length)
  const fromEnd = before !== undefined && after === undefined
  const data = fromEnd ? rest.slice(-limit) : rest.slice(0, limit)
  return {
    data,
    has_more: data.length < rest.length,
    first_id: data[0]?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
  }
}

/** The 404 of a model that does not exist. */
export function unknownModel(id: string): Refusal {
  return new Refusal(404, `model: ${id}`)
}

function positionOf(
  models: readonly FakeModel[],
  id: string | null,
  param: string,
): number | undefined {
  if (id === null) return undefined
  const position = models.findIndex((model) => model.id === id)
  if (position < 0) throw new Refusal(400, `${param}: there is no model ${id}`, { param })
  return position
}
