import {
  type EmbeddingsResponse,
  type EncodeContext,
  GatewayError,
  isJsonObject,
  type JsonObject,
  type JsonValue,
} from '@jackfield/core'
import { countOf, decodeText, parseJson } from '@jackfield/dialect-kit'
import { decodeUsage } from '../chat/usage.ts'
import { answerError } from '../errors/decode-error.ts'
import type { Variant } from '../options.ts'
import { decodeVector, encodeVector } from './vector.ts'

/**
 * A list of embeddings, in the order of their inputs.
 *
 * @throws GatewayError what the body says, if it is an error in a 200; `upstream_invalid_response` if a vector is none.
 */
export function decodeEmbeddingsResponse(
  body: Uint8Array,
  { errorCodes }: Variant,
): EmbeddingsResponse {
  const answer = parseJson(decodeText(body))
  if (!isJsonObject(answer)) throw unreadable('The provider’s answer is not a JSON object.')
  const failure = answerError(answer, errorCodes)
  if (failure !== undefined) throw failure
  const { model, data } = answer
  if (!Array.isArray(data)) throw unreadable('The provider’s answer has no `data`.')
  const usage = decodeUsage(answer['usage'])
  return {
    ...(typeof model === 'string' && model !== '' ? { model } : {}),
    vectors: inOrder(data).map(vectorOf),
    ...(usage === undefined ? {} : { usage }),
  }
}

/** `index` says which input an embedding is of; servers that leave it out keep the order. */
function inOrder(data: readonly JsonValue[]): readonly JsonObject[] {
  const items = data.map((item) => (isJsonObject(item) ? item : {}))
  const places = items.map((item, place) => ({ item, place: countOf(item['index']) ?? place }))
  return places.toSorted((one, other) => one.place - other.place).map(({ item }) => item)
}

function vectorOf(item: JsonObject): readonly number[] {
  const vector = decodeVector(item['embedding'])
  if (vector !== undefined) return vector
  throw unreadable('An embedding in the provider’s answer is neither numbers nor base64.')
}

function unreadable(message: string): GatewayError {
  return new GatewayError('upstream_invalid_response', message)
}

/** A list of embeddings, encoded as the client asked for. The protocol demands usage; an unknown one is 0. */
export function encodeEmbeddingsResponse(
  { model, vectors, usage }: EmbeddingsResponse,
  context: EncodeContext,
): Uint8Array {
  const encoding = context.field?.('encoding_format') === 'base64' ? 'base64' : 'float'
  const tokens = usage?.inputTokens ?? 0
  const answer = {
    object: 'list',
    data: vectors.map((vector, index) => ({
      object: 'embedding',
      index,
      embedding: encodeVector(vector, encoding),
    })),
    model: model ?? context.model,
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  }
  return Buffer.from(JSON.stringify(answer))
}
