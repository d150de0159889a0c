import type { ChatResponse, Dialect } from '@jackfield/core'
import { BodyValidator, createTap } from '@jackfield/dialect-kit'
import { decodeResponse } from './chat/decode-response.ts'
import { streamDecoder } from './chat/decode-stream.ts'
import { decodeRequest } from './completions/decode-request.ts'
import { encodeRequest } from './completions/encode-request.ts'
import { encodeResponse } from './completions/encode-response.ts'
import { TextStreamEncoder } from './completions/encode-stream.ts'
import { decodeError } from './errors/decode-error.ts'
import { encodeError } from './errors/encode-error.ts'
import { completionsName } from './names.ts'
import { resolveVariant } from './options.ts'
import { editRequest } from './request/edit-request.ts'
import { readHead } from './request/head.ts'
import { requestPath } from './request/request-path.ts'
import { completionsSpans } from './request/spans.ts'
import { tapRules } from './tap/tap-rules.ts'
import { keepAlive, requestHeaders, responseHeaders } from './transport.ts'
import { ChunkStreamValidator, textStreamForm } from './validate/stream-validator.ts'
import { validateTextResponse } from './validate/validate-response.ts'

const variant = resolveVariant({ maxTokens: 'max_tokens', reasoning: { ask: 'none' } })
const rules = tapRules(variant)
const form = { variant, parameters: 'completions', spans: completionsSpans } as const

/**
 * OpenAI's legacy text completions, as an adapter: a prompt is a conversation of one user message, and the text of the answer is
 * the completion. So any backend that chats can serve the clients of it.
 */
export const openaiCompletions: Dialect = {
  name: completionsName,
  operations: new Set(['completions']),
  head: readHead,
  spans: completionsSpans,
  editRequest: (body, head, edit) => editRequest(body, head, { ...edit, form }),
  requestPath,
  chat: {
    decodeRequest,
    encodeRequest,
    decodeResponse: decodeCompletion,
    encodeResponse,
    streamDecoder: () => streamDecoder(variant),
    streamEncoder: (context) => new TextStreamEncoder(context),
  },
  tap: (framing, options) => createTap(framing, rules, options),
  encodeError,
  decodeError: (answer) => decodeError(answer, variant.errorCodes),
  keepAlive,
  requestHeaders,
  responseHeaders,
  streamValidator: (framing) =>
    framing === 'sse'
      ? new ChunkStreamValidator(textStreamForm)
      : new BodyValidator(validateTextResponse),
  validateResponse: validateTextResponse,
}

/** Without the leftovers: this protocol's log probabilities have another shape than those of chats. */
function decodeCompletion(body: Uint8Array): ChatResponse {
  const { extensions: _, ...response } = decodeResponse(body, variant)
  return response
}
