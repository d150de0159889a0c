import { applySplices, type ByteRange, type OpaqueState, type Splice } from '@jackfield/core'
import { cutItems } from '../request/cut-items.ts'

/** An element of an array, or a member of an object from its key on, in a request body, with the opaque state in it. */
export interface StateItem extends ByteRange {
  /** State that goes with the item as a whole. */
  readonly states?: readonly OpaqueState[]
  /** All items of the list inside, also those without state. */
  readonly children?: readonly StateItem[]
  /** Whether the item goes when all of its children go. */
  readonly goesWhenEmpty?: boolean
}

/** The state in a list of items, in its order. */
export function statesOf(items: readonly StateItem[]): readonly OpaqueState[] {
  return items.flatMap(({ states = [], children = [] }) => [...states, ...statesOf(children)])
}

/** The body without the items whose state is refused; the same array where there is none. Every other byte stays. */
export function withoutStates(
  body: Uint8Array,
  items: readonly StateItem[],
  keeps: (state: OpaqueState) => boolean,
): Uint8Array {
  const splices = cutsIn(items, keeps)
  return applySplices(
    body,
    splices.toSorted((one, other) => one.start - other.start),
  )
}

function cutsIn(
  items: readonly StateItem[],
  keeps: (state: OpaqueState) => boolean,
): readonly Splice[] {
  const kept = items.map((item) => isKept(item, keeps))
  const inner = items.filter((_, index) => kept[index] === true)
  return [
    ...cutItems(items, (index) => kept[index] === true),
    ...inner.flatMap(({ children = [] }) => cutsIn(children, keeps)),
  ]
}

function isKept(
  { states = [], children = [], goesWhenEmpty = false }: StateItem,
  keeps: (state: OpaqueState) => boolean,
): boolean {
  if (!states.every(keeps)) return false
  return !goesWhenEmpty || children.length === 0 || children.some((child) => isKept(child, keeps))
}
