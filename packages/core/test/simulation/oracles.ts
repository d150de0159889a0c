import { checkAnswers } from './oracle-answers.ts'
import { checkBudgets } from './oracle-budgets.ts'
import { checkExclusions } from './oracle-exclusions.ts'
import { checkLog } from './oracle-log.ts'
import { checkPlaces } from './oracle-places.ts'
import { checkTrials } from './oracle-trials.ts'
import type { Record } from './record.ts'

/** Everything that a simulation must not show, in words. */
export function violations(record: Record): readonly string[] {
  return [
    ...record.problems,
    ...checkAnswers(record),
    ...checkBudgets(record),
    ...checkExclusions(record),
    ...checkLog(record),
    ...checkPlaces(record),
    ...checkTrials(record),
  ]
}
