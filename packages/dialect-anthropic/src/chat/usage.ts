import { isJsonObject, type JsonObject, type JsonValue, type Usage } from '@jackfield/core'
import { countOf, leftoverOf, mergeObjects, sumOf, usageOf } from '@jackfield/dialect-kit'
import { anthropicName } from '../names.ts'

const usageMembers = new Set([
  'input_tokens',
  'cache_creation_input_tokens',
  'cache_read_input_tokens',
  'output_tokens',
  'output_tokens_details',
])
const outputMembers = new Set(['thinking_tokens'])

/** Usage as this protocol counts it: the prompt is the sum of three counters. `undefined` where nothing was counted. */
export function decodeUsage(value: JsonValue | undefined): Usage | undefined {
  if (!isJsonObject(value)) return undefined
  const fresh = countOf(value['input_tokens'])
  const read = countOf(value['cache_read_input_tokens'])
  const written = countOf(value['cache_creation_input_tokens'])
  const details = value['output_tokens_details']
  const extra = decodeExtra(value)
  return usageOf({
    inputTokens: fresh === undefined ? undefined : sumOf(fresh, read, written),
    outputTokens: countOf(value['output_tokens']),
    cachedInputTokens: read,
    cacheWriteInputTokens: written,
    reasoningTokens: isJsonObject(details) ? countOf(details['thinking_tokens']) : undefined,
    extra: extra === undefined ? undefined : { dialect: anthropicName, value: extra },
  })
}

function decodeExtra(usage: JsonObject): JsonObject | undefined {
  const details = usage['output_tokens_details']
  const left = isJsonObject(details) ? leftoverOf(details, outputMembers) : undefined
  const rest = leftoverOf(usage, usageMembers)
  return left === undefined ? rest : { ...rest, output_tokens_details: left }
}

/** Usage so far with what a later event says of it: counters are cumulative, and one that is null says nothing. */
export function mergeUsage(soFar: JsonObject, value: JsonValue | undefined): JsonObject {
  if (!isJsonObject(value)) return soFar
  const said = Object.entries(value).filter(([, item]) => item !== null)
  return { ...soFar, ...Object.fromEntries(said) }
}

/** Usage for clients. The two totals are not optional in this protocol; an unknown cache counter is null. */
export function encodeUsage(usage: Usage): JsonObject {
  const { inputTokens = 0, cachedInputTokens: read, cacheWriteInputTokens: written } = usage
  const wire = {
    input_tokens: Math.max(0, inputTokens - (read ?? 0) - (written ?? 0)),
    cache_creation_input_tokens: written ?? null,
    cache_read_input_tokens: read ?? null,
    output_tokens: usage.outputTokens ?? 0,
    ...(usage.reasoningTokens === undefined
      ? {}
      : { output_tokens_details: { thinking_tokens: usage.reasoningTokens } }),
  }
  const { extra } = usage
  return extra?.dialect === anthropicName ? mergeObjects(extra.value, wire) : wire
}
