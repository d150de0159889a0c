import {
  type ErrorCode,
  type GatewayError,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type RawAnswer,
} from '@jackfield/core'
import {
  decodeText,
  type ErrorDetails,
  type ErrorTables,
  parseDuration,
  parseJson,
  plainDetails,
  readErrorDetails,
  toGatewayError,
} from '@jackfield/dialect-kit'

/** Reasons of Google's `ErrorInfo` that say more than the status (protocol reference 4.7), in lower case. */
const reasons: Readonly<Record<string, ErrorCode>> = {
  api_key_invalid: 'upstream_credentials_rejected',
  api_key_expired: 'upstream_credentials_rejected',
  api_key_service_blocked: 'upstream_credentials_rejected',
  access_token_expired: 'upstream_credentials_rejected',
  access_token_type_unsupported: 'upstream_credentials_rejected',
  credentials_missing: 'upstream_credentials_rejected',
  account_state_invalid: 'upstream_credentials_rejected',
  consumer_invalid: 'upstream_credentials_rejected',
  consumer_suspended: 'upstream_credentials_rejected',
  service_disabled: 'upstream_credentials_rejected',
  validation_required: 'upstream_credentials_rejected',
  billing_disabled: 'upstream_quota_exhausted',
  quota_exhausted: 'upstream_quota_exhausted',
  quota_per_day: 'upstream_quota_exhausted',
  rate_limit_exceeded: 'upstream_rate_limited',
  model_capacity_exhausted: 'upstream_overloaded',
  context_length: 'context_length_exceeded',
  prompt_blocked: 'content_filtered',
  location_unsupported: 'upstream_model_unavailable',
  key_leaked: 'upstream_credentials_rejected',
}

/** What only the message says, as a reason of the table above. The first that fits decides. */
const phrases: readonly (readonly [phrase: string, reason: string, statuses: readonly number[]])[] =
  [
    ['input token count', 'context_length', [400, 413]],
    ['exceeds the maximum number of tokens', 'context_length', [400, 413]],
    ['prompt was blocked', 'prompt_blocked', [400]],
    ['api key not valid', 'api_key_invalid', [400, 403]],
    ['api key expired', 'api_key_expired', [400, 403]],
    ['reported as leaked', 'key_leaked', [400, 403]],
    ['location is not supported', 'location_unsupported', [400, 403]],
    ['billing', 'billing_disabled', [400]],
  ]

/** Statuses in words, for errors inside a 200 that name no number. */
const statuses: Readonly<Record<string, number>> = {
  INVALID_ARGUMENT: 400,
  FAILED_PRECONDITION: 400,
  OUT_OF_RANGE: 400,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  NOT_FOUND: 404,
  ABORTED: 409,
  RESOURCE_EXHAUSTED: 429,
  // The provider's own doing: nobody here cancelled anything.
  CANCELLED: 500,
  INTERNAL: 500,
  UNAVAILABLE: 503,
  DEADLINE_EXCEEDED: 504,
}

/** Longest part of a message that is searched. */
const searched = 2000

type OwnCodes = Readonly<Record<string, ErrorCode>>

/** Class of a provider's failure, alone or in the array that streams without `alt=sse` have. Never throws. */
export function decodeError({ status, headers, body }: RawAnswer, own: OwnCodes): GatewayError {
  const text = decodeText(body)
  const value = parseJson(text)
  const isPage = text.trimStart().startsWith('<')
  const details = value === undefined ? plainDetails(isPage ? '' : text) : detailsOf(value)
  const seen = status === 499 ? 500 : status
  return toGatewayError(withReasons(details, seen), {
    status: seen,
    headers,
    tables: tablesOf(own),
  })
}

/** The failure that an object inside a 200 tells; `undefined` if it tells none. */
export function answerError(answer: JsonObject, own: OwnCodes): GatewayError | undefined {
  const { error } = answer
  if (!isJsonObject(error) && (typeof error !== 'string' || error === '')) return undefined
  const details = detailsOf(answer)
  const status = details.status ?? statusOf(details)
  return toGatewayError(withReasons(details, status), {
    status,
    headers: {},
    tables: tablesOf(own),
  })
}

/** The field that a `BadRequest` names is what other protocols call the parameter. */
function detailsOf(value: JsonValue): ErrorDetails {
  const details = readErrorDetails(value)
  const field = fieldOf(details.holder)
  return field === undefined ? details : { ...details, param: field }
}

function fieldOf(holder: JsonObject): string | undefined {
  for (const detail of detailList(holder)) {
    const [first] = Array.isArray(detail['fieldViolations']) ? detail['fieldViolations'] : []
    const field = isJsonObject(first) ? first['field'] : undefined
    if (typeof field === 'string' && field !== '') return field
  }
  return undefined
}

function detailList({ details }: JsonObject): readonly JsonObject[] {
  return Array.isArray(details) ? details.filter(isJsonObject) : []
}

function tablesOf(own: OwnCodes): ErrorTables {
  return { words: reasons, own, statePhrases }
}

/** A signature that is missing, or that was made somewhere else: "Function call is missing a thought_signature", "Corrupted thought signature". */
const statePhrases = ['thought_signature', 'thought signature', 'thoughtsignature']

function statusOf({ words }: ErrorDetails): number {
  const word = words.find((candidate) => Object.hasOwn(statuses, candidate))
  return word === undefined ? 0 : (statuses[word] ?? 0)
}

/** The words of an error with what its quota and its message say, and the time that its metadata gives. */
function withReasons(details: ErrorDetails, status: number): ErrorDetails {
  const text = details.message.slice(0, searched).toLowerCase()
  const said = phrases.find(([phrase, , known]) => known.includes(status) && text.includes(phrase))
  const words = [
    ...(isDaily(details.holder) ? ['quota_per_day'] : []),
    ...(said === undefined ? [] : [said[1]]),
    ...details.words,
    // The same words ("exceeded your current quota") stand in the message of a quota that is back in a minute.
    ...(status === 429 && tellsDelay(details.holder) ? ['rate_limit_exceeded'] : []),
  ]
  return { ...details, words, holder: withDelay(details.holder) }
}

/** Whether it says when to come back, or which quota is used up: not that of the day, then. */
function tellsDelay(holder: JsonObject): boolean {
  return detailList(holder).some(
    ({ retryDelay, violations }) => retryDelay !== undefined || Array.isArray(violations),
  )
}

/** A quota of the day: waiting a minute does not help. */
function isDaily(holder: JsonObject): boolean {
  return detailList(holder).some(({ violations }) =>
    (Array.isArray(violations) ? violations : []).some(
      (violation) => isJsonObject(violation) && String(violation['quotaId']).includes('PerDay'),
    ),
  )
}

/** `quotaResetDelay` of an `ErrorInfo`, where no `RetryInfo` says when to come back. */
function withDelay(holder: JsonObject): JsonObject {
  const list = detailList(holder)
  if (list.some(({ retryDelay }) => retryDelay !== undefined)) return holder
  for (const { metadata } of list) {
    const delay = isJsonObject(metadata) ? metadata['quotaResetDelay'] : undefined
    const ms = typeof delay === 'string' ? parseDuration(delay) : undefined
    if (ms !== undefined) return { ...holder, retry_after_ms: ms }
  }
  return holder
}
