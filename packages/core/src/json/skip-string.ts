import { JsonScanError } from './scan-error.ts'
import { BACKSLASH, byteAt, fail, isDigit, type JsonSource, QUOTE } from './source.ts'

/**
 * Bytes that are searched in place before the native search, whose calls cost about as much as that
 * many bytes.
 */
const NEAR_BYTES = 256

/**
 * Offset just after the string whose opening quote is at `at`. Whether it is UTF-8 is checked once
 * for the whole document.
 */
export function skipString(source: JsonSource, at: number): number {
  let position = at + 1
  for (;;) {
    position = findSpecial(source, position)
    const byte = byteAt(source, position)
    if (byte === QUOTE) return position + 1
    if (position >= source.length) throw new JsonScanError('unterminated string', at)
    if (byte !== BACKSLASH) fail(source, 'control character in a string', position)
    position = skipEscape(source, position)
  }
}

/** First quote, backslash or control character at or after `at`, or the length of the document. */
function findSpecial(source: JsonSource, at: number): number {
  const { view } = source
  const last = source.length - 8
  const far = Math.min(last, at + NEAR_BYTES)
  let position = at
  for (; position <= far; position += 8) {
    const low = markSpecials(view.getInt32(position, true))
    if (low !== 0) return position + firstMark(low)
    const high = markSpecials(view.getInt32(position + 4, true))
    if (high !== 0) return position + 4 + firstMark(high)
  }
  return position > last ? findSpecialInTail(source, position) : findFarSpecial(source, position)
}

/**
 * Sets the high bit of each of the four bytes that ends a run of plain string bytes. One
 * subtraction finds what is below 0x20 or a quote (flipping bit 1 puts the quote at 0x20 and lifts
 * 0x20 itself out of the way), the other finds backslashes. A borrow may mark a byte in excess, but
 * only above one that is rightly marked: the lowest mark is exact.
 */
function markSpecials(word: number): number {
  const controls = (word ^ 0x02020202) - 0x21212121
  const backslashes = (word ^ 0x5c5c5c5c) - 0x01010101
  return (controls | backslashes) & ~word & 0x80808080
}

/** Index of the lowest marked byte. */
function firstMark(marks: number): number {
  return (31 - Math.clz32(marks & -marks)) >> 3
}

function findSpecialInTail(source: JsonSource, at: number): number {
  let position = at
  while (!isSpecial(byteAt(source, position))) position += 1
  return position
}

function isSpecial(byte: number): boolean {
  return byte < 0x20 || byte === QUOTE || byte === BACKSLASH
}

/**
 * For long runs: native searches, whose results stay good for the rest of the string, and a pass
 * for control characters.
 */
function findFarSpecial(source: JsonSource, at: number): number {
  if (source.farQuote < at) source.farQuote = indexOrEnd(source, QUOTE, at)
  if (source.farBackslash < at) source.farBackslash = indexOrEnd(source, BACKSLASH, at)
  return findControl(source, at, Math.min(source.farQuote, source.farBackslash))
}

function indexOrEnd(source: JsonSource, byte: number, at: number): number {
  const index = source.bytes.indexOf(byte, at)
  return index === -1 ? source.length : index
}

/** First control character in a range that holds no other special byte, or the end of the range. */
function findControl(source: JsonSource, at: number, end: number): number {
  const { view } = source
  let position = at
  for (; position <= end - 16; position += 16) {
    const marks =
      markControls(view.getInt32(position, true)) |
      markControls(view.getInt32(position + 4, true)) |
      markControls(view.getInt32(position + 8, true)) |
      markControls(view.getInt32(position + 12, true))
    if ((marks & 0x80808080) !== 0) break
  }
  while (position < end && !isSpecial(byteAt(source, position))) position += 1
  return position
}

function markControls(word: number): number {
  return (word - 0x20202020) & ~word
}

/** Offset just after the escape whose backslash is at `at`. */
function skipEscape(source: JsonSource, at: number): number {
  const byte = byteAt(source, at + 1)
  if (byte === 0x75) return skipUnicodeEscape(source, at)
  if (!isSimpleEscape(byte)) fail(source, 'invalid escape in a string', at)
  return at + 2
}

function isSimpleEscape(byte: number): boolean {
  switch (byte) {
    case QUOTE:
    case BACKSLASH:
    case 0x2f: // /
    case 0x62: // b
    case 0x66: // f
    case 0x6e: // n
    case 0x72: // r
    case 0x74: // t
      return true
    default:
      return false
  }
}

function skipUnicodeEscape(source: JsonSource, at: number): number {
  for (let index = at + 2; index < at + 6; index += 1) {
    if (!isHexDigit(byteAt(source, index))) fail(source, 'invalid \\u escape in a string', at)
  }
  return at + 6
}

function isHexDigit(byte: number): boolean {
  return isDigit(byte) || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66)
}
