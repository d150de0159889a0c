import { isJsonObject, type JsonObject, type JsonValue, type Usage } from '@jackfield/core'
import { countOf, leftoverOf, mergeObjects, sumOf, usageOf } from '@jackfield/dialect-kit'
import { geminiName } from '../names.ts'

/** Counts that canonical members hold; of tool prompts the split from the prompt is kept besides. */
const known = new Set([
  'promptTokenCount',
  'candidatesTokenCount',
  'thoughtsTokenCount',
  'totalTokenCount',
  'cachedContentTokenCount',
])

/** Usage as Google counts it: thoughts beside the answer, prompts of tools beside the prompt. */
export function decodeUsage(value: JsonValue | undefined): Usage | undefined {
  if (!isJsonObject(value)) return undefined
  const thoughts = countOf(value['thoughtsTokenCount'])
  const extra = leftoverOf(value, known)
  return usageOf({
    inputTokens: sumOf(
      countOf(value['promptTokenCount']),
      countOf(value['toolUsePromptTokenCount']),
    ),
    outputTokens: sumOf(countOf(value['candidatesTokenCount']), thoughts),
    cachedInputTokens: countOf(value['cachedContentTokenCount']),
    reasoningTokens: thoughts,
    audioInputTokens: audioIn(value['promptTokensDetails']),
    audioOutputTokens: audioIn(value['candidatesTokensDetails']),
    extra: extra === undefined ? undefined : { dialect: geminiName, value: extra },
  })
}

/** Whether usage counts a whole answer: before its end it may lack what was generated, or hold no counts at all. */
export function hasTotals(value: JsonValue | undefined): boolean {
  return isJsonObject(value) && countOf(value['totalTokenCount']) !== undefined
}

/** Tokens of sound in a list of `{modality, tokenCount}`. */
function audioIn(details: JsonValue | undefined): number | undefined {
  const list = Array.isArray(details) ? details.filter(isJsonObject) : []
  return sumOf(
    ...list
      .filter(({ modality }) => modality === 'AUDIO')
      .map((item) => countOf(item['tokenCount'])),
  )
}

/** Usage for clients. What is not known is left out, as all counts are optional here. */
export function encodeUsage(usage: Usage): JsonObject {
  const { inputTokens: input, outputTokens: output, reasoningTokens: thoughts } = usage
  const own = usage.extra?.dialect === geminiName ? usage.extra.value : undefined
  const ofTools = countOf(own?.['toolUsePromptTokenCount']) ?? 0
  const total = input === undefined ? undefined : sumOf(input, output)
  const wire = {
    ...(input === undefined ? {} : { promptTokenCount: Math.max(0, input - ofTools) }),
    ...(output === undefined
      ? {}
      : { candidatesTokenCount: Math.max(0, output - (thoughts ?? 0)) }),
    ...(thoughts === undefined ? {} : { thoughtsTokenCount: thoughts }),
    ...(usage.cachedInputTokens === undefined
      ? {}
      : { cachedContentTokenCount: usage.cachedInputTokens }),
    ...(total === undefined ? {} : { totalTokenCount: total }),
  }
  const details = {
    ...audioDetails('promptTokensDetails', usage.audioInputTokens),
    ...audioDetails('candidatesTokensDetails', usage.audioOutputTokens),
  }
  return mergeObjects(own ?? {}, own === undefined ? { ...wire, ...details } : wire)
}

function audioDetails(name: string, tokenCount: number | undefined): JsonObject {
  return tokenCount === undefined ? {} : { [name]: [{ modality: 'AUDIO', tokenCount }] }
}
