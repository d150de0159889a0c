import type { ErrorCode } from '@jackfield/core'
import type { ErrorTables } from '@jackfield/dialect-kit'

/** Types and codes of errors that say more than the status (protocol reference 3.9). */
const words: Readonly<Record<string, ErrorCode>> = {
  authentication_error: 'upstream_credentials_rejected',
  billing_error: 'upstream_quota_exhausted',
  // Of one model or operation: its usual message speaks of the key, which is good for everything else.
  permission_error: 'upstream_model_unavailable',
  not_found_error: 'upstream_model_unavailable',
  rate_limit_error: 'upstream_rate_limited',
  timeout_error: 'upstream_timeout',
  overloaded_error: 'upstream_overloaded',
  request_too_large: 'payload_too_large',
  contract_spend_limit_reached: 'upstream_quota_exhausted',
  enforced_spend_limit_reached: 'upstream_quota_exhausted',
  organization_on_hold: 'upstream_quota_exhausted',
  ramp_limit_exceeded: 'upstream_rate_limited',
}

/** The tables by which this dialect's failures are classified. */
export function errorTables(own: Readonly<Record<string, ErrorCode>>): ErrorTables {
  return { words, own, statePhrases }
}

/** Thinking that was made elsewhere, was changed, or is missing (protocol reference 3.5). */
const statePhrases = ['invalid `signature`', 'expected `thinking`', 'must start with a thinking']

/** What only the message of a general error says, in lower case. The first that fits decides. */
export const phrases: readonly (readonly [phrase: string, code: ErrorCode])[] = [
  ['prompt is too long', 'context_length_exceeded'],
  ['exceed context limit', 'context_length_exceeded'],
  ['credit balance is too low', 'upstream_quota_exhausted'],
  ['content filtering policy', 'content_filtered'],
]
