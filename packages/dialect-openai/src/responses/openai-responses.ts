import type { ChatCodec, Dialect } from '@jackfield/core'
import { BodyValidator, createTap } from '@jackfield/dialect-kit'
import { responsesName } from '../names.ts'
import { keepAlive, requestHeaders, responseHeaders } from '../transport.ts'
import { countingCodec } from './counting.ts'
import { decodeResponsesRequest } from './decode-request.ts'
import { decodeResponsesResponse } from './decode-response.ts'
import { streamDecoder } from './decode-stream.ts'
import { editResponsesRequest } from './edit-request.ts'
import { encodeResponsesRequest } from './encode-request.ts'
import { encodeResponsesResponse } from './encode-response.ts'
import { ResponsesStreamEncoder } from './encode-stream.ts'
import { decodeResponsesError, encodeResponsesError } from './errors.ts'
import { readResponsesHead } from './head.ts'
import {
  type OpenAIResponsesOptions,
  type ResponsesVariant,
  resolveResponsesVariant,
} from './options.ts'
import { responsesPath } from './request-path.ts'
import { responsesSpans } from './spans.ts'
import { responsesStates } from './states.ts'
import { responsesStorage } from './storage/answer-storage.ts'
import { responsesTapRules } from './tap-rules.ts'
import { ResponsesStreamValidator } from './validate/stream-validator.ts'
import { validateResponsesBody } from './validate/validate-response.ts'

/**
 * The dialect of a provider that speaks OpenAI's Responses with differences. It keeps the name `openai-responses`, so that calls are
 * forwarded between all of them; the differences count where a request is translated.
 */
export function createOpenAIResponses(options: OpenAIResponsesOptions = {}): Dialect {
  const variant = resolveResponsesVariant(options)
  const rules = responsesTapRules(variant)
  return {
    name: responsesName,
    operations: new Set(['chat', 'count-tokens', 'resource', 'opaque']),
    head: readResponsesHead,
    spans: responsesSpans,
    editRequest: editResponsesRequest,
    requestPath: responsesPath,
    chat: createCodec(variant),
    counting: countingCodec(variant),
    states: responsesStates,
    storage: responsesStorage,
    tap: (framing, tapOptions) => createTap(framing, rules, tapOptions),
    encodeError: encodeResponsesError,
    decodeError: (answer) => decodeResponsesError(answer, variant),
    keepAlive,
    requestHeaders,
    responseHeaders,
    streamValidator: (framing) =>
      framing === 'sse' ? new ResponsesStreamValidator() : new BodyValidator(validateResponsesBody),
    validateResponse: validateResponsesBody,
  }
}

/** Streams of this protocol are always event streams, whatever framing a decoder is asked for. */
function createCodec(variant: ResponsesVariant): ChatCodec {
  return {
    decodeRequest: decodeResponsesRequest,
    encodeRequest: (request) => encodeResponsesRequest(request, variant),
    decodeResponse: (body) => decodeResponsesResponse(body, variant),
    encodeResponse: encodeResponsesResponse,
    streamDecoder: () => streamDecoder(variant),
    streamEncoder: (context) => new ResponsesStreamEncoder(context),
  }
}

/** OpenAI's Responses: answers, stored answers, token counts, and everything else below `/v1/responses` as bytes. */
export const openaiResponses: Dialect = createOpenAIResponses()
