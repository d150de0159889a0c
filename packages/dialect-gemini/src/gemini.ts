import type { ChatCodec, Dialect } from '@jackfield/core'
import { BodyValidator, createTap } from '@jackfield/dialect-kit'
import { decodeAnswer } from './answer/decode-answer.ts'
import { streamDecoder } from './answer/decode-stream.ts'
import { encodeAnswer } from './answer/encode-answer.ts'
import { GeminiStreamEncoder } from './answer/encode-stream.ts'
import { decodeRequest } from './chat/decode-request.ts'
import { encodeRequest } from './chat/encode-request.ts'
import { createCounting } from './counting.ts'
import { createEmbeddings } from './embeddings.ts'
import { decodeError } from './errors/decode-error.ts'
import { encodeError } from './errors/encode-error.ts'
import { geminiName } from './names.ts'
import { type GeminiOptions, resolveVariant, type Variant } from './options.ts'
import { editRequest } from './request/edit-request.ts'
import { readHead } from './request/head.ts'
import { requestPath } from './request/request-path.ts'
import { conversationSpans } from './request/spans.ts'
import { createStateAccess } from './request/state-access.ts'
import { createTapRules } from './tap/tap-rules.ts'
import { keepAlive, requestHeaders, responseHeaders } from './transport.ts'
import { ChunkStreamValidator } from './validate/stream-validator.ts'
import { validateResponse } from './validate/validate-response.ts'

/**
 * The dialect of a provider that speaks Gemini's protocol with differences. It keeps the name `gemini`, so that calls are forwarded
 * between all of them; the differences count where a request is translated or edited.
 */
export function createGemini(options: GeminiOptions = {}): Dialect {
  const variant = resolveVariant(options)
  const rules = createTapRules(variant)
  return {
    name: geminiName,
    operations: new Set(['chat', 'count-tokens', 'embeddings', 'opaque']),
    head: readHead,
    spans: conversationSpans,
    editRequest: (body, head, edit) => editRequest(body, head, { ...edit, variant }),
    requestPath,
    chat: createCodec(variant),
    counting: createCounting(variant),
    embeddings: createEmbeddings(variant),
    states: createStateAccess(variant),
    tap: (framing, tapOptions) => createTap(framing, rules, tapOptions),
    encodeError,
    decodeError: (answer) => decodeError(answer, variant.errorCodes),
    keepAlive,
    requestHeaders,
    responseHeaders,
    streamValidator: (framing) =>
      framing === 'sse' || framing === 'json-array'
        ? new ChunkStreamValidator(framing)
        : new BodyValidator(validateResponse),
    validateResponse,
  }
}

function createCodec(variant: Variant): ChatCodec {
  return {
    decodeRequest,
    encodeRequest: (request) => encodeRequest(request, variant),
    decodeResponse: (body) => decodeAnswer(body, variant),
    encodeResponse: encodeAnswer,
    streamDecoder: (framing) => streamDecoder(framing, variant),
    streamEncoder: (context) => new GeminiStreamEncoder(context),
  }
}

/** Google's generateContent family, countTokens and embeddings, and everything else below the version as bytes. */
export const gemini: Dialect = createGemini()
