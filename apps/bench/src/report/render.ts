import type { MicroGroupResult } from '../micro/run-micro.ts'
import type { ScenarioResult, Series } from './series.ts'
import { describeGoal, type Summary, summarize } from './summary.ts'
import { formatNumber, formatTable } from './table.ts'

/** One scenario as text: a table with the yardstick's figure, each target's, its ratio, the ratio's quartiles and the goal. */
export function renderScenario(result: ScenarioResult, runLabels: readonly string[]): string {
  const labels = result.labels ?? runLabels
  const others = labels.slice(1)
  const header = [
    result.title,
    'unit',
    ...labels.slice(0, 1),
    ...others.flatMap((label) => [label, '×', 'quartiles']),
    'goal',
  ]
  const rows = result.series.map((series) => renderSeries(series, labels))
  const table = rows.length === 0 ? result.title : formatTable([header, ...rows])
  return [
    table,
    ...result.notes.map((note) => `  ${note}`),
    ...result.failures.map((failure) => `  FAILED: ${failure}`),
  ].join('\n')
}

function renderSeries(series: Series, labels: readonly string[]): readonly string[] {
  const summaries = new Map(summarize(series, labels).map((summary) => [summary.label, summary]))
  const [yardstick = '', ...others] = labels
  return [
    series.name,
    series.unit,
    renderValue(summaries.get(yardstick)),
    ...others.flatMap((label) => renderTarget(summaries.get(label))),
    series.goal === undefined ? '' : describeGoal(series.goal),
  ]
}

function renderValue(summary: Summary | undefined): string {
  return summary === undefined ? '–' : formatNumber(summary.value)
}

function renderTarget(summary: Summary | undefined): readonly string[] {
  if (summary === undefined) return ['–', '–', '–']
  const { ratio, metGoal } = summary
  return [
    `${formatNumber(summary.value)}${metGoal === false ? ' !' : ''}`,
    ratio === undefined ? '–' : ratio.median.toFixed(2),
    ratio === undefined ? '–' : `${ratio.q1.toFixed(2)}–${ratio.q3.toFixed(2)}`,
  ]
}

/** A group of micro-benchmarks as a table: added microseconds per call, and what that is to the first case. */
export function renderMicro({ title, results }: MicroGroupResult): string {
  const reference = results[0]?.microseconds.median ?? Number.NaN
  const rows = results.map(({ name, microseconds: { median, q1, q3 } }) => [
    name,
    formatNumber(median),
    `${formatNumber(q1)}–${formatNumber(q3)}`,
    (median / reference).toFixed(2),
  ])
  return formatTable([[title, 'µs', 'quartiles', '×'], ...rows])
}
