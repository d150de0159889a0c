import type { BackendHealth, TargetHealth } from './gateway.ts'
import type { TargetReport } from './pool/pool.ts'
import type { BackendInstance } from './registry/backend-instance.ts'

/** State of one backend and its targets, for people and probes. */
export function backendHealth(instance: BackendInstance, now: number): BackendHealth {
  const targets = instance.pool.health().map((report) => targetHealth(report, now))
  return { name: instance.name, type: instance.type, state: stateOf(instance, targets), targets }
}

function targetHealth({ target, inFlight, exclusions }: TargetReport, now: number): TargetHealth {
  const general = exclusions.find(({ model }) => model === '')?.exclusion
  const models = exclusions
    .filter(({ model }) => model !== '')
    .map(({ model, exclusion }) => ({
      model,
      reason: exclusion.reason,
      recoversInMs: exclusion.until - now,
    }))
  return {
    name: target.name,
    inFlight,
    ...(general === undefined
      ? { state: 'ready' }
      : {
          state: general.rejected === true ? 'down' : 'cooling',
          reason: general.reason,
          recoversInMs: general.until - now,
        }),
    ...(models.length === 0 ? {} : { models }),
  }
}

function stateOf(
  instance: BackendInstance,
  targets: readonly TargetHealth[],
): BackendHealth['state'] {
  if (instance.faulty) return 'faulty'
  if (targets.some(({ state }) => state === 'ready')) return 'ready'
  return targets.some(({ state }) => state === 'cooling') ? 'cooling' : 'down'
}
