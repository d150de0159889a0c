import {
  type ErrorCode,
  type GatewayError,
  isJsonObject,
  type JsonObject,
  type RawAnswer,
} from '@jackfield/core'
import {
  decodeErrorAnswer,
  type ErrorTables,
  readErrorDetails,
  toGatewayError,
} from '@jackfield/dialect-kit'
import { errorWords } from './error-words.ts'

type OwnCodes = Readonly<Record<string, ErrorCode>>

/** Class of a provider's failure, from whatever it answered. Never throws. */
export function decodeError(answer: RawAnswer, own: OwnCodes): GatewayError {
  return decodeErrorAnswer(answer, tablesWith(own))
}

function tablesWith(own: OwnCodes): ErrorTables {
  return { words: errorWords, own, statePhrases }
}

/** Encrypted reasoning of another organisation, reasoning out of its place, and Google's signatures on its surface of this protocol. */
const statePhrases = [
  'encrypted content',
  'encrypted_content',
  "of type 'reasoning' was",
  'thought_signature',
]

/**
 * The failure that an object inside a 200 tells, be it a whole answer or an event of a stream; `undefined` if it tells
 * none. `error: null` and MiniMax's `base_resp` with status 0 say that all is well.
 */
export function answerError(answer: JsonObject, own: OwnCodes): GatewayError | undefined {
  if (!tellsError(answer)) return undefined
  const details = readErrorDetails(answer)
  return toGatewayError(details, {
    status: details.status ?? 0,
    headers: {},
    tables: tablesWith(own),
  })
}

function tellsError(answer: JsonObject): boolean {
  const { error, base_resp: base } = answer
  if (isJsonObject(error) || (typeof error === 'string' && error !== '')) return true
  if (isJsonObject(base)) return base['status_code'] !== 0 && base['status_code'] !== undefined
  if (answer['choices'] !== undefined || answer['data'] !== undefined) return false
  return ['message', 'detail', 'msg', 'msgCode'].some((name) => answer[name] !== undefined)
}
