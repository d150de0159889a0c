import { errorPolicies } from '../../src/errors/codes.ts'
import type { Client, Record, Seen } from './record.ts'
import type { Leaf, Schedule } from './schedule.ts'

/** A target of a leaf. */
export interface Place {
  readonly leaf: Leaf
  readonly backend: string
  readonly target: string
  readonly model: string
}

/** Every place that a call may go to. */
export function placesOf({ leaves }: Client['call'], { backends }: Schedule): readonly Place[] {
  return leaves.flatMap((leaf) => {
    const { backend, model } = leaf
    const targets = backends.find(({ name }) => name === backend)?.targets ?? []
    return targets
      .filter((target) => leaf.target === undefined || leaf.target === target)
      .map((target) => ({ leaf, backend, target, model }))
  })
}

export function isAt(one: Seen, { backend, target, model }: Place): boolean {
  return one.backend === backend && one.target === target && one.model === model
}

/** Whether the leaf has said that it cannot do this. */
export function isSpent({ backend, model }: Place, own: readonly Seen[]): boolean {
  return own.some(
    (one) =>
      one.backend === backend &&
      one.model === model &&
      one.code !== undefined &&
      errorPolicies[one.code].fallback === 'leaf',
  )
}

/** Whether the backend has had its share of retries, as the gateway says. */
export function isDenied({ id }: Client, { backend }: Place, { ends }: Record): boolean {
  const end = ends.find(({ callId }) => callId === id)
  return end?.decision.includes(`${backend}: no retry, its retry budget is spent`) === true
}
