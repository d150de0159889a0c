import { isJsonObject, type JsonObject, type JsonValue, type Usage } from '@jackfield/core'
import { countOf, leftoverOf, mergeObjects, usageOf } from '@jackfield/dialect-kit'
import { chatName } from '../names.ts'

const usageMembers = new Set([
  'prompt_tokens',
  'completion_tokens',
  'total_tokens',
  'prompt_tokens_details',
  'completion_tokens_details',
])
const promptMembers = new Set(['cached_tokens', 'cache_write_tokens', 'audio_tokens'])
const completionMembers = new Set(['reasoning_tokens', 'audio_tokens'])

/** Usage as OpenAI and compatible providers count it; `undefined` where nothing was counted. */
export function decodeUsage(value: JsonValue | undefined): Usage | undefined {
  if (!isJsonObject(value)) return undefined
  const extra = decodeExtra(value)
  return usageOf({
    ...decodeInput(value),
    ...decodeOutput(value),
    extra: extra === undefined ? undefined : { dialect: chatName, value: extra },
  })
}

function decodeInput(usage: JsonObject) {
  const details = usage['prompt_tokens_details']
  const prompt = isJsonObject(details) ? details : {}
  return {
    inputTokens: countOf(usage['prompt_tokens']) ?? countOf(usage['input_tokens']),
    cachedInputTokens:
      countOf(prompt['cached_tokens']) ??
      countOf(usage['cached_tokens']) ?? // moonshot, huggingface
      countOf(usage['prompt_cache_hit_tokens']) ?? // deepseek
      countOf(usage['num_cached_tokens']), // mistral
    cacheWriteInputTokens: countOf(prompt['cache_write_tokens']),
    audioInputTokens: countOf(prompt['audio_tokens']),
  }
}

function decodeOutput(usage: JsonObject) {
  const details = usage['completion_tokens_details']
  const completion = isJsonObject(details) ? details : {}
  const told = countOf(usage['completion_tokens']) ?? countOf(usage['output_tokens'])
  const hidden = hiddenReasoning(usage)
  return {
    outputTokens: told === undefined ? undefined : told + hidden,
    reasoningTokens:
      countOf(completion['reasoning_tokens']) ??
      countOf(usage['reasoning_tokens']) ??
      (hidden > 0 ? hidden : undefined),
    audioOutputTokens: countOf(completion['audio_tokens']),
  }
}

/** xai and Google's OpenAI surface leave reasoning out of `completion_tokens`, but not out of the total. */
function hiddenReasoning(usage: JsonObject): number {
  const prompt = countOf(usage['prompt_tokens'])
  const completion = countOf(usage['completion_tokens'])
  const total = countOf(usage['total_tokens'])
  if (prompt === undefined || completion === undefined || total === undefined) return 0
  return Math.max(0, total - prompt - completion)
}

function decodeExtra(usage: JsonObject): JsonObject | undefined {
  const prompt = detailsLeft(usage, 'prompt_tokens_details', promptMembers)
  const completion = detailsLeft(usage, 'completion_tokens_details', completionMembers)
  const rest = { ...leftoverOf(usage, usageMembers), ...prompt, ...completion }
  return Object.keys(rest).length === 0 ? undefined : rest
}

function detailsLeft(usage: JsonObject, name: string, known: ReadonlySet<string>): JsonObject {
  const details = usage[name]
  const left = isJsonObject(details) ? leftoverOf(details, known) : undefined
  return left === undefined ? {} : { [name]: left }
}

/** Usage for clients. The three totals are not optional in this protocol; an unknown one is 0. */
export function encodeUsage(usage: Usage): JsonObject {
  const input = usage.inputTokens ?? 0
  const output = usage.outputTokens ?? 0
  const prompt = {
    ...(usage.cachedInputTokens === undefined ? {} : { cached_tokens: usage.cachedInputTokens }),
    ...(usage.cacheWriteInputTokens === undefined
      ? {}
      : { cache_write_tokens: usage.cacheWriteInputTokens }),
    ...(usage.audioInputTokens === undefined ? {} : { audio_tokens: usage.audioInputTokens }),
  }
  const completion = {
    ...(usage.reasoningTokens === undefined ? {} : { reasoning_tokens: usage.reasoningTokens }),
    ...(usage.audioOutputTokens === undefined ? {} : { audio_tokens: usage.audioOutputTokens }),
  }
  const wire = {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    ...(Object.keys(prompt).length === 0 ? {} : { prompt_tokens_details: prompt }),
    ...(Object.keys(completion).length === 0 ? {} : { completion_tokens_details: completion }),
  }
  const { extra } = usage
  return extra?.dialect === chatName ? mergeObjects(extra.value, wire) : wire
}
