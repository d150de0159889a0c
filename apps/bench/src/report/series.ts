/** What performance.md asks of the gateway: a ratio to the yardstick, or a value, that is not to be exceeded (or fallen short of). */
export type Goal =
  | { readonly kind: 'ratio'; readonly most: number }
  | { readonly kind: 'value'; readonly most: number }
  | { readonly kind: 'value'; readonly least: number }

/** One figure, measured round by round for each target; rounds with the same index were neighbours in time. */
export interface Series {
  readonly name: string
  readonly unit: string
  readonly samples: ReadonlyMap<string, readonly number[]>
  readonly goal?: Goal
}

/** A series while it is measured. */
export interface SeriesRecorder extends Series {
  add(label: string, value: number): void
}

/** What a scenario found. A failure does not stop the run, but the run has failed. */
export interface ScenarioResult {
  readonly title: string
  /** The targets, the yardstick first, where they are not those of the whole run. */
  readonly labels?: readonly string[]
  readonly series: readonly Series[]
  readonly notes: readonly string[]
  readonly failures: readonly string[]
}

/** Starts an empty series. */
export function recordSeries(name: string, unit: string, goal?: Goal): SeriesRecorder {
  const samples = new Map<string, number[]>()
  return {
    name,
    unit,
    samples,
    ...(goal === undefined ? {} : { goal }),
    add(label, value) {
      const values = samples.get(label)
      if (values === undefined) samples.set(label, [value])
      else values.push(value)
    },
  }
}

/** The same scenario run several times, with other processes each time, as one: samples one after another, so that rounds still pair. */
export function mergeResults(results: readonly ScenarioResult[]): ScenarioResult {
  const merged = new Map<string, SeriesRecorder>()
  for (const series of results.flatMap((result) => result.series)) {
    const target = merged.get(series.name) ?? recordSeries(series.name, series.unit, series.goal)
    merged.set(series.name, target)
    for (const [label, samples] of series.samples) {
      for (const sample of samples) target.add(label, sample)
    }
  }
  return {
    title: results[0]?.title ?? '',
    ...(results[0]?.labels === undefined ? {} : { labels: results[0].labels }),
    series: [...merged.values()],
    notes: [...new Set(results.flatMap(({ notes }) => notes))],
    failures: results.flatMap(({ failures }) => failures),
  }
}
