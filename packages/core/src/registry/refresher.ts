import { attributed } from '../attribution.ts'
import { bounded } from '../bounded.ts'
import { BoundedMap } from '../bounded-map.ts'
import type { Clock } from '../clock.ts'
import type { Target } from '../pool/target.ts'

/** Milliseconds that a renewal may take. */
const patience = 30_000

/** Targets whose last renewal is remembered. */
const maxRenewals = 1_000

interface Renewal {
  readonly done: Promise<void>
  /** Monotonic time of its end, however it ended. */
  endedAt?: number
}

/**
 * Renews a target's credential. `since`: monotonic time at which the credential that was rejected was in use. Calls that
 * used it together cause one renewal, also when the rejections come one after the other. Rejects when it fails.
 */
export type Refresh = (
  target: Target,
  options: { readonly backend: string; readonly since: number },
) => Promise<void>

export function createRefresher(clock: Clock): Refresh {
  const renewals = new BoundedMap<string, Renewal>(maxRenewals)

  const renew = (target: Target, backend: string): Renewal => {
    const renewal: Renewal = {
      done: bounded(clock, patience, () =>
        attributed({ backend }, () => target.refresh?.() ?? Promise.resolve()),
      ).finally(() => {
        renewal.endedAt = clock.monotonic()
      }),
    }
    // Whoever waits for it hears of a failure; later ones may never ask.
    renewal.done.catch(() => {})
    return renewal
  }

  return (target, { backend, since }) => {
    const last = renewals.get(target.id)
    const covers = last !== undefined && (last.endedAt === undefined || last.endedAt > since)
    const renewal = covers ? last : renew(target, backend)
    renewals.set(target.id, renewal)
    return renewal.done
  }
}
