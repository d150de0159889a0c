import type { Exclusion } from './exclusion.ts'

/** Why no target could be chosen. */
export interface Unavailable {
  /** Sentence pieces for people, one per target that was left out. */
  readonly reasons: readonly string[]
  /** Names of targets whose credential was rejected. */
  readonly rejected: readonly string[]
  /** Milliseconds until the first exclusion is over that a provider told us an end of. */
  readonly retryAfterMs?: number
}

/** A target and what excludes it. */
export interface LeftOut {
  readonly name: string
  readonly exclusion: Exclusion
}

/** Sums up why nothing is left. */
export function unavailable(leftOut: readonly LeftOut[], now: number): Unavailable {
  const rejected = leftOut.filter(({ exclusion }) => exclusion.rejected === true)
  const told = leftOut.filter(({ exclusion }) => isHint(exclusion, now))
  const recovers = Math.min(...told.map(({ exclusion }) => exclusion.until - now))
  return {
    reasons: leftOut.map((one) => describe(one, now)),
    rejected: rejected.map(({ name }) => name),
    ...(Number.isFinite(recovers) ? { retryAfterMs: recovers } : {}),
  }
}

/** Whether a provider told an end that is still to come. */
function isHint({ kind, until, rejected }: Exclusion, now: number): boolean {
  return kind === 'hard' && rejected !== true && until > now
}

/** One target and the time for which it is left out, in words. */
export function describe({ name, exclusion }: LeftOut, now: number): string {
  const left = exclusion.until - now
  if (left <= 0) return `${name}: ${exclusion.reason}, a trial is under way`
  return `${name}: ${exclusion.reason}, left out for ${Math.ceil(left / 1_000)} s more`
}
