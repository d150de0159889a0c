import type { FakeModel, FakeModels } from '../openai/models.ts'
import { Refusal } from '../strict/refusal.ts'
import type { JsonObject } from '../strict/rule.ts'

const methods = [
  'generateContent',
  'streamGenerateContent',
  'countTokens',
  'embedContent',
  'batchEmbedContents',
]

const usualPage = 50
const largestPage = 1000

/** The answer to `GET /models` (Gemini, 4.1). Throws a {@link Refusal} for a page that cannot be. */
export function geminiModelList(models: FakeModels, query: URLSearchParams): JsonObject {
  const size = Number(query.get('pageSize') ?? usualPage)
  if (!Number.isInteger(size) || size < 0) {
    throw new Refusal(400, 'Invalid value at pageSize.', { param: 'pageSize' })
  }
  const start = startOf(query.get('pageToken'), models.length)
  const end = start + (size === 0 ? usualPage : Math.min(size, largestPage))
  return {
    models: models.slice(start, end).map(entryOf),
    ...(end < models.length && { nextPageToken: tokenOf(end) }),
  }
}

/** The answer to `GET /models/{id}`. Throws a {@link Refusal} for an unknown id. */
export function geminiModelById(models: FakeModels, id: string): JsonObject {
  const entry = memberOf(models, id)
  if (entry) return entryOf(entry)
  throw unknownGeminiModel(id)
}

/** The model that a generation names in its path. Throws a {@link Refusal} if there is none of that name with that method. */
export function checkGeminiModel(models: FakeModels, id: string, method: string): void {
  const entry = memberOf(models, id)
  const supported = entry && entryOf(entry)['supportedGenerationMethods']
  if (!Array.isArray(supported) || !supported.includes(method)) {
    throw unknownGeminiModel(id, method)
  }
}

/** Whether a model thinks: its entry says `thinking: false` when it does not. */
export function thinks(models: FakeModels, id: string): boolean {
  const entry = memberOf(models, id)
  return entry === undefined || entryOf(entry)['thinking'] !== false
}

function unknownGeminiModel(id: string, method?: string): Refusal {
  const unsupported = method === undefined ? '' : `, or is not supported for ${method}`
  return new Refusal(404, `models/${id} is not found${unsupported}.`)
}

function memberOf(models: FakeModels, id: string): string | FakeModel | undefined {
  return models.find((model) => (typeof model === 'string' ? model : model.id) === id)
}

function entryOf(model: string | FakeModel): JsonObject {
  const { id, ...rest } = typeof model === 'string' ? { id: model } : model
  return {
    name: `models/${id}`,
    version: '001',
    displayName: id,
    description: 'A model of the fake provider.',
    inputTokenLimit: 1_048_576,
    outputTokenLimit: 65_536,
    supportedGenerationMethods: methods,
    thinking: true,
    ...rest,
  }
}

function tokenOf(start: number): string {
  return Buffer.from(`from ${start}`).toString('base64url')
}

function startOf(token: string | null, count: number): number {
  if (token === null || token === '') return 0
  const start = Number(/^from (\d+)$/.exec(Buffer.from(token, 'base64url').toString())?.[1])
  if (start < count) return start
  throw new Refusal(400, 'Invalid value at pageToken.', { param: 'pageToken' })
}
