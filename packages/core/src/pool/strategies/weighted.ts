import type { Candidate, Strategy } from '../strategy.ts'

/**
 * Smooth weighted rotation: every candidate gains its weight, the richest is chosen and pays the sum of all weights.
 * Weights 5, 1, 1 give a a b a c a a.
 */
export function createWeighted(): Strategy {
  let credit = new Map<string, number>()

  return {
    choose(candidates) {
      const next = new Map<string, number>()
      let total = 0
      let chosen: Candidate | undefined
      let richest = Number.NEGATIVE_INFINITY
      for (const candidate of candidates) {
        const { id, weight } = candidate.target
        const value = (credit.get(id) ?? 0) + weight
        next.set(id, value)
        total += weight
        if (value > richest) {
          richest = value
          chosen = candidate
        }
      }
      if (chosen === undefined)
        throw new RangeError('a strategy was asked to choose among no targets')
      next.set(chosen.target.id, richest - total)
      credit = next
      return chosen
    },
  }
}
