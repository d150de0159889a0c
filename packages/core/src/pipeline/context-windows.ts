import type { PreparedLeaf } from './prepared-leaf.ts'

/**
 * A conversation was too long for one leaf: nothing is to be expected of those whose window is known to be no larger. Where nobody
 * knows, it is worth a try.
 */
export function exhaustSmaller(failed: PreparedLeaf, leaves: readonly PreparedLeaf[]): void {
  failed.exhausted = true
  const window = windowOf(failed)
  if (window === undefined) return
  for (const leaf of leaves) {
    if ((windowOf(leaf) ?? Number.POSITIVE_INFINITY) <= window) leaf.exhausted = true
  }
}

/** Longest conversation of a leaf in tokens: what the selector says, else what its backend lists. */
function windowOf({ leaf, instance }: PreparedLeaf): number | undefined {
  const { model, maxContext } = leaf
  if (maxContext !== undefined) return maxContext
  return instance.catalog.models.find(({ id, aliases }) => id === model || aliases?.includes(model))
    ?.contextWindow
}
