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
    const { title, cases } = await create()
    groups.push({ title, results: await measureAll(cases, { rounds }) })
  }
  return groups
}
