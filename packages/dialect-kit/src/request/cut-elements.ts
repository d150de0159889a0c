import { type ByteRange, cut, type Splice } from '@jackfield/core'

const COMMA = 0x2c
const OPEN_BRACKET = 0x5b
const SPACE = 0x20

/**
 * Splices that take elements out of one array, each with one comma, where only their own places are known: what stands around them is
 * read from the bytes. `elements` are in order; `list` is what an error calls the array.
 *
 * @throws RangeError where they are no elements of an array, or all that it has.
 */
export function cutElements(
  bytes: Uint8Array,
  elements: readonly ByteRange[],
  list: string,
): readonly Splice[] {
  return runsOf(bytes, elements).map((run) => cut(withComma(bytes, run, list)))
}

/** Elements that stand side by side, in one piece. */
function runsOf(bytes: Uint8Array, elements: readonly ByteRange[]): readonly ByteRange[] {
  const runs: ByteRange[] = []
  for (const { start, end } of elements) {
    const last = runs.at(-1)
    if (last !== undefined && behindComma(bytes, skipSpace(bytes, last.end)) === start) {
      runs[runs.length - 1] = { start: last.start, end }
    } else {
      runs.push({ start, end })
    }
  }
  return runs
}

/** With the comma before them, or with the one behind them if they are the first. */
function withComma(bytes: Uint8Array, { start, end }: ByteRange, list: string): ByteRange {
  const before = skipSpaceBack(bytes, start)
  if (bytes[before - 1] === COMMA) return { start: skipSpaceBack(bytes, before - 1), end }
  if (bytes[before - 1] !== OPEN_BRACKET) {
    throw new RangeError(`${list} is no list that something could be taken out of`)
  }
  const behind = skipSpace(bytes, end)
  if (bytes[behind] !== COMMA) throw new RangeError(`nothing would be left of ${list}`)
  return { start, end: behindComma(bytes, behind) }
}

/** Where the element behind a comma begins. */
function behindComma(bytes: Uint8Array, comma: number): number {
  return skipSpace(bytes, comma + 1)
}

/** Offset of the first byte from `at` on that is no white space. */
function skipSpace(bytes: Uint8Array, at: number): number {
  let position = at
  while (position < bytes.length && (bytes[position] ?? 0) <= SPACE) position += 1
  return position
}

/** Offset just behind the last byte before `at` that is no white space. */
function skipSpaceBack(bytes: Uint8Array, at: number): number {
  let position = at
  while (position > 0 && (bytes[position - 1] ?? 0) <= SPACE) position -= 1
  return position
}
