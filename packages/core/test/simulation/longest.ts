import type { ErrorCode } from '../../src/errors/codes.ts'

const minute = 60_000

/** How long things may last, in milliseconds, as the documentation says. */
export const longest = {
  /** A hint that is believed. */
  hint: 24 * 60 * minute,
  /** Between two probes of a rejected credential, with the time that a probe takes and some grace. */
  probe: 11 * minute,
  quota: 15 * minute,
  model: 5 * minute,
  /** Own back-off, with its jitter. */
  backOff: 72_000,
  open: 5 * minute,
} as const

/** For how long a target may be left out for a reason without a hint. */
export function longestWithoutHint(reason: string): number {
  const special: Partial<Record<ErrorCode | 'breaker open', number>> = {
    'breaker open': longest.open,
    upstream_quota_exhausted: longest.quota,
    upstream_model_unavailable: longest.model,
    upstream_credentials_rejected: longest.probe,
  }
  return special[reason as ErrorCode] ?? longest.backOff
}
