import type { ConfigNode } from './node.ts'
import { describeOrigin } from './origin.ts'

/** Where every value of a tree was given, by its dotted path: `log.level` → `environment LOG_LEVEL`. */
export function sourcesOf(node: ConfigNode, path = ''): ReadonlyMap<string, string> {
  if (node.kind === 'scalar' || childrenOf(node, path).length === 0) {
    return new Map([[path, describeOrigin(node.origin)]])
  }
  return new Map(childrenOf(node, path).flatMap(([at, child]) => [...sourcesOf(child, at)]))
}

function childrenOf(node: ConfigNode, path: string): readonly (readonly [string, ConfigNode])[] {
  if (node.kind === 'list') return node.items.map((item, at) => [`${path}[${at}]`, item])
  if (node.kind === 'scalar') return []
  return [...node.entries].map(([name, { value }]) => [
    path === '' ? name : `${path}.${name}`,
    value,
  ])
}
