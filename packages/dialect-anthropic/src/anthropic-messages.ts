import type { ChatCodec, Dialect } from '@jackfield/core'
import { BodyValidator, createTap } from '@jackfield/dialect-kit'
import { createCounting } from './chat/counting.ts'
import { decodeRequest } from './chat/decode-request.ts'
import { decodeResponse } from './chat/decode-response.ts'
import { streamDecoder } from './chat/decode-stream.ts'
import { encodeRequest } from './chat/encode-request.ts'
import { encodeResponse } from './chat/encode-response.ts'
import { MessageStreamEncoder } from './chat/encode-stream.ts'
import { decodeError } from './errors/decode-error.ts'
import { encodeError } from './errors/encode-error.ts'
import { anthropicName } from './names.ts'
import { type AnthropicMessagesOptions, resolveVariant, type Variant } from './options.ts'
import { editRequest } from './request/edit-request.ts'
import { readHead } from './request/head.ts'
import { requestPath } from './request/request-path.ts'
import { conversationSpans } from './request/spans.ts'
import { states } from './state/state-access.ts'
import { tapRules } from './tap/tap-rules.ts'
import { keepAlive, requestHeaders, responseHeaders } from './transport.ts'
import { MessageStreamValidator } from './validate/stream-validator.ts'
import { validateResponse } from './validate/validate-response.ts'

/**
 * The dialect of a provider that speaks Anthropic's Messages with differences. It keeps the name `anthropic-messages`, so that calls
 * are forwarded between all of them; the differences count where a request is translated or edited.
 */
export function createAnthropicMessages(options: AnthropicMessagesOptions = {}): Dialect {
  const variant = resolveVariant(options)
  const rules = tapRules(variant)
  return {
    name: anthropicName,
    operations: new Set(['chat', 'count-tokens', 'opaque']),
    head: readHead,
    spans: conversationSpans,
    editRequest: (body, head, edit) => editRequest(body, head, { ...edit, variant }),
    requestPath,
    chat: createCodec(variant),
    counting: createCounting(variant),
    states,
    tap: (framing, tapOptions) => createTap(framing, rules, tapOptions),
    encodeError,
    decodeError: (answer) => decodeError(answer, variant.errorCodes),
    keepAlive,
    requestHeaders,
    responseHeaders,
    streamValidator: (framing) =>
      framing === 'sse' ? new MessageStreamValidator() : new BodyValidator(validateResponse),
    validateResponse,
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
    streamEncoder: (context) => new MessageStreamEncoder(context),
  }
}

/** Anthropic's Messages, the counting of their tokens, and everything else below `/v1` as bytes. */
export const anthropicMessages: Dialect = createAnthropicMessages()
