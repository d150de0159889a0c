import type { ChatCodec, Dialect } from '@jackfield/core'
import { BodyValidator, createTap } from '@jackfield/dialect-kit'
import { decodeRequest } from './chat/decode-request.ts'
import { decodeResponse } from './chat/decode-response.ts'
import { streamDecoder } from './chat/decode-stream.ts'
import { encodeRequest } from './chat/encode-request.ts'
import { encodeResponse } from './chat/encode-response.ts'
import { ChatStreamEncoder } from './chat/encode-stream.ts'
import { embeddingsCodec } from './embeddings/embeddings-codec.ts'
import { decodeError } from './errors/decode-error.ts'
import { encodeError } from './errors/encode-error.ts'
import { chatName } from './names.ts'
import { type OpenAIChatOptions, resolveVariant, type Variant } from './options.ts'
import { editRequest } from './request/edit-request.ts'
import { readHead } from './request/head.ts'
import { requestPath } from './request/request-path.ts'
import { chatSpans } from './request/spans.ts'
import { chatStates } from './state/chat-states.ts'
import { tapRules } from './tap/tap-rules.ts'
import { keepAlive, requestHeaders, responseHeaders } from './transport.ts'
import { ChunkStreamValidator, chatStreamForm } from './validate/stream-validator.ts'
import { validateChatResponse } from './validate/validate-response.ts'

/**
 * The dialect of a provider that speaks OpenAI's chat completions with differences. It keeps the name `openai-chat`, so that calls are
 * forwarded between all of them; the differences count where a request is translated or edited.
 */
export function createOpenAIChat(options: OpenAIChatOptions = {}): Dialect {
  const variant = resolveVariant(options)
  const rules = tapRules(variant)
  const form = { variant, parameters: 'chat', spans: chatSpans } as const
  const plain = { variant, parameters: 'none', spans: chatSpans } as const
  return {
    name: chatName,
    operations: new Set(['chat', 'embeddings', 'opaque']),
    head: readHead,
    spans: chatSpans,
    editRequest: (body, head, edit) =>
      editRequest(body, head, { ...edit, form: head.operation === 'chat' ? form : plain }),
    requestPath,
    chat: createCodec(variant),
    embeddings: embeddingsCodec(variant),
    states: chatStates,
    tap: (framing, tapOptions) => createTap(framing, rules, tapOptions),
    encodeError,
    decodeError: (answer) => decodeError(answer, variant.errorCodes),
    keepAlive,
    requestHeaders,
    responseHeaders,
    streamValidator: (framing) =>
      framing === 'sse'
        ? new ChunkStreamValidator(chatStreamForm)
        : new BodyValidator(validateChatResponse),
    validateResponse: validateChatResponse,
  }
}

/** Streams of this protocol are always event streams, whatever framing a decoder is asked for. */
function createCodec(variant: Variant): ChatCodec {
  return {
    decodeRequest,
    encodeRequest: (request) => encodeRequest(request, variant),
    decodeResponse: (body) => decodeResponse(body, variant),
    encodeResponse,
    streamDecoder: () => streamDecoder(variant),
    streamEncoder: (context) => new ChatStreamEncoder(context),
  }
}

/** OpenAI's chat completions, embeddings, and everything else below `/v1` as bytes. */
export const openaiChat: Dialect = createOpenAIChat()
