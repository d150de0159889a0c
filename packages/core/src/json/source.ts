import { asBuffer } from '../as-buffer.ts'
import { JsonScanError } from './scan-error.ts'

/** Bytes under a cursor, with what a scan must remember between two tokens. */
export interface JsonSource {
  readonly bytes: Buffer
  readonly view: DataView
  readonly length: number
  readonly maxDepth: number
  /** Containers that are open around the cursor. */
  depth: number
  /**
   * First quote at or behind the place of the last native search; stale as soon as the cursor has
   * passed it.
   */
  farQuote: number
  /** The same for backslashes. */
  farBackslash: number
}

export const QUOTE = 0x22
export const COMMA = 0x2c
export const MINUS = 0x2d
export const COLON = 0x3a
export const OPEN_BRACKET = 0x5b
export const BACKSLASH = 0x5c
export const CLOSE_BRACKET = 0x5d
export const OPEN_BRACE = 0x7b
export const CLOSE_BRACE = 0x7d

export function createSource(bytes: Uint8Array, maxDepth: number): JsonSource {
  return {
    bytes: asBuffer(bytes),
    view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length),
    length: bytes.length,
    maxDepth,
    depth: 0,
    farQuote: -1,
    farBackslash: -1,
  }
}

/**
 * The byte at an offset, or 0 behind the end: no rule of the grammar accepts a NUL. Reading a typed
 * array beyond its end would make this code slower for every later document too.
 */
export function byteAt(source: JsonSource, at: number): number {
  return at < source.length ? (source.bytes[at] ?? 0) : 0
}

export function skipSpace(source: JsonSource, at: number): number {
  let position = at
  while (isSpace(byteAt(source, position))) position += 1
  return position
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09
}

export function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39
}

/**
 * Refuses the document for what stands at an offset, or for what should stand there instead of its
 * end.
 */
export function fail(source: JsonSource, reason: string, at: number): never {
  throw new JsonScanError(at < source.length ? reason : `${reason} but the document ends`, at)
}
