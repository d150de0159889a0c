import type { LeafSelector } from './selector.ts'

/**
 * The leaves of a weighted selector in the order of a draw without replacement: each place goes to one of those that are left, by
 * their weights. On the opening of a conversation the leaf that is marked `first` stands in front.
 */
export function draw(
  leaves: readonly LeafSelector[],
  { isOpening, random }: { readonly isOpening: () => boolean; readonly random: () => number },
): readonly LeafSelector[] {
  const left = [...leaves]
  const drawn: LeafSelector[] = []
  const marked = left.findIndex(({ annotations }) => annotations.first === true)
  if (marked >= 0 && isOpening()) drawn.push(...left.splice(marked, 1))
  while (left.length > 1) drawn.push(...left.splice(drawOne(left, random), 1))
  return [...drawn, ...left]
}

function drawOne(leaves: readonly LeafSelector[], random: () => number): number {
  const total = leaves.reduce((sum, leaf) => sum + weightOf(leaf), 0)
  let rest = random() * total
  const found = leaves.findIndex((leaf) => {
    rest -= weightOf(leaf)
    return rest < 0
  })
  return Math.max(found, 0)
}

function weightOf({ annotations }: LeafSelector): number {
  return annotations.weight ?? 1
}
