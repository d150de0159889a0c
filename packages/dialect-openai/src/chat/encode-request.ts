import {
  type ChatRequest,
  type EncodedRequest,
  GatewayError,
  type JsonObject,
  type JsonValue,
  type OutputFormat,
  type RequestChanges,
} from '@jackfield/core'
import {
  createToolNames,
  foreignMembers,
  type NameRule,
  refuseContinued,
  withLeftover,
} from '@jackfield/dialect-kit'
import { chatName } from '../names.ts'
import type { Variant } from '../options.ts'
import { strictFor } from '../strict-schema.ts'
import { encodeMessages } from './encode-messages.ts'
import type { EncodeState } from './encode-part.ts'
import { encodeReasoningRequest } from './encode-reasoning.ts'
import { encodeTools, schemaValue } from './encode-tools.ts'

/** Canonical members whose value is the same on the wire. */
const plainMembers: readonly (readonly [field: keyof ChatRequest, member: string])[] = [
  ['temperature', 'temperature'],
  ['topP', 'top_p'],
  ['seed', 'seed'],
  ['presencePenalty', 'presence_penalty'],
  ['frequencyPenalty', 'frequency_penalty'],
  ['stop', 'stop'],
  ['verbosity', 'verbosity'],
  ['modalities', 'modalities'],
  ['endUser', 'user'],
  ['cacheKey', 'prompt_cache_key'],
  ['serviceTier', 'service_tier'],
  ['metadata', 'metadata'],
  ['store', 'store'],
]

/** What OpenAI takes as the name of a tool (protocol reference 1.3). */
const toolNameRule: NameRule = { pattern: /^[A-Za-z0-9_-]+$/, maxLength: 64 }

/** Members that no list of parameters leaves out. */
const essential = new Set(['model', 'messages', 'stream'])

/**
 * A request in a provider's words. What the provider cannot be told is named in `dropped`, by its name in this protocol.
 *
 * @throws GatewayError `unsupported_capability` where leaving it out would change what is asked: several candidates, the
 * continuation of a stored answer, media that the protocol cannot carry.
 */
export function encodeRequest(request: ChatRequest, variant: Variant): EncodedRequest {
  refuseUntranslatable(request)
  const names = createToolNames(request.tools ?? [], toolNameRule)
  const state: EncodeState = { variant, dropped: foreignMembers(request, chatName), names }
  const wire = {
    model: request.model,
    messages: withJsonWord(encodeMessages(request.messages, state), request.output),
    stream: request.stream,
    ...encodeStreamOptions(request, variant),
    ...encodeTools(request, state),
    ...encodePlain(request),
    ...encodeLimits(request, state),
    ...encodeLogprobs(request),
    ...encodeOutput(request.output, state),
    ...encodeReasoning(request, state),
  }
  const body = keepAllowed(withLeftover(wire, ownExtensions(request), chatName), state)
  return { body, dropped: [...state.dropped], ...changesOf(request, state) }
}

/** What an answer must be read with: tools may have been renamed, or sent as functions. */
function changesOf(
  { tools = [] }: ChatRequest,
  { names, variant }: EncodeState,
): Pick<EncodedRequest, 'changes'> {
  const custom = tools.filter((tool) => tool.type === 'custom').map(({ name }) => name)
  const isSentAsFunction = variant.customTools === 'functions' && custom.length > 0
  const changes: RequestChanges = {
    ...(names.changes === undefined ? {} : { toolNames: names.changes }),
    ...(isSentAsFunction ? { customTools: new Set(custom) } : {}),
  }
  return Object.keys(changes).length === 0 ? {} : { changes }
}

/** `stream_options` is refused where nothing is streamed, and a backend may ask for less than its client. */
function ownExtensions({ extensions, stream }: ChatRequest): ChatRequest['extensions'] {
  const own = extensions?.[chatName]
  if (stream || own?.['stream_options'] === undefined) return extensions
  const { stream_options: _, ...rest } = own
  return { [chatName]: rest }
}

function refuseUntranslatable(request: ChatRequest): void {
  const { candidates } = request
  if (candidates !== undefined && candidates > 1) {
    const message = 'Several answers to one request cannot be translated to this provider.'
    throw new GatewayError('unsupported_capability', `${message} Ask for one.`, { param: 'n' })
  }
  refuseContinued(request)
}

function encodeStreamOptions(request: ChatRequest, variant: Variant): JsonObject {
  const asks = request.stream && variant.includeUsage
  return asks ? { stream_options: { include_usage: true } } : {}
}

function encodePlain(request: ChatRequest): JsonObject {
  const wire: Record<string, JsonValue> = {}
  for (const [field, member] of plainMembers) {
    const value = request[field]
    if (value !== undefined) wire[member] = value as JsonValue
  }
  return wire
}

function encodeLimits(
  { maxOutputTokens, topK }: ChatRequest,
  { variant, dropped }: EncodeState,
): JsonObject {
  if (topK !== undefined && !variant.topK) dropped.add('top_k')
  return {
    ...(maxOutputTokens === undefined ? {} : { [variant.maxTokens]: maxOutputTokens }),
    ...(topK !== undefined && variant.topK ? { top_k: topK } : {}),
  }
}

function encodeLogprobs({ logprobs }: ChatRequest): JsonObject {
  if (logprobs === undefined) return {}
  return { logprobs: true, ...(logprobs > 0 ? { top_logprobs: logprobs } : {}) }
}

function encodeOutput(output: OutputFormat | undefined, state: EncodeState): JsonObject {
  switch (output?.type) {
    case undefined:
      return {}
    case 'text':
      return { response_format: { type: 'text' } }
    case 'json':
      return { response_format: { type: 'json_object' } }
    case 'json-schema':
      return { response_format: { type: 'json_schema', json_schema: encodeSchema(output, state) } }
    default:
      return output satisfies never
  }
}

/** JSON mode is refused unless the messages say so in words. In front, where it does no harm to the prompt cache. */
function withJsonWord(
  messages: readonly JsonObject[],
  output: OutputFormat | undefined,
): readonly JsonObject[] {
  if (output?.type !== 'json') return messages
  if (JSON.stringify(messages).toLowerCase().includes('json')) return messages
  return [{ role: 'system', content: 'Answer with JSON.' }, ...messages]
}

/** The wire demands a name; other dialects have none. */
function encodeSchema(
  output: Extract<OutputFormat, { type: 'json-schema' }>,
  { dropped }: EncodeState,
): JsonObject {
  const strict = strictFor(output.strict, output.schema, dropped)
  return {
    name: output.name ?? 'response',
    ...(output.description === undefined ? {} : { description: output.description }),
    schema: schemaValue(output.schema),
    ...(strict === undefined ? {} : { strict }),
  }
}

function encodeReasoning(request: ChatRequest, { variant, dropped }: EncodeState): JsonObject {
  const members = encodeReasoningRequest(variant.ask, request)
  if (members === undefined) dropped.add('reasoning_effort')
  return members ?? {}
}

function keepAllowed(body: JsonObject, { variant, dropped }: EncodeState): JsonObject {
  const isAllowed = (name: string) =>
    essential.has(name) || (!variant.drop.has(name) && (variant.allow?.has(name) ?? true))
  const names = Object.keys(body)
  if (names.every(isAllowed)) return body
  for (const name of names) if (!isAllowed(name)) dropped.add(name)
  return Object.fromEntries(Object.entries(body).filter(([name]) => isAllowed(name)))
}
