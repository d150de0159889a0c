import { showPath } from './names.ts'
import { type ConfigNode, memberOf } from './node.ts'
import type { Origin } from './origin.ts'
import type { Problem, Report } from './problems.ts'
import type { Shaping } from './shape.ts'

/** Where everything that is found wrong or odd comes together. */
export interface Collector {
  readonly problems: Problem[]
  readonly warnings: Problem[]
  readonly report: Report
  readonly warn: Report
  readonly shaping: Shaping
  /** From now on, a problem without a place gets that of its setting in this tree. */
  locateIn(tree: ConfigNode): void
}

export function createCollector(): Collector {
  const problems: Problem[] = []
  const warnings: Problem[] = []
  let located: ConfigNode | undefined
  const into =
    (list: Problem[]): Report =>
    (problem) => {
      const { origin: given, path, ...rest } = problem
      const origin = given ?? (located && originAt(located, path))
      // What is built in has no place that somebody could go to.
      const place = origin === undefined || origin.kind === 'default' ? {} : { origin }
      list.push({ code: 'config_invalid', ...rest, path: showPath(path), ...place })
    }
  const report = into(problems)
  return {
    problems,
    warnings,
    report,
    warn: into(warnings),
    shaping: { report, invalid: new Set() },
    locateIn(tree) {
      located = tree
    },
  }
}

/** Where a setting was given, or the innermost one around it that was. */
function originAt(tree: ConfigNode, path: string): Origin | undefined {
  let node: ConfigNode | undefined = tree
  let origin: Origin | undefined
  for (const step of path.split(/[.[\]]+/).filter((name) => name !== '')) {
    node = node.kind === 'list' ? node.items[Number(step)] : memberOf(node, step)
    if (node === undefined) break
    origin = node.origin
  }
  return origin
}
