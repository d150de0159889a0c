import type { ErrorCode } from '@jackfield/core'
import type { ErrorDetails } from './error-details.ts'

/** What the words of a protocol's errors mean. */
export interface ErrorTables {
  /** Codes, types and reasons of the protocol and of providers that took it over, in lower case. They say more than the status. */
  readonly words: Readonly<Record<string, ErrorCode>>
  /** What only one provider's codes and types mean, as it writes them. Above everything else. */
  readonly own?: Readonly<Record<string, ErrorCode>>
  /**
   * What a refusal of the caller's request says when opaque state in it was made elsewhere, or is missing: phrases of its message, in lower
   * case. Such a request may go out again without any.
   */
  readonly statePhrases?: readonly string[]
}

interface Rule {
  readonly code: ErrorCode
  readonly statuses: readonly number[]
  /** Any of these in the message, in lower case. */
  readonly phrases: readonly string[]
  /** And this, where the phrases alone may mean something else. */
  readonly about?: string
}

/** What only the message says. The first rule that fits decides. */
const rules: readonly Rule[] = [
  {
    code: 'context_length_exceeded',
    statuses: [400, 413, 422, 500],
    phrases: [
      'context length',
      'context window',
      'context size',
      'prompt is too long',
      'too many tokens',
    ],
  },
  {
    code: 'content_filtered',
    statuses: [400, 403],
    phrases: ['content management policy', 'content policy', 'content filter', 'high risk'],
  },
  { code: 'content_filtered', statuses: [403], phrases: ['moderation', 'flagged'] },
  {
    code: 'upstream_quota_exhausted',
    statuses: [400, 403, 429],
    // Not `insufficient` alone: permissions and tool messages are found insufficient too.
    phrases: [
      ...['quota', 'balance', 'credit', 'funds'].map((what) => `insufficient ${what}`),
      'insufficient account balance',
      'exceeded your current quota',
      'out of credits',
      'billing hard limit',
    ],
  },
  { code: 'upstream_quota_exhausted', statuses: [403, 429], phrases: ['billing', 'balance'] },
  { code: 'upstream_quota_exhausted', statuses: [403], phrases: ['quota', 'credit balance'] },
  {
    code: 'upstream_model_unavailable',
    statuses: [400, 404, 422],
    phrases: ['model not found', 'unknown model', 'no such model', 'not a valid model'],
  },
  {
    code: 'upstream_model_unavailable',
    statuses: [400, 404, 422],
    phrases: ['does not exist'],
    about: 'model',
  },
  {
    code: 'upstream_model_unavailable',
    statuses: [403],
    phrases: ['model', 'country', 'region', 'location'],
  },
  {
    code: 'upstream_credentials_rejected',
    statuses: [400],
    phrases: ['invalid api key', 'incorrect api key', 'api key not valid'],
  },
  {
    code: 'upstream_credentials_rejected',
    statuses: [403],
    phrases: ['api key', 'apikey', 'api_key', 'access token', 'authenticat', 'unauthorized'],
  },
]

const statuses: Readonly<Record<number, ErrorCode>> = {
  401: 'upstream_credentials_rejected',
  402: 'upstream_quota_exhausted',
  // Only a recognised key error may take a whole target out: a bare 403 concerns the model.
  403: 'upstream_model_unavailable',
  404: 'upstream_model_unavailable',
  408: 'upstream_timeout',
  409: 'upstream_error',
  413: 'payload_too_large',
  429: 'upstream_rate_limited',
  503: 'upstream_overloaded',
  504: 'upstream_timeout',
  522: 'upstream_timeout',
  524: 'upstream_timeout',
  529: 'upstream_overloaded',
}

/** Statuses that no word in the body outweighs. */
const plainStatuses = new Set([401, 402, 413])

/** Longest part of a message that is searched. */
const searched = 2000

/**
 * The class of a failure: by the provider's own words, by a status that nothing outweighs (401, 402, 413), by the protocol's words,
 * by what the message says, by the status. `status` 0: it came inside a 200 and names none.
 */
export function classify(details: ErrorDetails, status: number, tables: ErrorTables): ErrorCode {
  const { words: said } = details
  const told = tables.own === undefined ? undefined : lookUp(tables.own, said)
  if (told !== undefined) return told
  if (plainStatuses.has(status)) return statuses[status] ?? 'upstream_error'
  const spoken = said.map((word) => word.toLowerCase())
  return lookUp(tables.words, spoken) ?? byMessage(details.message, status) ?? byStatus(status)
}

function lookUp(
  table: Readonly<Record<string, ErrorCode>>,
  said: readonly string[],
): ErrorCode | undefined {
  const word = said.find((candidate) => Object.hasOwn(table, candidate))
  return word === undefined ? undefined : table[word]
}

function byMessage(message: string, status: number): ErrorCode | undefined {
  const text = message.slice(0, searched).toLowerCase()
  const fits = ({ statuses: known, phrases, about = '' }: Rule) =>
    known.includes(status) &&
    text.includes(about) &&
    phrases.some((phrase) => text.includes(phrase))
  return rules.find(fits)?.code
}

function byStatus(status: number): ErrorCode {
  const code = statuses[status]
  if (code !== undefined) return code
  if (status >= 400 && status < 500) return 'invalid_request'
  if (status >= 300 && status < 400) return 'upstream_invalid_response'
  return 'upstream_error'
}
