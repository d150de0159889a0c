import type { ByteRange } from './span.ts'

/**
 * An edit of bytes: what lies from `start` to `end` (exclusive) gives way to `insert`. Offsets are
 * those of the original.
 */
export interface Splice extends ByteRange {
  readonly insert: Uint8Array
}

const NOTHING = new Uint8Array(0)

/** Puts other JSON in the place of a value. */
export function replaceValue(span: ByteRange, json: string): Splice {
  return { start: span.start, end: span.end, insert: Buffer.from(json) }
}

/** Takes bytes out. */
export function cut(range: ByteRange): Splice {
  return { start: range.start, end: range.end, insert: NOTHING }
}

/**
 * The edited bytes as a list of parts, to be written one after the other; nothing is copied, so the
 * parts share the memory of `bytes`. Splices must be in the order of the bytes and may touch but
 * not overlap; those at one place keep their order.
 *
 * @throws RangeError when a splice is out of order or not within the bytes.
 */
export function spliceParts(bytes: Uint8Array, splices: readonly Splice[]): Uint8Array[] {
  const parts: Uint8Array[] = []
  let position = 0
  for (const { start, end, insert } of splices) {
    if (!(start >= position && end >= start && end <= bytes.length)) {
      throw new RangeError(`splice from ${start} to ${end} is out of order or out of range`)
    }
    if (start > position) parts.push(bytes.subarray(position, start))
    if (insert.length > 0) parts.push(insert)
    position = end
  }
  if (position < bytes.length) parts.push(bytes.subarray(position))
  return parts
}

/**
 * The edited bytes in one piece, copied once; `bytes` itself when there is nothing to edit.
 *
 * @throws RangeError as `spliceParts` does.
 */
export function applySplices(bytes: Uint8Array, splices: readonly Splice[]): Uint8Array {
  return splices.length === 0 ? bytes : Buffer.concat(spliceParts(bytes, splices))
}
