import type { OpaqueState } from '@jackfield/core'
import { parseJson } from '@jackfield/dialect-kit'

/** A word with its quotes, and its end, which begins with a rarer letter: that makes the search several times faster. */
interface Word {
  readonly whole: string
  readonly end: string
}

const signature: Word = { whole: '"signature"', end: 'gnature"' }
const thinking: Word = { whole: '"thinking"', end: 'king"' }
const redacted = '"redacted_thinking"'
const citedIndex: Word = { whole: '"encrypted_index"', end: 'ypted_index"' }

const SPACE = 0x20
const QUOTE = 0x22
const COLON = 0x3a
const BACKSLASH = 0x5c

/**
 * The signatures in a body, found by their keys in a tenth of the time that it takes to walk through its blocks. `undefined` where only a
 * walk can tell: for redacted thinking, for thinking without a signature, for citations without an index.
 */
export function searchSignatures(
  bytes: Buffer,
  stateOf: (signature: string) => readonly OpaqueState[],
): readonly OpaqueState[] | undefined {
  const blocks = countBlocks(bytes)
  if (blocks === undefined || hasEmptyIndex(bytes)) return undefined
  const found: OpaqueState[] = []
  let signatures = 0
  for (const end of endsOf(bytes, signature)) {
    const value = textBehind(bytes, end)
    if (value === undefined || value === '') return undefined
    signatures += 1
    found.push(...stateOf(value))
  }
  return signatures === blocks ? found : undefined
}

/** Offsets behind all places of a word. */
function* endsOf(bytes: Buffer, { whole, end }: Word): Generator<number> {
  for (let at = bytes.indexOf(end); at !== -1; at = bytes.indexOf(end, at + 1)) {
    if (standsBefore(bytes, whole, at + end.length)) yield at + end.length
  }
}

function standsBefore(bytes: Buffer, word: string, end: number): boolean {
  return end >= word.length && bytes.toString('latin1', end - word.length, end) === word
}

/** Thinking blocks: `"thinking"` as a value, and not as the key of a text or of the request's member. */
function countBlocks(bytes: Buffer): number | undefined {
  let count = 0
  for (let at = bytes.indexOf(thinking.end); at !== -1; at = bytes.indexOf(thinking.end, at + 1)) {
    const end = at + thinking.end.length
    if (standsBefore(bytes, redacted, end)) return undefined
    const isBlock =
      standsBefore(bytes, thinking.whole, end) && bytes[skipSpace(bytes, end)] !== COLON
    if (isBlock) count += 1
  }
  return count
}

function hasEmptyIndex(bytes: Buffer): boolean {
  for (const end of endsOf(bytes, citedIndex)) if (textBehind(bytes, end) === '') return true
  return false
}

/** The text that is the value of the key that ends at an offset; `undefined` where there is none. */
function textBehind(bytes: Buffer, end: number): string | undefined {
  const colon = skipSpace(bytes, end)
  const start = skipSpace(bytes, colon + 1)
  if (bytes[colon] !== COLON || bytes[start] !== QUOTE) return undefined
  let close = bytes.indexOf(QUOTE, start + 1)
  while (close !== -1 && bytes[close - 1] === BACKSLASH) close = bytes.indexOf(QUOTE, close + 1)
  if (close === -1) return undefined
  const value = parseJson(bytes.toString('utf8', start, close + 1))
  return typeof value === 'string' ? value : undefined
}

function skipSpace(bytes: Buffer, at: number): number {
  let place = at
  while (place < bytes.length && (bytes[place] ?? 0) <= SPACE) place += 1
  return place
}
