import { isJsonObject, type JsonObject, type JsonValue } from '@jackfield/core'
import { countOf, isFilledText, isInteger, type Report } from '@jackfield/dialect-kit'
import { blockWords, finishWords } from '../answer/finish-reason.ts'
import { checkGrounding, checkPart } from './part-rules.ts'

const statuses = new Set<JsonValue | undefined>([
  ...['INVALID_ARGUMENT', 'FAILED_PRECONDITION', 'OUT_OF_RANGE', 'UNAUTHENTICATED'],
  ...['PERMISSION_DENIED', 'NOT_FOUND', 'ABORTED', 'RESOURCE_EXHAUSTED', 'CANCELLED'],
  ...['INTERNAL', 'UNAVAILABLE', 'DEADLINE_EXCEEDED'],
])

const counts = [
  'promptTokenCount',
  'candidatesTokenCount',
  'thoughtsTokenCount',
  'toolUsePromptTokenCount',
  'cachedContentTokenCount',
  'totalTokenCount',
] as const

/** What a chunk does to its answer. */
export type ChunkRole = 'content' | 'finish' | 'error'

/** A chunk of a stream, or a whole answer (protocol reference 4.5). */
export function checkChunk(chunk: JsonObject, report: Report): ChunkRole {
  const { error, candidates, promptFeedback: feedback, usageMetadata: usage } = chunk
  if (error !== undefined) {
    checkError(error, report)
    return 'error'
  }
  for (const name of ['modelVersion', 'responseId']) {
    if (!isFilledText(chunk[name])) report(`\`${name}\` is no text`)
  }
  if (usage !== undefined) checkUsage(usage, report)
  const isBlocked = checkFeedback(feedback, report)
  if (candidates === undefined) {
    if (!isBlocked && usage === undefined) report('a chunk says nothing')
    return isBlocked ? 'finish' : 'content'
  }
  return checkCandidates(candidates, report) || isBlocked ? 'finish' : 'content'
}

function checkCandidates(candidates: JsonValue, report: Report): boolean {
  if (!Array.isArray(candidates) || candidates.length === 0) {
    report('`candidates` is no list of candidates')
    return false
  }
  let finished = false
  for (const [index, candidate] of candidates.entries()) {
    if (!isJsonObject(candidate)) {
      report('a candidate is not an object')
      continue
    }
    if ((candidate['index'] ?? 0) !== index) report('a candidate has the wrong `index`')
    finished = checkCandidate(candidate, report) || finished
  }
  return finished
}

/** Whether it is the candidate's end. */
function checkCandidate(candidate: JsonObject, report: Report): boolean {
  const { content, finishReason: word } = candidate
  if (content === undefined && word === undefined) report('a candidate says nothing')
  if (content !== undefined) checkContent(content, word !== undefined, report)
  checkGrounding(candidate['groundingMetadata'], report)
  if (word === undefined) return false
  if (typeof word !== 'string' || !Object.hasOwn(finishWords, word)) {
    report('`finishReason` is no known word')
  }
  return true
}

function checkContent(content: JsonValue, isLast: boolean, report: Report): void {
  if (!isJsonObject(content)) {
    report('`content` is not an object')
    return
  }
  const { role, parts } = content
  // A candidate that ends without saying anything has an empty content.
  if (isLast && parts === undefined) return
  if (role !== 'model') report('`content.role` is not "model"')
  if (!Array.isArray(parts) || parts.length === 0) report('`content.parts` is no list of parts')
  else for (const part of parts) checkPart(part, report)
}

/** Whether the prompt was refused. */
function checkFeedback(feedback: JsonValue | undefined, report: Report): boolean {
  if (feedback === undefined) return false
  if (!isJsonObject(feedback)) {
    report('`promptFeedback` is not an object')
    return false
  }
  const { blockReason: reason } = feedback
  if (reason === undefined) return false
  if (typeof reason !== 'string' || !blockWords.has(reason)) {
    report('`promptFeedback.blockReason` is no known word')
  }
  return true
}

function checkUsage(usage: JsonValue, report: Report): void {
  if (!isJsonObject(usage)) {
    report('`usageMetadata` is not an object')
    return
  }
  for (const name of counts) {
    const count = usage[name]
    if (count !== undefined && (!isInteger(count) || count < 0)) {
      report(`\`usageMetadata.${name}\` is no count`)
    }
  }
  const total = countOf(usage['totalTokenCount'])
  const parts = counts.slice(0, 4).map((name) => countOf(usage[name]) ?? 0)
  const sum = parts.reduce((one, other) => one + other, 0)
  if (total !== undefined && total !== sum) {
    report('`usageMetadata.totalTokenCount` is not the sum of its parts')
  }
}

/** The envelope of errors. */
export function checkError(error: JsonValue, report: Report): void {
  if (!isJsonObject(error)) {
    report('`error` is not an object')
    return
  }
  if (!isInteger(error['code'])) report('`error.code` is no status')
  if (typeof error['message'] !== 'string') report('`error.message` is no text')
  if (!statuses.has(error['status'])) report('`error.status` is no known word')
  const { details } = error
  const isList = Array.isArray(details) && details.every(isTyped)
  if (details !== undefined && !isList) report('`error.details` is no list of typed objects')
}

function isTyped(detail: JsonValue): boolean {
  return isJsonObject(detail) && isFilledText(detail['@type'])
}
