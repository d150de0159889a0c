import type { Strategy } from '../strategy.ts'
import { Rotations } from './rotations.ts'

/**
 * Smooth weighted rotation: every candidate gains its weight, the richest is chosen and pays the sum of all weights.
 * Weights 5, 1, 1 give a a b a c a a.
 */
export function createWeighted(): Strategy {
  const rotations = new Rotations(() => ({ credit: new Map<string, number>() }))

  return {
    choose(candidates, features) {
      const rotation = rotations.of(candidates, features)
      const credit = new Map<string, number>()
      let total = 0
      for (const { target } of candidates) {
        credit.set(target.id, (rotation.credit.get(target.id) ?? 0) + target.weight)
        total += target.weight
      }
      const wealth = (id: string) => credit.get(id) ?? 0
      const chosen = candidates.reduce((best, candidate) =>
        wealth(candidate.target.id) > wealth(best.target.id) ? candidate : best,
      )
      credit.set(chosen.target.id, wealth(chosen.target.id) - total)
      rotation.credit = credit
      return chosen
    },
  }
}
