import { quoteName } from './names.ts'
import type { MapNode } from './node.ts'
import type { Report } from './problems.ts'
import { entriesOf } from './written-selectors.ts'

/** What no selector reads as anything but the name of a model. */
const routeName = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/

/** Checks that the names of failover routes can be asked for. */
export function checkFailoverNames(
  config: MapNode,
  { backends, report }: { readonly backends: readonly string[]; readonly report: Report },
): void {
  for (const [name, , origin] of entriesOf(config, 'failover_routes')) {
    const problem = problemOf(name, backends)
    if (problem !== undefined) report({ path: 'failover_routes', origin, ...problem })
  }
}

interface NameProblem {
  readonly message: string
  readonly fix: string
}

function problemOf(name: string, backends: readonly string[]): NameProblem | undefined {
  if (name === '*') {
    return {
      message: 'no route is for all names',
      fix: `give it a name, and send all models there with an alias: model_aliases: [{pattern: '.*', replacement: that name}]`,
    }
  }
  if (!routeName.test(name)) {
    return {
      message: `${quoteName(name)} is no name for a route: it begins with a letter or digit, and has letters, digits, ".", "_" and "-" only, at most 64`,
      fix: 'give it another name; an alias can lead there from any model',
    }
  }
  if (!backends.includes(name)) return undefined
  return { message: `a backend is called ${quoteName(name)} too`, fix: 'rename one of them' }
}
