import { type BreakerRules, defaultBreakerRules } from './breaker.ts'

/**
 * Why a target gets no calls for a while. `hard`: the provider told us (a hint, a rejected key); `soft`: we inferred
 * it, so it gives way when nothing else is left. After `until` one call at a time finds out whether it still holds.
 */
export interface Exclusion {
  readonly kind: 'hard' | 'soft'
  /** Milliseconds since the epoch. */
  readonly until: number
  readonly reason: string
  /** Whether the credential was rejected: shown as `down`, not as `cooling`. */
  readonly rejected?: boolean
}

/**
 * The one of two that decides at a time: what still holds before what ran out, a rejected credential before all else,
 * hard before soft, then the longer.
 */
export function decisive(
  one: Exclusion | undefined,
  other: Exclusion | undefined,
  now: number,
): Exclusion | undefined {
  if (one === undefined || other === undefined) return one ?? other
  const holds = one.until > now
  if (holds !== other.until > now) return holds ? one : other
  const rejected = one.rejected === true
  if (rejected !== (other.rejected === true)) return rejected ? one : other
  if (one.kind !== other.kind) return one.kind === 'hard' ? one : other
  return one.until >= other.until ? one : other
}

/** When targets are excluded, and for how long, in milliseconds. */
export interface CooldownRules {
  /** First own back-off; doubles with every failure in a row. */
  readonly baseMs: number
  /** Longest own back-off. */
  readonly maxMs: number
  /** Longest hint that is believed. */
  readonly maxHintMs: number
  /** Exhausted quota without a hint. */
  readonly quotaMs: number
  /** A model that the account does not have. */
  readonly modelMs: number
  /** A rejected credential is tried again after this time. */
  readonly rejectedMs: number
  /** Between the first two probes of a rejected credential; doubles up to `maxProbeMs`. */
  readonly probeMs: number
  readonly maxProbeMs: number
  /** Absent: however often a target fails, it is only backed off from. */
  readonly breaker?: BreakerRules
}

export const defaultCooldownRules: CooldownRules = {
  baseMs: 1_000,
  maxMs: 60_000,
  maxHintMs: 24 * 3_600_000,
  quotaMs: 15 * 60_000,
  modelMs: 5 * 60_000,
  rejectedMs: 60_000,
  probeMs: 60_000,
  maxProbeMs: 600_000,
  breaker: defaultBreakerRules,
}
