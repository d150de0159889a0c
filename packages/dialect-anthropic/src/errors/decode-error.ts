import {
  type ErrorCode,
  GatewayError,
  type Headers,
  headerValue,
  isJsonObject,
  type JsonObject,
  type RawAnswer,
} from '@jackfield/core'
import {
  decodeText,
  type ErrorDetails,
  parseJson,
  plainDetails,
  readErrorDetails,
  toGatewayError,
} from '@jackfield/dialect-kit'
import { errorTables, phrases } from './error-types.ts'

type OwnCodes = Readonly<Record<string, ErrorCode>>

/** Statuses under which a general error type stands, so that its message decides. */
const messageStatuses: ReadonlySet<number> = new Set([0, 400, 413])

/** Longest part of a message that is searched. */
const searched = 2000

/** Class of a provider's failure, from whatever it answered. Never throws. */
export function decodeError({ status, headers, body }: RawAnswer, own: OwnCodes): GatewayError {
  const text = decodeText(body)
  const value = parseJson(text)
  // A page in HTML, from a proxy on the way, explains nothing to whoever reads the message.
  const details =
    value === undefined
      ? plainDetails(text.trimStart().startsWith('<') ? '' : text)
      : readErrorDetails(value)
  return toError(details, { status, headers, own })
}

/** The failure that an object inside a 200 tells, be it a whole answer or an event of a stream; `undefined` if it tells none. */
export function answerError(answer: JsonObject, own: OwnCodes): GatewayError | undefined {
  const { type, error } = answer
  const tells = type === 'error' || (type === undefined && isFilled(error))
  if (!tells) return undefined
  const details = readErrorDetails(answer)
  return toError(details, { status: details.status ?? 0, headers: {}, own })
}

function isFilled(error: unknown): boolean {
  return (
    (typeof error === 'object' && error !== null) || (typeof error === 'string' && error !== '')
  )
}

interface Circumstances {
  readonly status: number
  readonly headers: Headers
  readonly own: OwnCodes
}

function toError(details: ErrorDetails, { status, headers, own }: Circumstances): GatewayError {
  const exact = { ...details, words: [...errorCodes(details.holder), ...details.words] }
  const told = byMessage(exact, status, own)
  const tables = errorTables(told === undefined ? own : { ...own, [said]: told })
  const words = told === undefined ? exact.words : [...exact.words, said]
  const error = toGatewayError({ ...exact, words }, { status, headers, tables })
  return error.retryAfterMs === undefined ? withReset(error, headers) : error
}

/** A word that no provider has, under which the meaning of a message is looked up like any other. */
const said = ' message'

/** `invalid_request_error` says next to nothing, and comes inside streams without a status. */
function byMessage(
  { message, words }: ErrorDetails,
  status: number,
  own: OwnCodes,
): ErrorCode | undefined {
  if (!messageStatuses.has(status) || words.some((word) => Object.hasOwn(own, word))) {
    return undefined
  }
  const text = message.slice(0, searched).toLowerCase()
  const known = phrases.find(([phrase]) => text.includes(phrase))?.[1]
  const isGeneral = status === 0 && words.includes('invalid_request_error')
  return known ?? (isGeneral ? 'invalid_request' : undefined)
}

/** `details.error_code` is the most exact word that this protocol has. */
function errorCodes({ details }: JsonObject): readonly string[] {
  const code = isJsonObject(details) ? details['error_code'] : undefined
  return typeof code === 'string' ? [code] : []
}

const limits = ['requests', 'tokens', 'input-tokens', 'output-tokens'] as const

/** A limit that is used up says when it is filled again. */
function withReset(error: GatewayError, headers: Headers): GatewayError {
  if (error.code !== 'upstream_rate_limited') return error
  const now = timeOf(headers)
  const waits = limits
    .map((name) => `anthropic-ratelimit-${name}`)
    .filter((name) => headerValue(headers, `${name}-remaining`) === '0')
    .map((name) => Date.parse(headerValue(headers, `${name}-reset`) ?? '') - now)
    .filter((wait) => wait >= 0)
  if (waits.length === 0) return error
  return new GatewayError(error.code, error.message, {
    ...(error.final === undefined ? {} : { final: error.final }),
    retryAfterMs: Math.max(...waits),
  })
}

/** The provider's own clock, so that a wrong clock here does no harm. */
function timeOf(headers: Headers): number {
  const date = Date.parse(headerValue(headers, 'date') ?? '')
  return Number.isNaN(date) ? Date.now() : date
}
