import type { AttemptFailure } from '../attempt/attempt.ts'
import { GatewayError } from '../errors/gateway-error.ts'
import type { Route } from '../outcome.ts'
import type { Unavailable } from '../pool/unavailable.ts'

/** A failure and where it happened. */
export interface RoutedFailure {
  readonly failure: AttemptFailure
  readonly route?: Route
}

/** What of a loop's failures the client should see. */
export class LastFailure {
  /** Targets whose credential was rejected, as `backend.name`. */
  readonly #rejected = new Set<string>()
  /** Monotonic times at which what providers told us is over, by target. */
  readonly #hints = new Map<string, number>()
  #decisive: RoutedFailure | undefined

  /**
   * Remembers a failure. The last one counts, but one that only says what a place cannot do (a model that it lacks, a
   * prompt that is too long for it) does not hide that another place could have served the call.
   */
  note(failure: AttemptFailure, route: Route, now: number): void {
    const { error } = failure
    const place = `${route.backend}.${route.target}`
    if (error.code === 'upstream_credentials_rejected') this.#rejected.add(place)
    if (error.retryAfterMs !== undefined) this.#hints.set(place, now + error.retryAfterMs)
    if (this.#decisive !== undefined && error.policy.fallback === 'leaf') return
    this.#decisive = { failure, route }
  }

  /** The end of a call that nothing can serve any more. `why`: what the pools say. */
  conclude(why: readonly Unavailable[], now: number): RoutedFailure {
    const rejected = new Set([...this.#rejected, ...why.flatMap((reason) => reason.rejected)])
    const hint = Math.min(shortestHint(why), ...this.#hintsLeft(now))
    if (this.#decisive === undefined) {
      return { failure: { error: nothingLeft(why, { rejected: [...rejected], hint }) } }
    }
    const { failure, route } = this.#decisive
    const { error } = failure
    if (error.code === 'upstream_credentials_rejected') {
      const told = allRejected(route?.backend ?? '', [...rejected], error)
      return { ...this.#decisive, failure: { error: told } }
    }
    const mayRepeat = error.status === 429 || error.status === 503
    if (!mayRepeat || !Number.isFinite(hint) || error.retryAfterMs === hint) return this.#decisive
    return { ...this.#decisive, failure: { error: withRetryAfter(error, hint) } }
  }

  #hintsLeft(now: number): readonly number[] {
    return [...this.#hints.values()].map((at) => at - now).filter((left) => left > 0)
  }
}

/** Milliseconds until the first hint is over; infinite without one. */
export function shortestHint(why: readonly Unavailable[]): number {
  return Math.min(...why.map(({ retryAfterMs }) => retryAfterMs ?? Number.POSITIVE_INFINITY))
}

function nothingLeft(
  why: readonly Unavailable[],
  { rejected, hint }: { readonly rejected: readonly string[]; readonly hint: number },
): GatewayError {
  const reasons = why.flatMap((reason) => reason.reasons).join('; ')
  const check = rejected.length > 0 ? ` Check ${rejected.join(', ')}.` : ''
  return new GatewayError(
    'no_available_target',
    `Nothing can serve this call now: ${reasons || 'no time or tries are left'}.${check}`,
    Number.isFinite(hint) ? { retryAfterMs: hint, status: 429 } : {},
  )
}

function allRejected(
  backend: string,
  places: readonly string[],
  cause: GatewayError,
): GatewayError {
  const { upstream } = cause
  return new GatewayError(
    'upstream_credentials_rejected',
    `The provider of "${backend}" rejected every key that it was tried with. Check ${places.join(', ')}.`,
    { cause, ...(upstream === undefined ? {} : { upstream }) },
  )
}

/** The same error with the time that is left until the first of several places may be asked again. */
function withRetryAfter(error: GatewayError, retryAfterMs: number): GatewayError {
  const { code, message, status, upstream } = error
  return new GatewayError(code, message, {
    status,
    retryAfterMs,
    cause: error,
    ...(upstream === undefined ? {} : { upstream }),
  })
}
