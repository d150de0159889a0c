import type { JsonObject } from '../strict/rule.ts'
import { isObject, itemsOf } from '../strict/shape.ts'
import type { ResponsesAnswer, ResponsesStyle, ResponsesUsage } from './answer.ts'
import { type CompleteAnswer, completeAnswer } from './complete-answer.ts'
import { isPresent } from './is-present.ts'
import { itemDocument } from './output-item.ts'

/** The body of a whole answer: the response object with the parameters of the request in it (OpenAI Responses 2.4). */
export function responsesDocument(
  answer: ResponsesAnswer,
  request: JsonObject,
  style: ResponsesStyle = {},
): JsonObject {
  return finishedResponse(completeAnswer(answer, request, style), request)
}

/** The response object at the end. */
export function finishedResponse(answer: CompleteAnswer, request: JsonObject): JsonObject {
  const { status, error, incompleteReason, usage, createdAt } = answer
  return {
    ...responseHead(answer, request),
    status,
    completed_at: status === 'completed' ? createdAt + 1 : null,
    error: error ? { code: error.code, message: error.message } : null,
    incomplete_details: incompleteReason === undefined ? null : { reason: incompleteReason },
    output: answer.items.map(itemDocument),
    usage: usage && wireUsage(usage),
  }
}

/** The response object before there is anything in it. */
export function pendingResponse(
  answer: CompleteAnswer,
  request: JsonObject,
  status: 'queued' | 'in_progress' | 'cancelled',
): JsonObject {
  return {
    ...responseHead(answer, request),
    status,
    completed_at: null,
    error: null,
    incomplete_details: null,
    output: [],
    usage: null,
  }
}

/** Usage in the words of the wire. */
export function wireUsage(usage: ResponsesUsage): JsonObject {
  const { inputTokens, outputTokens, cachedTokens = 0, cacheWriteTokens, reasoningTokens } = usage
  return {
    input_tokens: inputTokens,
    input_tokens_details: {
      cached_tokens: cachedTokens,
      ...(cacheWriteTokens !== undefined && { cache_write_tokens: cacheWriteTokens }),
    },
    output_tokens: outputTokens,
    output_tokens_details: { reasoning_tokens: reasoningTokens ?? 0 },
    total_tokens: inputTokens + outputTokens,
  }
}

/** Parameters that an answer repeats, and what it says when the request does not. */
const echoed: Readonly<Record<string, unknown>> = {
  background: false,
  instructions: null,
  max_output_tokens: null,
  max_tool_calls: null,
  metadata: {},
  moderation: null,
  parallel_tool_calls: true,
  previous_response_id: null,
  prompt_cache_key: null,
  prompt_cache_retention: null,
  safety_identifier: null,
  store: true,
  temperature: 1,
  tool_choice: 'auto',
  top_logprobs: 0,
  top_p: 1,
  truncation: 'disabled',
  user: null,
}

/** Parameters that an answer only has when the request has them. */
const echoedWhenGiven = ['prompt', 'prompt_cache_options', 'image', 'access_programs'] as const

function responseHead(answer: CompleteAnswer, request: JsonObject): JsonObject {
  const { id, createdAt, model } = answer
  return {
    id,
    object: 'response',
    created_at: createdAt,
    model,
    ...Object.fromEntries(
      Object.entries(echoed).map(([name, usual]) => [name, request[name] ?? usual]),
    ),
    ...Object.fromEntries(
      echoedWhenGiven.flatMap((name) => (isPresent(request[name]) ? [[name, request[name]]] : [])),
    ),
    ...conversationOf(request),
    frequency_penalty: 0,
    presence_penalty: 0,
    reasoning: reasoningOf(request),
    service_tier: servedTier(request['service_tier']),
    text: textOf(request),
    tools: itemsOf(request['tools']),
  }
}

function conversationOf({ conversation }: JsonObject): JsonObject {
  if (!isPresent(conversation)) return {}
  return { conversation: isObject(conversation) ? conversation : { id: conversation } }
}

function reasoningOf(request: JsonObject): JsonObject {
  const asked = isObject(request['reasoning']) ? request['reasoning'] : {}
  return { effort: null, summary: null, ...asked }
}

function servedTier(tier: unknown): unknown {
  return isPresent(tier) && tier !== 'auto' ? tier : 'default'
}

function textOf(request: JsonObject): JsonObject {
  const asked = isObject(request['text']) ? request['text'] : {}
  return { format: asked['format'] ?? { type: 'text' }, verbosity: asked['verbosity'] ?? 'medium' }
}
