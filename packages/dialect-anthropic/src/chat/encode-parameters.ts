import { type ChatRequest, GatewayError, type JsonObject } from '@jackfield/core'
import { refuseContinued } from '@jackfield/dialect-kit'
import type { ModelFacts } from '../model-facts.ts'
import type { EncodeState } from './encode-state.ts'

/** Range of `top_p` beside thinking, and its lowest value for models that take no sampling. */
const minThinkingTopP = 0.95
const minFixedTopP = 0.99

/**
 * What would change the meaning of the request if it were left out.
 *
 * @throws GatewayError `unsupported_capability`
 */
export function refuseUntranslatable(request: ChatRequest): void {
  const { candidates } = request
  if (candidates !== undefined && candidates > 1) {
    const message = 'Several answers to one request cannot be translated to this provider.'
    throw new GatewayError('unsupported_capability', `${message} Ask for one.`, { param: 'n' })
  }
  refuseContinued(request)
}

/** Canonical members that this protocol has no word for, and the name under which their loss is told. */
const unknown: readonly (readonly [field: keyof ChatRequest, name: string])[] = [
  ['seed', 'seed'],
  ['presencePenalty', 'presence_penalty'],
  ['frequencyPenalty', 'frequency_penalty'],
  ['logprobs', 'logprobs'],
  ['verbosity', 'verbosity'],
  ['cacheKey', 'prompt_cache_key'],
  ['metadata', 'metadata'],
]

/** Names what cannot be said. */
export function dropUnknown(request: ChatRequest, dropped: Set<string>): void {
  for (const [field, name] of unknown) if (request[field] !== undefined) dropped.add(name)
  if (request.store === true) dropped.add('store')
  if (request.modalities?.some((modality) => modality !== 'text') === true)
    dropped.add('modalities')
}

/** Sampling, as far as the model takes it, beside thinking or not. */
export function encodeSampling(
  request: ChatRequest,
  isThinking: boolean,
  { facts, dropped }: EncodeState,
): JsonObject {
  const { temperature, topP, topK } = request
  const isFixed = isThinking || !facts.sampling
  const heat = isFixed || temperature === undefined ? undefined : Math.min(1, temperature)
  const nucleus = isTopP(topP, { isThinking, facts, hasTemperature: heat !== undefined })
    ? topP
    : undefined
  if (heat === undefined && isSaid(temperature)) dropped.add('temperature')
  if (nucleus === undefined && isSaid(topP)) dropped.add('top_p')
  if (isFixed && topK !== undefined) dropped.add('top_k')
  return {
    ...(heat === undefined ? {} : { temperature: heat }),
    ...(nucleus === undefined ? {} : { top_p: nucleus }),
    ...(isFixed || topK === undefined ? {} : { top_k: topK }),
  }
}

/** 1 is what a model does that is not told. */
function isSaid(value: number | undefined): boolean {
  return value !== undefined && value !== 1
}

interface TopPOptions {
  readonly isThinking: boolean
  readonly facts: ModelFacts
  readonly hasTemperature: boolean
}

function isTopP(
  topP: number | undefined,
  { isThinking, facts, hasTemperature }: TopPOptions,
): boolean {
  if (topP === undefined || (hasTemperature && facts.bothSamplers !== true)) return false
  if (!facts.sampling) return topP >= minFixedTopP
  return !isThinking || topP >= minThinkingTopP
}

const tiers: Readonly<Record<string, string>> = {
  auto: 'auto',
  default: 'standard_only',
  standard: 'standard_only',
  standard_only: 'standard_only',
}

/** Stop sequences, service tier and the caller's id of its user. */
export function encodePlain(request: ChatRequest, { dropped }: EncodeState): JsonObject {
  const { stop = [], serviceTier, endUser } = request
  const sequences = stop.filter((sequence) => sequence.trim() !== '')
  if (sequences.length < stop.length) dropped.add('stop')
  const tier = serviceTier === undefined ? undefined : tiers[serviceTier]
  if (serviceTier !== undefined && tier === undefined) dropped.add('service_tier')
  return {
    ...(sequences.length === 0 ? {} : { stop_sequences: sequences }),
    ...(tier === undefined ? {} : { service_tier: tier }),
    ...(endUser === undefined ? {} : { metadata: { user_id: endUser } }),
  }
}
