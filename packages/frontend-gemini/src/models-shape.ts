import { GatewayError, type JsonObject, type ListedModel } from '@jackfield/core'
import { gemini } from '@jackfield/dialect-gemini'
import type { ModelsShape, SharedRequest } from '@jackfield/gateway'
import { sharedOperationOf } from './paths.ts'

/** What Google allows. It is also the default, so that clients that read one page see all models. */
const largestPage = 1000

const generating = ['generateContent', 'streamGenerateContent', 'countTokens'] as const
const embedding = ['embedContent', 'batchEmbedContents'] as const

const ownPath = /^\/(v1beta|v1alpha|gemini)(\/|$)/

/** Lists of models as Gemini's API shows them, and its calls on paths that other protocols share. */
export const modelsShape: ModelsShape = {
  dialect: gemini,
  matches: ({ headers, path }) =>
    ownPath.test(path) ||
    sharedOperationOf(path) !== undefined ||
    (headers['anthropic-version'] === undefined &&
      (headers['x-goog-api-client'] !== undefined || headers['x-goog-api-key'] !== undefined)),
  list: listModels,
  one: describeModel,
  call({ path }) {
    const operation = sharedOperationOf(path)
    return operation === undefined ? undefined : { dialect: gemini, operation }
  },
}

function listModels(models: readonly ListedModel[], { query }: SharedRequest): JsonObject {
  const asked = new URLSearchParams(query)
  const start = startOf(models, asked)
  const page = models.slice(start, start + pageSize(asked))
  const last = page.at(-1)
  const isLast = start + page.length >= models.length
  return {
    models: page.map(describeModel),
    ...(last === undefined || isLast ? {} : { nextPageToken: tokenFor(last) }),
  }
}

function describeModel(model: ListedModel): JsonObject {
  const { id, contextWindow, maxOutputTokens, capabilities = [] } = model
  return {
    name: `models/${id}`,
    version: '001',
    displayName: id,
    ...(contextWindow === undefined ? {} : { inputTokenLimit: contextWindow }),
    ...(maxOutputTokens === undefined ? {} : { outputTokenLimit: maxOutputTokens }),
    supportedGenerationMethods: capabilities.includes('embeddings') ? embedding : generating,
    ...(capabilities.includes('reasoning') ? { thinking: true } : {}),
  }
}

/** `0` asks for the default. More than the most is cut down, as Google does. */
function pageSize(asked: URLSearchParams): number {
  const text = asked.get('pageSize') ?? asked.get('page_size') ?? '0'
  if (!/^\d{1,9}$/.test(text)) throw wrong('pageSize', 'must be an integer that is not negative')
  return Math.min(Number(text) || largestPage, largestPage)
}

/** A token names the last model that was shown, so that it stays good while models come and go. */
function startOf(models: readonly ListedModel[], asked: URLSearchParams): number {
  const token = asked.get('pageToken') ?? asked.get('page_token') ?? ''
  if (token === '') return 0
  const position = models.findIndex((model) => tokenFor(model) === token)
  if (position < 0) throw wrong('pageToken', 'belongs to no page of this list')
  return position + 1
}

function tokenFor({ id }: ListedModel): string {
  return Buffer.from(id).toString('base64url')
}

function wrong(param: string, what: string): GatewayError {
  return new GatewayError('invalid_request', `${param} ${what}.`, { param })
}
