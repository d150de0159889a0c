import { byteAt, type JsonSource, OPEN_BRACE, OPEN_BRACKET, QUOTE } from './source.ts'

export type JsonKind = 'object' | 'array' | 'string' | 'number' | 'boolean' | 'null'

/** Half-open range of bytes, as offsets in the original. */
export interface ByteRange {
  readonly start: number
  /** Offset just after the last byte. */
  readonly end: number
}

/** Where one JSON value stands in the original bytes, without the space around it. */
export interface JsonValueSpan extends ByteRange {
  readonly kind: JsonKind
}

/** One member of an object. */
export interface JsonMember {
  /** The key, decoded: `"mod\u0065l"` is `model`. */
  readonly name: string
  /** Offset of the opening quote of the key. */
  readonly keyStart: number
  /** Offset just after the closing quote of the key. */
  readonly keyEnd: number
  readonly value: JsonValueSpan
}

/** The span of the well-formed value between two offsets. */
export function spanAt(source: JsonSource, start: number, end: number): JsonValueSpan {
  return { start, end, kind: kindOf(byteAt(source, start)) }
}

/** Kind of the well-formed value that begins with this byte. */
function kindOf(byte: number): JsonKind {
  switch (byte) {
    case OPEN_BRACE:
      return 'object'
    case OPEN_BRACKET:
      return 'array'
    case QUOTE:
      return 'string'
    case 0x74: // true
    case 0x66: // false
      return 'boolean'
    case 0x6e: // null
      return 'null'
    default:
      return 'number'
  }
}
