import {
  arrayElements,
  type Finish,
  type GatewayError,
  isJsonObject,
  type JsonDocument,
  type JsonMember,
  type JsonValue,
  type JsonValueSpan,
  objectElements,
  objectMembers,
  readString,
  scanDocument,
  type TapReport,
} from '@jackfield/core'
import { costOf, decodeText, namesIn, valueIn } from '@jackfield/dialect-kit'
import { decodeFinish } from '../chat/finish-reason.ts'
import { decodeUsage } from '../chat/usage.ts'
import { answerError } from '../errors/decode-error.ts'
import type { Variant } from '../options.ts'

/** What a whole answer says, found by scanning it exactly and parsing only the members that matter. */
export function bodyFacts(body: Uint8Array, variant: Variant): TapReport {
  const document = scanDocument(body)
  const choices = document.get('choices')
  const error = errorOf(document, variant)
  const hasAnswer = choices?.kind === 'array' || document.get('data')?.kind === 'array'
  return {
    complete: error === undefined && hasAnswer,
    ...(error === undefined ? {} : { error }),
    ...namesIn(document),
    ...costOf(decodeUsage(valueIn(document, 'usage')), choices),
    ...finishIn(body, choices),
  }
}

/** Parses the body only if it has a member that tells errors, or lacks those that tell an answer. */
function errorOf(document: JsonDocument, { errorCodes }: Variant): GatewayError | undefined {
  const suspicious = ['error', 'base_resp'].some((name) => {
    const span = document.get(name)
    return span !== undefined && span.kind !== 'null'
  })
  const hasAnswer = document.get('choices') !== undefined || document.get('data') !== undefined
  if (!suspicious && hasAnswer) return undefined
  const answer: JsonValue = JSON.parse(decodeText(document.bytes))
  return isJsonObject(answer) ? answerError(answer, errorCodes) : undefined
}

function finishIn(
  body: Uint8Array,
  choices: JsonValueSpan | undefined,
): { readonly finish?: Finish } {
  if (choices?.kind !== 'array') return {}
  const [choice] = objectElements(body, choices, { duplicates: 'keep' })
  const members = choice?.members ?? []
  const word = spanIn(members, 'finish_reason')
  const message = spanIn(members, 'message') ?? spanIn(members, 'delta')
  const raw = word?.kind === 'string' ? readString(body, word) : undefined
  return { finish: decodeFinish(raw, hasCalls(body, message)) }
}

function spanIn(members: readonly JsonMember[], name: string): JsonValueSpan | undefined {
  return members.findLast((candidate) => candidate.name === name)?.value
}

function hasCalls(body: Uint8Array, message: JsonValueSpan | undefined): boolean {
  if (message?.kind !== 'object') return false
  const members = objectMembers(body, message, { duplicates: 'keep' })
  const calls = spanIn(members, 'tool_calls')
  if (calls?.kind !== 'array') return false
  return arrayElements(body, calls).next().done === false
}
