import type { JsonObject } from '../strict/rule.ts'
import type { GeminiAnswer, GeminiStyle, GeminiUsage } from './answer.ts'
import { type SignedPart, signedParts } from './signed-parts.ts'

/** The body of a non-streamed answer (`GenerateContentResponse`). */
export function geminiResponse(
  answer: GeminiAnswer,
  style: GeminiStyle = {},
): Record<string, unknown> {
  const parts = signedParts(answer.parts ?? [], style).map(wirePart)
  const usage = answer.usage ?? defaultUsage
  return {
    ...(answer.blocked
      ? { promptFeedback: feedbackOf(answer) }
      : { candidates: candidatesOf(answer, style, { parts, last: true }) }),
    ...(style.usage !== 'absent' && { usageMetadata: wireUsage(usage) }),
    ...headOf(answer),
  }
}

/**
 * The chunks of a streamed answer, each a `GenerateContentResponse` of its own. Every piece of text comes alone, a function call whole.
 * Usage counts up; the last chunk has it all.
 */
export function geminiChunks(
  answer: GeminiAnswer,
  style: GeminiStyle = {},
): readonly Record<string, unknown>[] {
  const usage = answer.usage ?? defaultUsage
  if (answer.blocked) return [geminiResponse(answer, style)]
  const increments = incrementsOf(answer, style)
  const count = answer.candidates ?? 1
  const chunks = Array.from({ length: count }, (_, index) =>
    increments.map((parts, position) => ({
      candidates: [
        candidateOf(answer, style, { parts, last: position === increments.length - 1, index }),
      ],
    })),
  ).flat()
  return chunks.map((chunk, position) => ({
    ...chunk,
    ...usageAt(usage, style, { position, of: chunks.length }),
    ...headOf(answer),
  }))
}

const defaultUsage: GeminiUsage = { promptTokens: 1, candidateTokens: 1 }

/** What one chunk brings of a candidate; the last one ends it. */
interface Increment {
  readonly parts: readonly JsonObject[]
  readonly last: boolean
  readonly index?: number
}

function candidatesOf(
  answer: GeminiAnswer,
  style: GeminiStyle,
  increment: Increment,
): readonly JsonObject[] {
  return Array.from({ length: answer.candidates ?? 1 }, (_, index) =>
    candidateOf(answer, style, { ...increment, index }),
  )
}

function candidateOf(
  answer: GeminiAnswer,
  style: GeminiStyle,
  { parts, last, index = 0 }: Increment,
): JsonObject {
  const { finishMessage, safetyRatings } = answer
  const { groundingMetadata, urlContextMetadata, citationMetadata } = answer
  const finishes = last && style.withoutFinish !== true
  return {
    ...contentOf(answer, parts),
    ...(finishes && { finishReason: answer.finishReason ?? 'STOP' }),
    ...(finishes && finishMessage !== undefined && { finishMessage }),
    ...(style.withoutIndex !== true && { index }),
    ...(safetyRatings && { safetyRatings }),
    ...(last && groundingMetadata && { groundingMetadata }),
    ...(last && urlContextMetadata && { urlContextMetadata }),
    ...(last && citationMetadata && { citationMetadata }),
  }
}

function contentOf(answer: GeminiAnswer, parts: readonly JsonObject[]): JsonObject {
  if (parts.length > 0) return { content: { parts, role: 'model' } }
  switch (answer.withoutParts ?? 'role') {
    case 'role':
      return { content: { role: 'model' } }
    case 'empty':
      return { content: {} }
    case 'absent':
      return {}
  }
}

function feedbackOf({ blocked, safetyRatings }: GeminiAnswer): JsonObject {
  return {
    blockReason: blocked?.reason,
    ...(blocked?.message !== undefined && { blockReasonMessage: blocked.message }),
    ...(safetyRatings && { safetyRatings }),
  }
}

function headOf(answer: GeminiAnswer): JsonObject {
  return {
    modelVersion: answer.modelVersion ?? 'fake-chat',
    responseId: answer.responseId ?? 'response-fake',
  }
}

/** The parts of each chunk. The last text is closed by an empty part, which has its signature. */
function incrementsOf(
  answer: GeminiAnswer,
  style: GeminiStyle,
): readonly (readonly JsonObject[])[] {
  const parts = signedParts(answer.parts ?? [], style)
  const together = style.callsTogether === true ? joinedCalls(parts) : parts.map((part) => [part])
  const increments = together.flatMap((group) =>
    group.length === 1 ? group.flatMap(piecewise) : [group.map(wirePart)],
  )
  const closed = parts.at(-1)?.end !== undefined
  if (style.finish === 'own-chunk' && !closed) return [...increments, [{ text: '' }]]
  return increments.length === 0 ? [[]] : increments
}

function piecewise(signed: SignedPart): readonly (readonly JsonObject[])[] {
  const { part, pieces, end, signature } = signed
  if (!pieces) return [[wirePart(signed)]]
  const last = pieces.length - 1
  return [
    ...pieces.map((text, index) => {
      const own = end === undefined && index === last ? signature : undefined
      return [withSignature({ ...part, text }, own)]
    }),
    ...(end ? [[withSignature({ text: '' }, end.signature)]] : []),
  ]
}

/** Function calls side by side make one group, everything else one each. */
function joinedCalls(parts: readonly SignedPart[]): readonly (readonly SignedPart[])[] {
  const groups: SignedPart[][] = []
  for (const [index, part] of parts.entries()) {
    const follows = isCall(part) && isCall(parts[index - 1])
    if (follows) groups.at(-1)?.push(part)
    else groups.push([part])
  }
  return groups
}

function isCall(signed: SignedPart | undefined): boolean {
  return signed?.part['functionCall'] !== undefined
}

function wirePart({ part, signature }: SignedPart): JsonObject {
  return withSignature(part, signature)
}

function withSignature(part: JsonObject, signature: string | undefined): JsonObject {
  return signature === undefined ? part : { ...part, thoughtSignature: signature }
}

function usageAt(
  usage: GeminiUsage,
  style: GeminiStyle,
  place: { readonly position: number; readonly of: number },
): JsonObject {
  const last = place.position === place.of - 1
  if (style.usage === 'absent' || (style.usage === 'last-chunk' && !last)) return {}
  const share = Math.floor((usage.candidateTokens * (place.position + 1)) / place.of)
  return { usageMetadata: wireUsage({ ...usage, candidateTokens: share }) }
}

/** Usage in the words of the wire; the total counts the cached tokens once. */
function wireUsage(usage: GeminiUsage): JsonObject {
  const { promptTokens, candidateTokens, thoughtTokens, cachedTokens, toolUseTokens } = usage
  const total = promptTokens + candidateTokens + (thoughtTokens ?? 0) + (toolUseTokens ?? 0)
  return {
    promptTokenCount: promptTokens,
    candidatesTokenCount: candidateTokens,
    totalTokenCount: total,
    ...(cachedTokens !== undefined && { cachedContentTokenCount: cachedTokens }),
    promptTokensDetails: [{ modality: 'TEXT', tokenCount: promptTokens }],
    ...(toolUseTokens !== undefined && { toolUsePromptTokenCount: toolUseTokens }),
    ...(thoughtTokens !== undefined && { thoughtsTokenCount: thoughtTokens }),
  }
}
