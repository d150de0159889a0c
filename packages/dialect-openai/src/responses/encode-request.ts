import {
  type ChatRequest,
  type EncodedRequest,
  GatewayError,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type OutputFormat,
  type ReasoningRequest,
} from '@jackfield/core'
import {
  createToolNames,
  effortOfBudget,
  foreignMembers,
  isArray,
  mergeObjects,
} from '@jackfield/dialect-kit'
import { responsesName } from '../names.ts'
import { strictFor } from '../strict-schema.ts'
import type { EncodeState } from './encode-content.ts'
import { encodeConversation } from './encode-input.ts'
import { encodeTools, toolNameRule } from './encode-tools.ts'
import type { ResponsesVariant } from './options.ts'

/** Canonical members whose value is the same on the wire. */
const plainMembers: readonly (readonly [field: keyof ChatRequest, member: string])[] = [
  ['temperature', 'temperature'],
  ['topP', 'top_p'],
  ['endUser', 'user'],
  ['cacheKey', 'prompt_cache_key'],
  ['metadata', 'metadata'],
]

/** Canonical members that this protocol has no word for, by their name where clients have one. */
const absentMembers: readonly (readonly [field: keyof ChatRequest, name: string])[] = [
  ['topK', 'top_k'],
  ['seed', 'seed'],
  ['stop', 'stop'],
  ['presencePenalty', 'presence_penalty'],
  ['frequencyPenalty', 'frequency_penalty'],
]

/** Members that no list of parameters leaves out. */
const essential = new Set(['model', 'input', 'stream'])

const tiers = new Set(['auto', 'default', 'flex', 'scale', 'priority', 'fast', 'ultrafast'])

/** OpenAI takes no smaller limit (protocol reference 2.2). */
const minOutputTokens = 16

const logprobsWord = 'message.output_text.logprobs'
const encryptedWord = 'reasoning.encrypted_content'

/**
 * A request in a provider's words. It stores nothing unless the client asked for that, and names no item that the provider could
 * not look up. What the provider cannot be told is named in `dropped`, by its name in Chat.
 *
 * @throws GatewayError `unsupported_capability` where leaving it out would change what is asked: several candidates, media that
 * the protocol cannot carry.
 */
export function encodeResponsesRequest(
  request: ChatRequest,
  variant: ResponsesVariant,
): EncodedRequest {
  refuseSeveral(request)
  const names = createToolNames(request.tools ?? [], toolNameRule)
  const dropped = foreignMembers(request, responsesName)
  const continued = request.continues !== undefined
  const stored = continued || request.store === true
  const state: EncodeState = { variant, names, dropped, stored, continued }
  const { instructions, input } = encodeConversation(request.messages, state)
  const own = ownExtensions(request, state)
  const wire = {
    model: request.model,
    ...(instructions === undefined ? {} : { instructions }),
    input: withJsonWord(input, request.output),
    stream: request.stream,
    store: request.store === true,
    ...encodeContinues(request),
    ...encodeTools(request, state),
    ...encodePlain(request, state),
    ...encodeText(request, state),
    ...encodeReasoning(request, own),
    ...encodeInclude(request, { own, input, variant }),
  }
  const body = keepAllowed(mergeObjects(own, wire), state)
  const { changes } = names
  return {
    body,
    dropped: [...state.dropped],
    ...(changes === undefined ? {} : { changes: { toolNames: changes } }),
  }
}

function refuseSeveral({ candidates }: ChatRequest): void {
  if (candidates === undefined || candidates <= 1) return
  const message = 'Several answers to one request cannot be translated to this provider.'
  throw new GatewayError('unsupported_capability', `${message} Ask for one.`, { param: 'n' })
}

/** Streaming options are refused where nothing is streamed, and work in the background where nothing is stored. */
function ownExtensions(request: ChatRequest, { dropped }: EncodeState): JsonObject {
  const own = { ...request.extensions?.[responsesName] }
  if (!request.stream) delete own['stream_options']
  if (own['background'] === true && request.store !== true) {
    delete own['background']
    dropped.add('background')
  }
  return own
}

/** What is continued: a stored answer, unless that is a conversation or a prompt, which travel as they are. */
function encodeContinues({ continues, continuesIn }: ChatRequest): JsonObject {
  const isAnswer = continues !== undefined && continuesIn === undefined
  return isAnswer ? { previous_response_id: continues } : {}
}

function encodePlain(request: ChatRequest, { dropped }: EncodeState): JsonObject {
  const wire: Record<string, JsonValue> = {}
  for (const [field, member] of plainMembers) {
    const value = request[field]
    if (value !== undefined) wire[member] = value as JsonValue
  }
  for (const [field, name] of absentMembers) if (request[field] !== undefined) dropped.add(name)
  const { maxOutputTokens: limit, serviceTier: tier, modalities = [] } = request
  if (limit !== undefined) wire['max_output_tokens'] = Math.max(limit, minOutputTokens)
  if (limit !== undefined && limit < minOutputTokens) dropped.add('max_output_tokens')
  if (modalities.some((kind) => kind !== 'text')) dropped.add('modalities')
  if (tier !== undefined && tiers.has(tier)) wire['service_tier'] = tier
  else if (tier !== undefined) dropped.add('service_tier')
  return wire
}

function encodeText({ output, verbosity }: ChatRequest, { dropped }: EncodeState): JsonObject {
  const format = encodeFormat(output, dropped)
  const text = {
    ...(format === undefined ? {} : { format }),
    ...(verbosity === undefined ? {} : { verbosity }),
  }
  return Object.keys(text).length === 0 ? {} : { text }
}

/** The wire demands a name of a schema; other dialects have none. */
function encodeFormat(
  output: OutputFormat | undefined,
  dropped: Set<string>,
): JsonObject | undefined {
  switch (output?.type) {
    case undefined:
      return undefined
    case 'text':
      return { type: 'text' }
    case 'json':
      return { type: 'json_object' }
    case 'json-schema': {
      const strict = strictFor(output.strict, output.schema, dropped)
      return {
        type: 'json_schema',
        name: output.name ?? 'response',
        ...(output.description === undefined ? {} : { description: output.description }),
        schema: output.schema,
        ...(strict === undefined ? {} : { strict }),
      }
    }
    default:
      return output satisfies never
  }
}

/** JSON mode is refused unless the input says so in words. In front, where it does no harm to the prompt cache. */
function withJsonWord(input: readonly JsonObject[], output: OutputFormat | undefined): JsonValue {
  if (output?.type === 'json' && !JSON.stringify(input).toLowerCase().includes('json')) {
    return [{ role: 'system', content: 'Answer with JSON.' }, ...input]
  }
  return input.length === 0 ? '' : input
}

/** Whether reasoning is asked for at all; `undefined` where the request leaves it to the model. */
function isReasoning({ enabled, effort, budget }: ReasoningRequest): boolean | undefined {
  if (enabled !== undefined) return enabled
  if (effort !== undefined) return effort !== 'none'
  return budget === undefined ? undefined : budget !== 0
}

function encodeReasoning({ reasoning }: ChatRequest, own: JsonObject): JsonObject {
  if (reasoning === undefined) return {}
  const { show } = reasoning
  const effort = effortFor(reasoning)
  const wire = {
    ...(effort === undefined ? {} : { effort }),
    ...(show === undefined || show === false ? {} : { summary: summaryFor(show, own) }),
  }
  return Object.keys(wire).length === 0 ? {} : { reasoning: wire }
}

function effortFor(reasoning: ReasoningRequest): string | undefined {
  const enabled = isReasoning(reasoning)
  if (enabled === false) return 'none'
  const effort = reasoning.effort ?? effortOfBudget(reasoning.budget)
  if (effort !== undefined) return effort
  return reasoning.enabled === true && reasoning.budget === undefined ? 'medium' : undefined
}

function summaryFor(show: true | 'summary' | 'detailed', own: JsonObject): JsonValue {
  if (show === 'detailed') return 'detailed'
  const { reasoning } = own
  const word = isJsonObject(reasoning) ? reasoning['summary'] : undefined
  return show === 'summary' && typeof word === 'string' ? word : 'auto'
}

interface IncludeSources {
  readonly own: JsonObject
  readonly input: readonly JsonObject[]
  readonly variant: ResponsesVariant
}

function encodeInclude(request: ChatRequest, sources: IncludeSources): JsonObject {
  const { logprobs } = request
  const asked = sources.own['include']
  const include = new Set<JsonValue>(isArray(asked) ? asked : [])
  if (logprobs !== undefined) include.add(logprobsWord)
  if (wantsEncrypted(request, sources)) include.add(encryptedWord)
  return {
    ...(include.size === 0 ? {} : { include: [...include] }),
    ...(logprobs !== undefined && logprobs > 0 ? { top_logprobs: logprobs } : {}),
  }
}

/** A provider that keeps nothing gives its reasoning away in encrypted form, if asked. */
function wantsEncrypted(request: ChatRequest, { input, variant }: IncludeSources): boolean {
  if (request.store === true || variant.encryptedReasoning === 'never') return false
  if (variant.encryptedReasoning === 'always') return true
  const { reasoning } = request
  const asked = reasoning === undefined ? undefined : isReasoning(reasoning)
  if (asked !== undefined) return asked
  const shows = reasoning?.show !== undefined && reasoning.show !== false
  return shows || input.some(({ type }) => type === 'reasoning') || thinksUnasked(request.model)
}

/** OpenAI's models that reason without being asked to: the o series, and GPT from 5 on but for the chat ones. */
function thinksUnasked(model: string): boolean {
  const name = model.slice(model.lastIndexOf('/') + 1).toLowerCase()
  if (name.includes('chat')) return false
  return (
    /^o[1-9](?:-|$)/.test(name) || /^gpt-(?:[5-9]|[1-9][0-9])/.test(name) || name.includes('codex')
  )
}

function keepAllowed(body: JsonObject, { variant, dropped }: EncodeState): JsonObject {
  const isAllowed = (name: string) =>
    essential.has(name) || (!variant.drop.has(name) && (variant.allow?.has(name) ?? true))
  const names = Object.keys(body)
  if (names.every(isAllowed)) return body
  for (const name of names) if (!isAllowed(name)) dropped.add(name)
  return Object.fromEntries(Object.entries(body).filter(([name]) => isAllowed(name)))
}
