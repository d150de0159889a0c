import { type ByteRange, cut, type Splice } from '@jackfield/core'

/**
 * Splices that take items out of a list, each with one comma: elements of an array, or members of an object from their key on. `items`
 * are all items of the list, in order.
 */
export function cutItems(
  items: readonly ByteRange[],
  keeps: (index: number) => boolean,
): readonly Splice[] {
  const splices: Splice[] = []
  let anyKept = false
  for (const [index, { start, end }] of items.entries()) {
    const before = items[index - 1]
    if (keeps(index)) anyKept = true
    else if (anyKept && before !== undefined) splices.push(cut({ start: before.end, end }))
    else splices.push(cut({ start, end: items[index + 1]?.start ?? end }))
  }
  return splices
}
