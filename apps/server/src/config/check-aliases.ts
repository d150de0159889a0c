import { modelAliasProblem } from '@jackfield/core'
import { isShowableText } from './names.ts'
import { type ConfigNode, type MapNode, memberOf } from './node.ts'
import type { Report } from './problems.ts'

/** Checks that the patterns of aliases can be matched, and have the groups that their replacements use. */
export function checkAliases(config: MapNode, report: Report): void {
  const aliases = memberOf(config, 'model_aliases')
  if (aliases?.kind !== 'list') return
  for (const [at, alias] of aliases.items.entries()) {
    const [pattern, replacement] = [memberOf(alias, 'pattern'), memberOf(alias, 'replacement')]
    if (!isText(pattern) || !isText(replacement)) continue
    const problem = modelAliasProblem({ pattern: pattern.value, replacement: replacement.value })
    if (problem === undefined) continue
    // It quotes the pattern, which is fit to be shown only if it looks like one.
    const message = isShowableText(pattern.value) ? problem : 'The pattern cannot be used.'
    const { origin } = pattern
    report({ path: `model_aliases[${at}]`, origin, message, fix: 'correct the rule' })
  }
}

function isText(
  node: ConfigNode | undefined,
): node is ConfigNode & { readonly kind: 'scalar'; readonly value: string } {
  return node?.kind === 'scalar' && typeof node.value === 'string'
}
