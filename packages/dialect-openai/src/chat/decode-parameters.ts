import {
  type ChatRequest,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type OutputFormat,
  type Verbosity,
  verbosities,
} from '@jackfield/core'
import {
  at,
  isArray,
  optionalBoolean,
  optionalNumber,
  optionalObject,
  optionalString,
  refuseType,
} from '@jackfield/dialect-kit'

/** Members whose value is a number on the wire and in the canonical request. */
const numbers = {
  temperature: 'temperature',
  top_p: 'topP',
  top_k: 'topK',
  seed: 'seed',
  presence_penalty: 'presencePenalty',
  frequency_penalty: 'frequencyPenalty',
} as const

const strings = { prompt_cache_key: 'cacheKey', service_tier: 'serviceTier' } as const

/** Sampling, limits and what else has one plain value. */
export function decodeParameters(wire: JsonObject): Partial<ChatRequest> {
  const maxOutputTokens =
    optionalNumber(wire, 'max_completion_tokens') ?? optionalNumber(wire, 'max_tokens')
  const store = optionalBoolean(wire, 'store')
  return {
    ...readAll(wire, numbers, optionalNumber),
    ...readAll(wire, strings, optionalString),
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
    ...(store === undefined ? {} : { store }),
    ...decodeStop(wire),
    ...decodeLogprobs(wire),
    ...decodeCandidates(wire),
  }
}

function readAll<Field extends keyof ChatRequest, Value>(
  wire: JsonObject,
  names: Readonly<Record<string, Field>>,
  read: (wire: JsonObject, key: string) => Value | undefined,
): Partial<Record<Field, Value>> {
  const fields: Partial<Record<Field, Value>> = {}
  for (const [key, field] of Object.entries(names)) {
    const value = read(wire, key)
    if (value !== undefined) fields[field] = value
  }
  return fields
}

function decodeStop(wire: JsonObject): Pick<ChatRequest, 'stop'> {
  const { stop } = wire
  if (stop === undefined || stop === null) return {}
  if (typeof stop === 'string') return { stop: [stop] }
  if (!isArray(stop)) return refuseType({ key: 'stop' }, 'a string or an array of strings', stop)
  return {
    stop: stop.map((item, index) =>
      typeof item === 'string' ? item : refuseType(at({ key: 'stop' }, index), 'a string', item),
    ),
  }
}

function decodeLogprobs(wire: JsonObject): Pick<ChatRequest, 'logprobs'> {
  // A number, as the legacy protocol has it, is what some servers take here too.
  if (typeof wire['logprobs'] === 'number') return { logprobs: wire['logprobs'] }
  const top = optionalNumber(wire, 'top_logprobs')
  return optionalBoolean(wire, 'logprobs') === true ? { logprobs: top ?? 0 } : {}
}

/** One candidate is what no number means. */
function decodeCandidates(wire: JsonObject): Pick<ChatRequest, 'candidates'> {
  const n = optionalNumber(wire, 'n')
  return n === undefined || n === 1 ? {} : { candidates: n }
}

/** `response_format`; `undefined` for a kind that only a vendor knows. */
export function decodeOutput(wire: JsonObject): OutputFormat | undefined {
  const format = optionalObject(wire, 'response_format')
  switch (format?.['type']) {
    case 'text':
      return { type: 'text' }
    case 'json_object':
      return { type: 'json' }
    case 'json_schema':
      return decodeSchema(format)
    default:
      return undefined
  }
}

function decodeSchema(format: JsonObject): OutputFormat {
  const path = { key: 'response_format' }
  const place = at(path, 'json_schema')
  const body = optionalObject(format, 'json_schema', path)
  if (body === undefined) return refuseType(place, 'an object', format['json_schema'])
  const name = optionalString(body, 'name', place)
  const description = optionalString(body, 'description', place)
  const strict = optionalBoolean(body, 'strict', place)
  return {
    type: 'json-schema',
    schema: optionalObject(body, 'schema', place) ?? {},
    ...(name === undefined ? {} : { name }),
    ...(description === undefined ? {} : { description }),
    ...(strict === undefined ? {} : { strict }),
  }
}

export function decodeVerbosity(value: JsonValue | undefined): Verbosity | undefined {
  return verbosities.find((verbosity) => verbosity === value)
}

/** `undefined` where a modality is unknown: the whole member then travels on as it is. */
export function decodeModalities(value: JsonValue | undefined): ChatRequest['modalities'] {
  if (!isArray(value)) return undefined
  return value.every(isModality) ? value : undefined
}

function isModality(value: JsonValue): value is 'text' | 'audio' | 'image' {
  return value === 'text' || value === 'audio' || value === 'image'
}

/** `metadata`, where all its values are strings as OpenAI wants them. */
export function decodeMetadata(value: JsonValue | undefined): ChatRequest['metadata'] {
  return isStringMap(value) ? value : undefined
}

function isStringMap(value: JsonValue | undefined): value is Readonly<Record<string, string>> {
  return isJsonObject(value) && Object.values(value).every((item) => typeof item === 'string')
}
