import { JsonScanError } from './scan-error.ts'
import { skipString } from './skip-string.ts'
import {
  byteAt,
  COLON,
  COMMA,
  fail,
  isDigit,
  type JsonSource,
  MINUS,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
  skipSpace,
} from './source.ts'

// Opening brackets of the containers around the cursor. One for all scans: a scan of a value runs
// to its end without yielding.
let openContainers = new Uint8Array(256)

/**
 * Offset just after the value that begins at `at`, which is read by RFC 8259 to the letter.
 * Iterative, and allocates nothing. `source.depth` must count the containers around the value, and
 * does so again afterwards.
 */
export function skipValue(source: JsonSource, at: number): number {
  return isOpener(byteAt(source, at)) ? skipContainer(source, at) : skipScalar(source, at)
}

function skipContainer(source: JsonSource, at: number): number {
  const outerDepth = source.depth
  let position = at
  for (;;) {
    if (isOpener(byteAt(source, position))) {
      position = openContainer(source, position)
      if (!isCloser(source, position)) {
        position = skipKeyInObject(source, position)
        continue
      }
    } else {
      position = skipSpace(source, skipScalar(source, position))
    }
    position = closeContainers(source, position, outerDepth)
    if (source.depth === outerDepth) return position
    position = skipSeparator(source, position)
  }
}

function isOpener(byte: number): boolean {
  return byte === OPEN_BRACE || byte === OPEN_BRACKET
}

/** In ASCII both closing brackets come two places after their opening ones. */
function isCloser(source: JsonSource, at: number): boolean {
  return byteAt(source, at) === innermost(source) + 2
}

function innermost(source: JsonSource): number {
  return openContainers[source.depth - 1] ?? 0
}

/** From an opening bracket to the first byte behind it that is not space. */
function openContainer(source: JsonSource, at: number): number {
  if (source.depth >= source.maxDepth) failDepth(source, at)
  if (source.depth === openContainers.length) openContainers = doubled(openContainers)
  openContainers[source.depth] = byteAt(source, at)
  source.depth += 1
  return skipSpace(source, at + 1)
}

function failDepth(source: JsonSource, at: number): never {
  throw new JsonScanError(`nesting deeper than ${source.maxDepth}`, at)
}

function doubled(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(bytes.length * 2)
  larger.set(bytes)
  return larger
}

/**
 * Past the closing brackets at `at`, if any, and the space behind each, but not past the end of the
 * outermost container.
 */
function closeContainers(source: JsonSource, at: number, outerDepth: number): number {
  let position = at
  while (isCloser(source, position)) {
    source.depth -= 1
    position += 1
    if (source.depth === outerDepth) return position
    position = skipSpace(source, position)
  }
  return position
}

/** From the comma behind a value to the next value of the same container. */
function skipSeparator(source: JsonSource, at: number): number {
  if (byteAt(source, at) !== COMMA) {
    fail(source, `expected ',' or '${String.fromCharCode(innermost(source) + 2)}'`, at)
  }
  return skipKeyInObject(source, skipSpace(source, at + 1))
}

/** To the value of the member that begins at `at`; an array's element begins with its value. */
function skipKeyInObject(source: JsonSource, at: number): number {
  return innermost(source) === OPEN_BRACE ? skipColon(source, skipKey(source, at)) : at
}

/** Offset just after the key that begins at `at`. */
export function skipKey(source: JsonSource, at: number): number {
  if (byteAt(source, at) !== QUOTE) fail(source, 'expected a key in double quotes', at)
  return skipString(source, at)
}

/** From the end of a key to its value. */
export function skipColon(source: JsonSource, at: number): number {
  const position = skipSpace(source, at)
  if (byteAt(source, position) !== COLON) fail(source, "expected ':'", position)
  return skipSpace(source, position + 1)
}

function skipScalar(source: JsonSource, at: number): number {
  const byte = byteAt(source, at)
  if (byte === QUOTE) return skipString(source, at)
  if (byte === MINUS || isDigit(byte)) return skipNumber(source, at)
  if (byte === 0x74) return skipLiteral(source, at, 'true')
  if (byte === 0x66) return skipLiteral(source, at, 'false')
  if (byte === 0x6e) return skipLiteral(source, at, 'null')
  return fail(source, 'expected a value', at)
}

function skipLiteral(source: JsonSource, at: number, literal: string): number {
  for (let index = 1; index < literal.length; index += 1) {
    if (byteAt(source, at + index) !== literal.charCodeAt(index)) {
      fail(source, `expected ${literal}`, at)
    }
  }
  return at + literal.length
}

function skipNumber(source: JsonSource, at: number): number {
  let position = byteAt(source, at) === MINUS ? at + 1 : at
  position = byteAt(source, position) === 0x30 ? position + 1 : skipDigits(source, position)
  if (byteAt(source, position) === 0x2e) position = skipDigits(source, position + 1)
  const exponent = byteAt(source, position)
  if (exponent !== 0x65 && exponent !== 0x45) return position
  const sign = byteAt(source, position + 1)
  return skipDigits(source, sign === 0x2b || sign === MINUS ? position + 2 : position + 1)
}

/** One digit or more. */
function skipDigits(source: JsonSource, at: number): number {
  let position = at
  while (isDigit(byteAt(source, position))) position += 1
  if (position === at) fail(source, 'expected a digit', at)
  return position
}
