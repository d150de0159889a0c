import type { Locator } from './frame-gate.ts'
import { asBuffer } from './marks.ts'

const QUOTE = 0x22
const COMMA = 0x2c
const BACKSLASH = 0x5c
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d
const SPACE = 0x20

/**
 * Finds where the elements of a top-level JSON array end, and the array itself, without decoding or keeping any bytes. Elements are
 * objects. A document that is one object counts as one element without an array.
 */
export class ElementLocator implements Locator {
  #depth = 0
  /** Depth at which elements begin. */
  #base = 0
  #inString = false
  #escaped = false
  /** Where the next backslash of the chunk at hand is, so that no string is searched beyond its end twice. */
  #nextEscape = -1
  /** Whether the array, or the only object, has ended. */
  closed = false
  /** Whether the document is an array. */
  isArray = false
  /** Whether the document is one object instead. */
  isObject = false

  /** Whether the bytes so far end inside an element. */
  get inElement(): boolean {
    return this.#depth > this.#base
  }

  push(chunk: Uint8Array): readonly number[] {
    const bytes = asBuffer(chunk)
    const ends: number[] = []
    let position = 0
    this.#nextEscape = -1
    while (position < bytes.length && !this.closed) {
      if (this.#inString) {
        position = this.#skipString(bytes, position)
        continue
      }
      const endsElement = this.#see(bytes[position])
      position += 1
      if (endsElement) ends.push(position)
    }
    return ends
  }

  /** Behind the string's end, or the end of the bytes. */
  #skipString(bytes: Buffer, start: number): number {
    let position = this.#escaped ? start + 1 : start
    this.#escaped = false
    let quote = -1
    while (position < bytes.length) {
      if (quote < position) quote = indexOrEnd(bytes, QUOTE, position)
      if (this.#nextEscape < position) this.#nextEscape = indexOrEnd(bytes, BACKSLASH, position)
      if (quote <= this.#nextEscape) {
        this.#inString = quote === bytes.length
        return quote + 1
      }
      position = this.#nextEscape + 2
    }
    this.#escaped = position > bytes.length
    return position
  }

  /** Whether a byte outside of strings ends an element or the array. */
  #see(byte: number | undefined): boolean {
    switch (byte) {
      case QUOTE:
        this.#inString = this.#depth > 0
        return false
      case OPEN_BRACKET:
      case OPEN_BRACE:
        this.#open(byte)
        return false
      case CLOSE_BRACKET:
      case CLOSE_BRACE:
        return this.#close()
      default:
        return false
    }
  }

  #open(byte: number): void {
    if (this.#depth === 0) this.#begin(byte)
    this.#depth += 1
  }

  #begin(byte: number): void {
    this.isArray = byte === OPEN_BRACKET
    this.isObject = !this.isArray
    this.#base = this.isArray ? 1 : 0
  }

  #close(): boolean {
    if (this.#depth === 0) return false
    this.#depth -= 1
    this.closed = this.#depth === 0
    return this.#depth <= this.#base
  }
}

function indexOrEnd(bytes: Buffer, byte: number, from: number): number {
  const at = bytes.indexOf(byte, from)
  return at === -1 ? bytes.length : at
}

/** An element without the bracket, comma and white space before it. Empty where the bytes are only those and a closing bracket. */
export function withoutSeparators(bytes: Uint8Array): Uint8Array {
  let start = 0
  while (start < bytes.length && isSeparator(bytes[start] ?? 0)) start += 1
  return bytes.subarray(start)
}

function isSeparator(byte: number): boolean {
  return byte <= SPACE || byte === COMMA || byte === OPEN_BRACKET || byte === CLOSE_BRACKET
}
