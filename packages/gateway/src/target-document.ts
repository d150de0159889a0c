import type { JsonObject, TargetHealth } from '@jackfield/core'

/** A target as documents of the gateway show it. */
export function targetDocument(target: TargetHealth): JsonObject {
  return {
    name: target.name,
    state: target.state,
    in_flight: target.inFlight,
    ...(target.reason === undefined ? {} : { reason: target.reason }),
    ...recovery(target.recoversInMs),
  }
}

/** When something recovers, where that is known. */
export function recovery(milliseconds: number | undefined): JsonObject {
  return milliseconds === undefined ? {} : { recovers_in_seconds: Math.ceil(milliseconds / 1000) }
}
