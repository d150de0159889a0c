import type { Candidate, Strategy } from '../strategy.ts'
import { Rotations } from './rotations.ts'

/**
 * Strict rotation in the order of the source, one step per choice. A target that cannot be chosen is passed over and
 * comes up again at its place.
 */
export function createRoundRobin(): Strategy {
  const rotations = new Rotations(() => ({ last: -1 }))

  return {
    choose(candidates, features) {
      const rotation = rotations.of(candidates, features)
      const { last } = rotation
      const chosen = candidates.reduce((best, candidate) =>
        distance(candidate, last) < distance(best, last) ? candidate : best,
      )
      rotation.last = chosen.index
      return chosen
    },
  }
}

/** Steps from the last place to this one; places behind it come after all places before it. */
function distance(candidate: Candidate, last: number): number {
  const steps = candidate.index - last
  return steps > 0 ? steps : steps + Number.MAX_SAFE_INTEGER / 2
}
