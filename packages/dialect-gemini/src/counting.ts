import {
  type CallHead,
  type ChatRequest,
  GatewayError,
  isJsonObject,
  type JsonObject,
  type TokenCount,
  type UnaryCodec,
} from '@jackfield/core'
import { countOf, decodeText, parseJson, parseRequest } from '@jackfield/dialect-kit'
import { camelObject } from './camel-case.ts'
import { decodeWire } from './chat/decode-request.ts'
import { encodeRequest } from './chat/encode-request.ts'
import { answerError } from './errors/decode-error.ts'
import type { Variant } from './options.ts'
import { modelResource } from './request/call-path.ts'

/** Codec of `countTokens`. */
export function createCounting(variant: Variant): UnaryCodec<ChatRequest, TokenCount> {
  return {
    decodeRequest: decodeCount,
    encodeRequest: (request) => encodeCount(request, variant),
    decodeResponse: (body) => decodeAnswer(body, variant),
    encodeResponse: ({ inputTokens, cachedInputTokens: cached }) =>
      Buffer.from(
        JSON.stringify({
          totalTokens: inputTokens,
          ...(cached === undefined ? {} : { cachedContentTokenCount: cached }),
        }),
      ),
  }
}

/** `contents` alone, or a whole request inside. */
function decodeCount(body: Uint8Array, head: CallHead): ChatRequest {
  const wire = camelObject(parseRequest(body))
  const { generateContentRequest: whole } = wire
  return decodeWire(isJsonObject(whole) ? whole : wire, head)
}

/** A request that has more than contents travels whole, with its model: the public API takes nothing else beside contents. */
function encodeCount(request: ChatRequest, variant: Variant) {
  const { changes: _, ...encoded } = encodeRequest(request, variant)
  const { body } = encoded
  const isPlain = Object.keys(body).every((name) => name === 'contents')
  const whole: JsonObject = { model: modelResource(request.model), ...body }
  return isPlain ? encoded : { ...encoded, body: { generateContentRequest: whole } }
}

function decodeAnswer(body: Uint8Array, variant: Variant): TokenCount {
  const value = parseJson(decodeText(body))
  const answer = isJsonObject(value) ? camelObject(value) : {}
  const failure = answerError(answer, variant.errorCodes)
  if (failure !== undefined) throw failure
  const inputTokens = countOf(answer['totalTokens'])
  const cached = countOf(answer['cachedContentTokenCount'])
  if (inputTokens === undefined) {
    throw new GatewayError(
      'upstream_invalid_response',
      'The provider’s answer has no `totalTokens`.',
    )
  }
  return { inputTokens, ...(cached === undefined ? {} : { cachedInputTokens: cached }) }
}
