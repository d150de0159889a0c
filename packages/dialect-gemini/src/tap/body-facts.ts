import {
  type Finish,
  type GatewayError,
  isJsonObject,
  type JsonDocument,
  type JsonMember,
  type JsonValueSpan,
  objectElements,
  objectMembers,
  readString,
  scanDocument,
  type TapReport,
} from '@jackfield/core'
import { costOf, namesIn, type StateListener, valueIn } from '@jackfield/dialect-kit'
import { blockedFinish, decodeFinish } from '../answer/finish-reason.ts'
import { decodeUsage } from '../answer/usage.ts'
import { answerError } from '../errors/decode-error.ts'
import type { Variant } from '../options.ts'
import { spanOf } from '../request/spans.ts'
import { findStates } from '../request/state-access.ts'

/** Members that a good answer has one of. */
const answers = ['candidates', 'promptFeedback', 'embedding', 'embeddings', 'totalTokens']

/** What a whole answer says, found by scanning it exactly and parsing only the members that matter. */
export function bodyFacts(
  body: Uint8Array,
  variant: Variant,
  onState: StateListener | undefined,
): TapReport {
  const document = scanDocument(body)
  const error = errorOf(document, variant)
  const complete = error === undefined && answers.some((name) => document.get(name) !== undefined)
  const finish = finishIn(document)
  if (onState !== undefined) for (const state of findStates(body)) onState(state)
  return {
    complete,
    ...(error === undefined ? {} : { error }),
    ...namesIn(document, { id: 'responseId', model: 'modelVersion' }),
    ...costOf(decodeUsage(valueIn(document, 'usageMetadata')), document.get('candidates')),
    ...(finish === undefined ? {} : { finish }),
  }
}

function errorOf(document: JsonDocument, { errorCodes }: Variant): GatewayError | undefined {
  const error = valueIn(document, 'error')
  return error === undefined ? undefined : answerError({ error }, errorCodes)
}

function finishIn(document: JsonDocument): Finish | undefined {
  const candidate = firstCandidate(document)
  if (candidate === undefined) {
    const feedback = valueIn(document, 'promptFeedback')
    const reason = isJsonObject(feedback) ? feedback['blockReason'] : undefined
    return reason === undefined ? undefined : blockedFinish(reason)
  }
  const word = spanOf(candidate, 'finishReason')
  const raw = word?.kind === 'string' ? readString(document.bytes, word) : undefined
  return decodeFinish(raw, hasCalls(document.bytes, spanOf(candidate, 'content')))
}

function firstCandidate(document: JsonDocument): readonly JsonMember[] | undefined {
  const span = document.get('candidates')
  if (span?.kind !== 'array') return undefined
  const [first] = objectElements(document.bytes, span, { duplicates: 'keep' })
  return first?.members
}

function hasCalls(body: Uint8Array, content: JsonValueSpan | undefined): boolean {
  if (content?.kind !== 'object') return false
  const parts = spanOf(objectMembers(body, content, { duplicates: 'keep' }), 'parts')
  if (parts?.kind !== 'array') return false
  for (const { members = [] } of objectElements(body, parts, { duplicates: 'keep' })) {
    if (spanOf(members, 'functionCall') !== undefined) return true
  }
  return false
}
