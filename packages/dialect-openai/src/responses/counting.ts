import {
  type ChatRequest,
  type EncodeContext,
  type EncodedRequest,
  GatewayError,
  isJsonObject,
  type JsonObject,
  type TokenCount,
  type UnaryCodec,
} from '@jackfield/core'
import { countOf, decodeText, parseJson } from '@jackfield/dialect-kit'
import { decodeResponsesRequest } from './decode-request.ts'
import { encodeResponsesRequest } from './encode-request.ts'
import { failureIn } from './errors.ts'
import type { ResponsesVariant } from './options.ts'

/** Members of a request that have tokens or decide which there are (protocol reference 2.1). */
const counted = new Set([
  ...['model', 'input', 'instructions', 'tools', 'tool_choice', 'text', 'reasoning', 'truncation'],
  ...['conversation', 'previous_response_id', 'parallel_tool_calls', 'personality'],
])

/** `/responses/input_tokens`: the request of an answer, and how many tokens it has. */
export function countingCodec(variant: ResponsesVariant): UnaryCodec<ChatRequest, TokenCount> {
  return {
    decodeRequest: decodeResponsesRequest,
    encodeRequest: (request) => encodeCountRequest(request, variant),
    decodeResponse: (body) => decodeCount(body, variant),
    encodeResponse: encodeCount,
  }
}

function encodeCountRequest(request: ChatRequest, variant: ResponsesVariant): EncodedRequest {
  const encoded = encodeResponsesRequest(request, variant)
  const members = Object.entries(encoded.body).filter(([name]) => counted.has(name))
  const body: JsonObject = Object.fromEntries(members)
  return { ...encoded, body }
}

function decodeCount(body: Uint8Array, variant: ResponsesVariant): TokenCount {
  const answer = parseJson(decodeText(body))
  if (!isJsonObject(answer)) throw unreadable()
  const failure = failureIn(answer, variant)
  if (failure !== undefined) throw failure
  const inputTokens = countOf(answer['input_tokens'])
  if (inputTokens === undefined) throw unreadable()
  return { inputTokens }
}

function unreadable(): GatewayError {
  return new GatewayError(
    'upstream_invalid_response',
    'The provider’s answer is not a count of tokens.',
  )
}

function encodeCount({ inputTokens }: TokenCount, _context: EncodeContext): Uint8Array {
  const answer = { object: 'response.input_tokens', input_tokens: inputTokens }
  return Buffer.from(JSON.stringify(answer))
}
