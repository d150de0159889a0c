import type { EmbeddingsRequest, EmbeddingsResponse, UnaryCodec } from '@jackfield/core'
import type { Variant } from '../options.ts'
import { decodeEmbeddingsRequest, encodeEmbeddingsRequest } from './request.ts'
import { decodeEmbeddingsResponse, encodeEmbeddingsResponse } from './response.ts'

/** The codec of OpenAI's embeddings. */
export function embeddingsCodec(
  variant: Variant,
): UnaryCodec<EmbeddingsRequest, EmbeddingsResponse> {
  return {
    decodeRequest: decodeEmbeddingsRequest,
    encodeRequest: encodeEmbeddingsRequest,
    decodeResponse: (body) => decodeEmbeddingsResponse(body, variant),
    encodeResponse: encodeEmbeddingsResponse,
  }
}
