/** Middle and quarters of some values. */
export interface Spread {
  readonly median: number
  readonly q1: number
  readonly q3: number
}

/** The value below or at which a share `p` (0 to 1) of the values lies: the nearest rank, so always a value that was measured. */
export function percentile(values: ArrayLike<number>, p: number): number {
  const sorted = Float64Array.from(values).sort()
  if (sorted.length === 0) throw new RangeError('no values, no percentile')
  const rank = Math.max(1, Math.ceil(p * sorted.length))
  return sorted[Math.min(rank, sorted.length) - 1] ?? Number.NaN
}

/** The middle value; of an even number of values the mean of the middle two. */
export function median(values: ArrayLike<number>): number {
  const sorted = Float64Array.from(values).sort()
  if (sorted.length === 0) throw new RangeError('no values, no median')
  const low = sorted[(sorted.length - 1) >> 1] ?? Number.NaN
  const high = sorted[sorted.length >> 1] ?? Number.NaN
  return (low + high) / 2
}

/** Median and quartiles. */
export function spread(values: ArrayLike<number>): Spread {
  return {
    median: median(values),
    q1: percentile(values, 0.25),
    q3: percentile(values, 0.75),
  }
}

/**
 * What each value is to the yardstick's of the same round. Two neighbours in time share the machine's mood; medians of different rounds
 * do not. Throws when the rounds do not pair.
 */
export function pairRatios(
  values: readonly number[],
  yardstick: readonly number[],
): readonly number[] {
  if (values.length !== yardstick.length) throw new RangeError('rounds that do not pair')
  return values.map((value, round) => value / (yardstick[round] ?? Number.NaN))
}
