import { isJsonObject, type JsonObject, type JsonValue, type Usage } from '@jackfield/core'
import { countOf, leftoverOf, mergeObjects, usageOf } from '@jackfield/dialect-kit'
import { responsesName } from '../names.ts'

const usageMembers = new Set([
  'input_tokens',
  'output_tokens',
  'total_tokens',
  'input_tokens_details',
  'output_tokens_details',
])
const inputMembers = new Set(['cached_tokens', 'cache_write_tokens'])
const outputMembers = new Set(['reasoning_tokens'])

/** Usage as this protocol counts it; `undefined` where nothing was counted. */
export function decodeUsage(value: JsonValue | undefined): Usage | undefined {
  if (!isJsonObject(value)) return undefined
  const input = objectOf(value['input_tokens_details'])
  const output = objectOf(value['output_tokens_details'])
  const extra = decodeExtra(value, input, output)
  return usageOf({
    inputTokens: countOf(value['input_tokens']),
    outputTokens: countOf(value['output_tokens']),
    cachedInputTokens: countOf(input['cached_tokens']),
    cacheWriteInputTokens: countOf(input['cache_write_tokens']),
    reasoningTokens: countOf(output['reasoning_tokens']),
    extra: extra === undefined ? undefined : { dialect: responsesName, value: extra },
  })
}

function objectOf(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {}
}

function decodeExtra(
  usage: JsonObject,
  input: JsonObject,
  output: JsonObject,
): JsonObject | undefined {
  const inputLeft = leftoverOf(input, inputMembers)
  const outputLeft = leftoverOf(output, outputMembers)
  const rest = {
    ...leftoverOf(usage, usageMembers),
    ...(inputLeft === undefined ? {} : { input_tokens_details: inputLeft }),
    ...(outputLeft === undefined ? {} : { output_tokens_details: outputLeft }),
  }
  return Object.keys(rest).length === 0 ? undefined : rest
}

/** Usage for clients. Totals and the two old details are not optional in this protocol; an unknown one is 0. */
export function encodeUsage(usage: Usage): JsonObject {
  const input = usage.inputTokens ?? 0
  const output = usage.outputTokens ?? 0
  const written = usage.cacheWriteInputTokens
  const wire = {
    input_tokens: input,
    input_tokens_details: {
      cached_tokens: usage.cachedInputTokens ?? 0,
      ...(written === undefined ? {} : { cache_write_tokens: written }),
    },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: usage.reasoningTokens ?? 0 },
    total_tokens: input + output,
  }
  const { extra } = usage
  return extra?.dialect === responsesName ? mergeObjects(extra.value, wire) : wire
}
