import {
  type ChatResponse,
  type EncodeContext,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  responseParts,
} from '@jackfield/core'
import { mergeObjects } from '@jackfield/dialect-kit'
import { geminiName } from '../names.ts'
import { AnswerWriter } from './answer-writer.ts'
import { encodeUsage } from './usage.ts'

/** A whole answer for a client: its parts are made by what makes those of streams. */
export function encodeAnswer(response: ChatResponse, context: EncodeContext): Uint8Array {
  const { candidates, ...leftover } = response.extensions?.[geminiName] ?? {}
  const writer = new AnswerWriter()
  for (const part of responseParts(response)) {
    switch (part.type) {
      case 'start':
      case 'usage':
      case 'finish':
      case 'error':
        break
      default:
        writer.add(part)
    }
  }
  const parts = writer.take()
  const isBlocked = parts.length === 0 && blockOf(leftover['promptFeedback']) !== undefined
  const candidate = candidateOf(parts, writer.finish(response.finish))
  const answer = {
    ...(isBlocked ? {} : { candidates: [withCandidateLeftover(candidate, candidates)] }),
    ...(response.usage === undefined ? {} : { usageMetadata: encodeUsage(response.usage) }),
    modelVersion: response.model ?? context.model,
    responseId: response.id ?? context.id,
  }
  return Buffer.from(JSON.stringify(mergeObjects(leftover, answer)))
}

/** Why a prompt was refused. */
export function blockOf(feedback: JsonValue | undefined): JsonValue | undefined {
  return isJsonObject(feedback) ? feedback['blockReason'] : undefined
}

/** A candidate as Google writes it; without any parts it has no content. */
export function candidateOf(parts: readonly JsonObject[], rest: JsonObject): JsonObject {
  return {
    ...(parts.length === 0 ? {} : { content: { parts, role: 'model' } }),
    ...rest,
    index: 0,
  }
}

/** What the provider said of its sources is whole there; what citations tell of it is not. */
function withCandidateLeftover(
  candidate: JsonObject,
  leftovers: JsonValue | undefined,
): JsonObject {
  const leftover = Array.isArray(leftovers) ? leftovers[0] : undefined
  if (!isJsonObject(leftover)) return candidate
  const { groundingMetadata, citationMetadata } = leftover
  return {
    ...mergeObjects(leftover, candidate),
    ...(groundingMetadata === undefined ? {} : { groundingMetadata }),
    ...(citationMetadata === undefined ? {} : { citationMetadata }),
  }
}
