import { dialectGroup } from './cases/dialect.ts'
import { jsonGroup } from './cases/json.ts'
import { selectorGroup } from './cases/selector.ts'
import { sseGroup } from './cases/sse.ts'
import { steeredCallGroup } from './cases/steered-call.ts'
import { deltaGroup, requestGroups } from './cases/translation.ts'
import { wholeCallGroup } from './cases/whole-call.ts'
import type { MicroCase } from './measure.ts'

/** Cases that are read together; the first is what the others are compared with. */
export interface MicroGroup {
  readonly title: string
  readonly cases: readonly MicroCase[]
}

/** Every group that `npm run bench -- --only micro` measures. A pipeline part gets its group in `cases/` and a line here. */
export const microGroups: readonly (() => MicroGroup | Promise<MicroGroup>)[] = [
  () => jsonGroup(10_000),
  () => jsonGroup(400_000),
  sseGroup,
  selectorGroup,
  dialectGroup,
  deltaGroup,
  ...requestGroups,
  wholeCallGroup,
  steeredCallGroup,
]
