import type { BackendHealth, TargetHealth } from './gateway.ts'
import type { BackendInstance } from './registry/backend-instance.ts'

/** State of one backend and its targets, for people and probes. */
export function backendHealth(instance: BackendInstance, now: number): BackendHealth {
  const targets = instance.pool.health().map(({ target, inFlight, exclusion }): TargetHealth => {
    if (exclusion === undefined) return { name: target.name, state: 'ready', inFlight }
    const recoversInMs = exclusion.until - now
    return {
      name: target.name,
      state: exclusion.rejected === true ? 'down' : 'cooling',
      inFlight,
      reason: exclusion.reason,
      ...(Number.isFinite(recoversInMs) ? { recoversInMs } : {}),
    }
  })
  return { name: instance.name, type: instance.type, state: stateOf(instance, targets), targets }
}

function stateOf(
  instance: BackendInstance,
  targets: readonly TargetHealth[],
): BackendHealth['state'] {
  if (instance.fault !== undefined) return 'faulty'
  if (targets.some(({ state }) => state === 'ready')) return 'ready'
  return targets.some(({ state }) => state === 'cooling') ? 'cooling' : 'down'
}
