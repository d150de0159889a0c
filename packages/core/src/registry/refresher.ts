import type { Target } from '../pool/target.ts'

/** Renews credentials: many calls that ask for the same target at once cause one renewal. */
export function createRefresher(): (target: Target) => Promise<void> {
  const running = new Map<string, Promise<void>>()
  return (target) => {
    const present = running.get(target.id)
    if (present !== undefined) return present
    const renewal = Promise.resolve(target.refresh?.()).finally(() => running.delete(target.id))
    running.set(target.id, renewal)
    return renewal
  }
}
