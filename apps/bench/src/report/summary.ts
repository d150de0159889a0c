import type { Goal, Series } from './series.ts'
import { median, pairRatios, type Spread, spread } from './statistics.ts'

/** One target's share of a series, ready to print. */
export interface Summary {
  readonly label: string
  readonly value: number
  /** Against the yardstick, pair by pair; absent for the yardstick itself and where its samples allow none. */
  readonly ratio?: Spread
  readonly metGoal?: boolean
}

/** Condenses a series; the first label is the yardstick. */
export function summarize(series: Series, labels: readonly string[]): readonly Summary[] {
  const [yardstick = ''] = labels
  const reference = series.samples.get(yardstick)
  return labels.flatMap((label) => {
    const samples = series.samples.get(label)
    if (samples === undefined) return []
    const value = median(samples)
    // A difference (added latency) may come out at or below nothing; then a ratio says nothing.
    if (label === yardstick || reference === undefined || reference.some((sample) => sample <= 0)) {
      return [{ label, value }]
    }
    const ratio = spread(pairRatios(samples, reference))
    const goal = series.goal
    return [{ label, value, ratio, ...(goal ? { metGoal: meets(goal, value, ratio.median) } : {}) }]
  })
}

function meets(goal: Goal, value: number, ratio: number): boolean {
  if (goal.kind === 'ratio') return ratio <= goal.most
  return 'most' in goal ? value <= goal.most : value >= goal.least
}

/** A goal in words as short as a table's cell. */
export function describeGoal(goal: Goal): string {
  if (goal.kind === 'ratio') return `× ≤ ${goal.most}`
  return 'most' in goal ? `≤ ${goal.most}` : `≥ ${goal.least}`
}
