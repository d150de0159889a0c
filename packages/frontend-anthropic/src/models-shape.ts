import { GatewayError, type JsonObject, type ListedModel } from '@jackfield/core'
import { anthropicMessages } from '@jackfield/dialect-anthropic'
import type { ModelsShape, SharedRequest } from '@jackfield/gateway'

/** What Anthropic allows. It is also the default, so that clients that read one page see all models. */
const largestPage = 1000

/** Lists of models as Anthropic's API shows them, for whoever says which version of that API it speaks. */
export const modelsShape: ModelsShape = {
  dialect: anthropicMessages,
  matches: ({ headers, path }) =>
    headers['anthropic-version'] !== undefined || /^\/(anthropic|v1\/messages)(\/|$)/.test(path),
  list: listModels,
  one: describeModel,
}

function listModels(models: readonly ListedModel[], { query }: SharedRequest): JsonObject {
  const asked = new URLSearchParams(query)
  const limit = limitOf(asked)
  const after = positionOf(models, asked, 'after_id')
  const before = positionOf(models, asked, 'before_id')
  const rest = models.slice((after ?? -1) + 1, before ?? models.length)
  // Backwards a page ends where the one that is known begins.
  const backwards = before !== undefined && after === undefined
  const page = backwards ? rest.slice(-limit) : rest.slice(0, limit)
  return {
    data: page.map(describeModel),
    has_more: page.length < rest.length,
    first_id: page[0]?.id ?? null,
    last_id: page.at(-1)?.id ?? null,
  }
}

/** Members of which nothing is known are null where the API allows it. */
function describeModel(model: ListedModel): JsonObject {
  return {
    type: 'model',
    id: model.id,
    display_name: model.id,
    created_at: `${new Date(model.created * 1000).toISOString().slice(0, 19)}Z`,
    max_input_tokens: model.contextWindow ?? null,
    max_tokens: model.maxOutputTokens ?? null,
    capabilities: null,
    lifecycle: 'active',
    line: null,
    deprecated_at: null,
    retires_at: null,
  }
}

function limitOf(asked: URLSearchParams): number {
  const text = asked.get('limit')
  if (text === null) return largestPage
  const limit = /^\d{1,4}$/.test(text) ? Number(text) : 0
  if (limit >= 1 && limit <= largestPage) return limit
  throw wrong('limit', `must be an integer from 1 to ${largestPage}`)
}

function positionOf(
  models: readonly ListedModel[],
  asked: URLSearchParams,
  name: string,
): number | undefined {
  const id = asked.get(name)
  if (id === null || id === '') return undefined
  const position = models.findIndex((model) => model.id === id)
  if (position < 0) throw wrong(name, 'names no model of this list')
  return position
}

function wrong(param: string, what: string): GatewayError {
  return new GatewayError('invalid_request', `${param}: ${what}.`, { param })
}
