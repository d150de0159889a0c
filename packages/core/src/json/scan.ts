import { isUtf8 } from 'node:buffer'
import { findInvalidUtf8 } from './invalid-utf8.ts'
import { DEFAULT_MAX_MEMBERS, listMembers } from './members.ts'
import { JsonScanError } from './scan-error.ts'
import { byteAt, createSource, fail, type JsonSource, OPEN_BRACE, skipSpace } from './source.ts'
import type { JsonMember, JsonValueSpan } from './span.ts'

export interface ScanOptions {
  /** Containers that may be open at once, the document's own object included. Default 256. */
  readonly maxDepth?: number
  /** Top-level members that the object may have. Default 10,000. */
  readonly maxMembers?: number
}

/** A body that is one well-formed JSON object, and where the members of that object stand in it. */
export interface JsonDocument {
  /** The bytes that were scanned, to which all offsets refer. */
  readonly bytes: Uint8Array
  /** Offset of the object's opening brace. */
  readonly start: number
  /** Offset just after the object's closing brace. */
  readonly end: number
  /** In the order of the body. No two have the same name. */
  readonly members: readonly JsonMember[]
  /** The value of a member by its decoded name. */
  get(name: string): JsonValueSpan | undefined
}

/**
 * Checks a whole body to the letter of RFC 8259 and finds the top-level members, without decoding
 * anything but their keys. A byte order mark before the object is let pass. Keys of nested objects
 * are not compared with each other.
 *
 * @throws JsonScanError when the body is not UTF-8, not JSON, not an object, nested too deep, or
 * has a top-level key twice.
 */
export function scanDocument(bytes: Uint8Array, options: ScanOptions = {}): JsonDocument {
  if (!isUtf8(bytes)) throw new JsonScanError('invalid UTF-8', findInvalidUtf8(bytes))
  const source = createSource(bytes, options.maxDepth ?? 256)
  const start = skipSpace(source, hasByteOrderMark(source) ? 3 : 0)
  if (byteAt(source, start) !== OPEN_BRACE) fail(source, 'expected a JSON object', start)
  const { members, end } = listMembers(source, start, {
    refuseDuplicates: true,
    maxMembers: options.maxMembers ?? DEFAULT_MAX_MEMBERS,
  })
  const rest = skipSpace(source, end)
  if (rest < bytes.length) fail(source, 'expected nothing after the JSON object', rest)
  const get = (name: string) => members.find((member) => member.name === name)?.value
  return { bytes, start, end, members, get }
}

function hasByteOrderMark(source: JsonSource): boolean {
  return byteAt(source, 0) === 0xef && byteAt(source, 1) === 0xbb && byteAt(source, 2) === 0xbf
}
