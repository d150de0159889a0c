import {
  type ChatRequest,
  type EncodedRequest,
  GatewayError,
  isJsonObject,
  type JsonObject,
  type TokenCount,
  type UnaryCodec,
} from '@jackfield/core'
import { countOf, decodeText, parseJson } from '@jackfield/dialect-kit'
import { answerError } from '../errors/decode-error.ts'
import type { Variant } from '../options.ts'
import { decodeRequest } from './decode-request.ts'
import { encodeRequest } from './encode-request.ts'

/** Members that a request for a count may have (protocol reference 3.8); the others are refused. */
const countMembers: ReadonlySet<string> = new Set([
  ...['model', 'messages', 'system', 'tools', 'tool_choice', 'thinking', 'output_config'],
  ...['cache_control', 'speed', 'mcp_servers', 'context_management', 'compaction'],
  ...['output_format', 'billing_policy'],
])

/** Counts of the tokens that a request has. */
export function createCounting(variant: Variant): UnaryCodec<ChatRequest, TokenCount> {
  return {
    decodeRequest,
    encodeRequest: (request) => encodeCount(request, variant),
    decodeResponse: (body) => decodeCount(body, variant),
    encodeResponse: ({ inputTokens }) => Buffer.from(JSON.stringify({ input_tokens: inputTokens })),
  }
}

/** What a count cannot be told is no loss to it. */
function encodeCount(request: ChatRequest, variant: Variant): EncodedRequest {
  const { body } = encodeRequest({ ...request, stream: false }, variant)
  const members = Object.entries(body).filter(([name]) => countMembers.has(name))
  return { body: Object.fromEntries(members), dropped: [] }
}

function decodeCount(body: Uint8Array, { errorCodes }: Variant): TokenCount {
  const answer = parseJson(decodeText(body))
  const failure = isJsonObject(answer) ? answerError(answer, errorCodes) : undefined
  if (failure !== undefined) throw failure
  const inputTokens = isJsonObject(answer) ? countIn(answer) : undefined
  if (inputTokens !== undefined) return { inputTokens }
  throw new GatewayError(
    'upstream_invalid_response',
    'The provider’s answer has no `input_tokens`.',
  )
}

function countIn(answer: JsonObject): number | undefined {
  return countOf(answer['input_tokens'])
}
