import {
  type ChatRequest,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type OutputFormat,
} from '@jackfield/core'
import { describedSchema } from '@jackfield/dialect-kit'
import type { EncodeState } from './encode-state.ts'
import { encodeThinking, isThinkingLost } from './encode-thinking.ts'
import { openApiSchema } from './openapi-schema.ts'

/** Canonical members whose name and value are the same on the wire. */
const plainMembers = [
  'temperature',
  'topP',
  'topK',
  'maxOutputTokens',
  'seed',
  'presencePenalty',
  'frequencyPenalty',
] as const

const maxStops = 5

/** Members that this protocol has no place for, by the names under which clients know them. */
const lost: readonly (readonly [field: keyof ChatRequest, name: string])[] = [
  ['verbosity', 'verbosity'],
  ['endUser', 'user'],
  ['cacheKey', 'prompt_cache_key'],
  ['metadata', 'metadata'],
]

/** `generationConfig`, which is absent where nothing is asked. */
export function encodeConfig(request: ChatRequest, state: EncodeState): JsonObject {
  for (const [field, name] of lost) if (request[field] !== undefined) state.dropped.add(name)
  if (request.store === true) state.dropped.add('store')
  const config = {
    ...encodePlain(request),
    ...encodeStop(request.stop, state),
    ...encodeLogprobs(request),
    ...encodeOutput(request, state),
    ...encodeModalities(request),
    ...thinkingMember(request, state),
  }
  return Object.keys(config).length === 0 ? {} : { generationConfig: config }
}

function encodePlain(request: ChatRequest): JsonObject {
  const config: Record<string, JsonValue> = {}
  for (const name of plainMembers) {
    const value = request[name]
    if (value !== undefined) config[name] = name === 'seed' ? seedOf(value) : value
  }
  return config
}

/** Seeds have 32 bits here: a larger one becomes the same smaller one every time. */
function seedOf(seed: number): number {
  return seed | 0
}

function encodeStop(stop: ChatRequest['stop'], { dropped }: EncodeState): JsonObject {
  const filled = (stop ?? []).filter((text) => text !== '')
  if (filled.length > maxStops) dropped.add('stop')
  return filled.length === 0 ? {} : { stopSequences: filled.slice(0, maxStops) }
}

function encodeLogprobs({ logprobs }: ChatRequest): JsonObject {
  if (logprobs === undefined) return {}
  return { responseLogprobs: true, ...(logprobs > 0 ? { logprobs } : {}) }
}

/** Models before Gemini 3 refuse JSON output beside functions: the functions then decide, as they do for the client. */
function encodeOutput({ output, tools }: ChatRequest, state: EncodeState): JsonObject {
  if (output === undefined) return {}
  if (output.type === 'text') return { responseMimeType: 'text/plain' }
  const hasFunctions = tools?.some((tool) => tool.type !== 'provider') === true
  if (hasFunctions && !state.facts.mixesTools) {
    state.dropped.add('response_format')
    return {}
  }
  return { responseMimeType: 'application/json', ...encodeSchema(output, state) }
}

function encodeSchema(output: OutputFormat, { facts }: EncodeState): JsonObject {
  if (output.type !== 'json-schema' || !isJsonObject(output.schema)) return {}
  const schema = describedSchema(output)
  return facts.jsonSchema
    ? { responseJsonSchema: schema }
    : { responseSchema: openApiSchema(schema) }
}

function encodeModalities({ modalities }: ChatRequest): JsonObject {
  return modalities === undefined
    ? {}
    : { responseModalities: modalities.map((modality) => modality.toUpperCase()) }
}

function thinkingMember({ reasoning }: ChatRequest, { facts, dropped }: EncodeState): JsonObject {
  if (isThinkingLost(reasoning, facts)) dropped.add('reasoning_effort')
  const thinkingConfig = encodeThinking(reasoning, facts)
  return thinkingConfig === undefined ? {} : { thinkingConfig }
}

const tiers: Readonly<Record<string, string>> = {
  default: 'standard',
  standard: 'standard',
  flex: 'flex',
  priority: 'priority',
}

/** `auto` is what happens anyway. */
export function encodeTier(
  { serviceTier: tier }: ChatRequest,
  { dropped }: EncodeState,
): JsonObject {
  if (tier === undefined || tier === 'auto') return {}
  const own = Object.hasOwn(tiers, tier) ? tiers[tier] : undefined
  if (own !== undefined) return { serviceTier: own }
  dropped.add('service_tier')
  return {}
}
