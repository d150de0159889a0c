import type { Dialect, Headers, JsonObject, ListedModel } from '@jackfield/core'
import type { ServedCall } from './gateway-host.ts'
import { encodePlainError } from './plain-error.ts'
import type { RequestTarget } from './request-target.ts'

/** What a request on a shared path tells about its client. */
export interface SharedRequest extends RequestTarget {
  readonly headers: Headers
}

/** How one protocol answers on the paths that several protocols share. */
export interface ModelsShape {
  /** Encodes the errors of these paths. */
  readonly dialect: Pick<Dialect, 'encodeError'>
  /** Whether a request comes from a client of this protocol. Absent: it answers whom no other shape claims. */
  matches?(request: SharedRequest): boolean
  /**
   * The answer to a list; absent: OpenAI's. May throw a `GatewayError` `invalid_request` about the query, such as a bad
   * page size.
   */
  list?(models: readonly ListedModel[], request: SharedRequest): JsonObject
  /** The answer for one model; absent: OpenAI's. */
  one?(model: ListedModel): JsonObject
  /**
   * What a `POST` below `/v1/models/` asks for, in protocols that name the model in the path. Absent, or no answer: such a
   * request is refused with 405.
   */
  call?(request: SharedRequest): ServedCall | undefined
}

/** What answers while no frontend has contributed a shape for everyone. */
export const defaultShape: ModelsShape = { dialect: { encodeError: encodePlainError } }

/** The list as OpenAI's `GET /v1/models` shows it, which most clients of any protocol read. */
export function openAIModels(models: readonly ListedModel[]): JsonObject {
  return { object: 'list', data: models.map(openAIModel) }
}

/** `context_length` and `max_output_tokens` are common additions; OpenAI's own list has neither. */
export function openAIModel(model: ListedModel): JsonObject {
  return {
    id: model.id,
    object: 'model',
    created: model.created,
    owned_by: model.ownedBy,
    ...(model.contextWindow === undefined ? {} : { context_length: model.contextWindow }),
    ...(model.maxOutputTokens === undefined ? {} : { max_output_tokens: model.maxOutputTokens }),
  }
}
