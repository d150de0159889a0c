import { asBuffer } from '../as-buffer.ts'
import { BACKSLASH } from './source.ts'
import type { ByteRange, JsonValueSpan } from './span.ts'

/**
 * A walk through a string token, one UTF-16 code unit at a time, or two where both lie in one raw
 * character.
 */
interface Walk {
  readonly bytes: Buffer
  /** Offset of the closing quote. */
  readonly end: number
  position: number
  units: number
  /** The last step was an escaped high surrogate. */
  afterHigh: boolean
}

/**
 * The bytes of a string token that stand for the UTF-16 code units from `from` to `to` (exclusive)
 * of its decoded text, so that a part of the text can be cut out and every other byte kept. The
 * token must be in a document that has been scanned.
 *
 * @throws RangeError when the range is not within the text, or when it would part a surrogate pair.
 */
export function stringRange(
  bytes: Uint8Array,
  span: JsonValueSpan,
  from: number,
  to: number,
): ByteRange {
  if (span.kind !== 'string') throw new TypeError(`expected a JSON string, found ${span.kind}`)
  if (!(from >= 0 && from <= to)) throw new RangeError(`no range from ${from} to ${to}`)
  const walk = {
    bytes: asBuffer(bytes),
    end: span.end - 1,
    position: span.start + 1,
    units: 0,
    afterHigh: false,
  }
  const start = advanceTo(walk, from)
  return { start, end: advanceTo(walk, to) }
}

function advanceTo(walk: Walk, target: number): number {
  while (walk.units < target) {
    if (walk.position >= walk.end) throw new RangeError(`the text ends before ${target}`)
    advance(walk)
  }
  const partsEscapedPair = walk.afterHigh && isLowSurrogate(escapedUnit(walk))
  if (walk.units > target || partsEscapedPair) {
    throw new RangeError(`${target} is inside a surrogate pair`)
  }
  return walk.position
}

function advance(walk: Walk): void {
  const byte = walk.bytes[walk.position] ?? 0
  if (byte === BACKSLASH) {
    const unit = escapedUnit(walk)
    walk.afterHigh = unit >= 0xd800 && unit <= 0xdbff
    walk.position += unit === -1 ? 2 : 6
    walk.units += 1
  } else {
    walk.afterHigh = false
    walk.position += characterLength(byte)
    walk.units += byte >= 0xf0 ? 2 : 1
  }
}

/** The code unit that a `\u` escape at the cursor stands for, else -1. */
function escapedUnit({ bytes, position }: Walk): number {
  if (bytes[position] !== BACKSLASH || bytes[position + 1] !== 0x75) return -1
  return Number.parseInt(bytes.toString('latin1', position + 2, position + 6), 16)
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff
}

/** Bytes of the UTF-8 character that begins with this one. */
function characterLength(byte: number): number {
  if (byte < 0xc0) return 1
  if (byte < 0xe0) return 2
  return byte < 0xf0 ? 3 : 4
}
