import { formatNumber, formatTable } from '../report/table.ts'
import { type MicroResult, measureAll } from './measure.ts'
import { microGroups } from './registry.ts'

/** A measured group. */
export interface MicroGroupResult {
  readonly title: string
  readonly results: readonly MicroResult[]
}

/** Measures all registered groups, in this process. */
export async function runMicro(rounds: number): Promise<readonly MicroGroupResult[]> {
  const groups: MicroGroupResult[] = []
  for (const create of microGroups) {
    const { title, cases } = create()
    groups.push({ title, results: await measureAll(cases, { rounds }) })
  }
  return groups
}

/** A group as a table: added microseconds per call, and what that is to the first case. */
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
