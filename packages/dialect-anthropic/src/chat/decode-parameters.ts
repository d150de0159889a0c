import type { ChatRequest, JsonObject } from '@jackfield/core'
import {
  at,
  optionalArray,
  optionalNumber,
  optionalString,
  refuseType,
} from '@jackfield/dialect-kit'

const numbers = {
  max_tokens: 'maxOutputTokens',
  temperature: 'temperature',
  top_p: 'topP',
  top_k: 'topK',
} as const

/** Sampling, limits and what else has one plain value. `standard_only` is what others call `default`. */
export function decodeParameters(wire: JsonObject): Partial<ChatRequest> {
  const tier = optionalString(wire, 'service_tier')
  return {
    ...decodeNumbers(wire),
    ...decodeStop(wire),
    ...(tier === undefined ? {} : { serviceTier: tier === 'standard_only' ? 'default' : tier }),
  }
}

function decodeNumbers(wire: JsonObject): Partial<ChatRequest> {
  const fields: Partial<Record<(typeof numbers)[keyof typeof numbers], number>> = {}
  for (const [key, field] of Object.entries(numbers)) {
    const value = optionalNumber(wire, key)
    if (value !== undefined) fields[field] = value
  }
  return fields
}

function decodeStop(wire: JsonObject): Pick<ChatRequest, 'stop'> {
  const list = optionalArray(wire, 'stop_sequences')
  if (list === undefined || list.length === 0) return {}
  const place = { key: 'stop_sequences' }
  return {
    stop: list.map((item, index) =>
      typeof item === 'string' ? item : refuseType(at(place, index), 'a string', item),
    ),
  }
}
