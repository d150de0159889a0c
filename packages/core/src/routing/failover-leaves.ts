import type { FailoverRoute } from './failover-route.ts'
import type { LeafSelector } from './selector.ts'

/** What the order of a failover route depends on besides the route. */
export interface FailoverContext {
  /** Names of the targets that may serve a leaf, in the order of their backend; empty where that is not known. */
  readonly targets: (leaf: LeafSelector) => readonly string[]
  /** Calls that went this way before. */
  readonly turn: () => number
}

/** The leaves of a failover route in the order in which its policy tries them. */
export function failoverLeaves(
  { policy }: Pick<FailoverRoute, 'policy'>,
  elements: readonly LeafSelector[],
  { targets, turn }: FailoverContext,
): readonly LeafSelector[] {
  switch (policy) {
    case 'ordered':
      return elements
    case 'round-robin':
      return rotated(elements, elements.length === 0 ? 0 : turn() % elements.length)
    case 'k':
      return elements.slice(0, 1).flatMap((leaf) => perTarget(leaf, targets))
    case 'm':
      return elements.flatMap((leaf) => perTarget(leaf, targets).slice(0, 1))
    case 'km':
      return elements.flatMap((leaf) => perTarget(leaf, targets))
    case 'mk':
      return interleaved(elements.map((leaf) => perTarget(leaf, targets)))
    default:
      return policy satisfies never
  }
}

/** The same list, beginning with another element. */
export function rotated<Item>(items: readonly Item[], by: number): readonly Item[] {
  return by === 0 ? items : [...items.slice(by), ...items.slice(0, by)]
}

/** A leaf for every target; the leaf itself where it names one, or where the targets are not known. */
function perTarget(
  leaf: LeafSelector,
  targets: FailoverContext['targets'],
): readonly LeafSelector[] {
  if (leaf.target !== undefined) return [leaf]
  const names = targets(leaf)
  return names.length === 0 ? [leaf] : names.map((target) => ({ ...leaf, target }))
}

/** The first of each list, then the second of each. */
function interleaved<Item>(lists: readonly (readonly Item[])[]): readonly Item[] {
  const longest = Math.max(0, ...lists.map(({ length }) => length))
  return Array.from({ length: longest }, (_, at) =>
    lists.flatMap((list) => list.slice(at, at + 1)),
  ).flat()
}
