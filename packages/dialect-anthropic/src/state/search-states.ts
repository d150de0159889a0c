import type { OpaqueState } from '@jackfield/core'
import { parseJson } from '@jackfield/dialect-kit'

const signatureKey = Buffer.from('"signature"')
const thinkingWord = Buffer.from('"thinking"')
const redactedWord = Buffer.from('"redacted_thinking"')
const indexKey = Buffer.from('"encrypted_index"')

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
  if (bytes.includes(redactedWord) || hasEmptyIndex(bytes)) return undefined
  const found: OpaqueState[] = []
  let signatures = 0
  for (let at = bytes.indexOf(signatureKey); at !== -1; at = bytes.indexOf(signatureKey, at + 1)) {
    const value = textBehind(bytes, at + signatureKey.length)
    if (value === undefined || value === '') return undefined
    signatures += 1
    found.push(...stateOf(value))
  }
  return signatures === countBlocks(bytes) ? found : undefined
}

/** Thinking blocks: `"thinking"` as a value, and not as the key of a text or of the request's member. */
function countBlocks(bytes: Buffer): number {
  let count = 0
  for (let at = bytes.indexOf(thinkingWord); at !== -1; at = bytes.indexOf(thinkingWord, at + 1)) {
    if (bytes[skipSpace(bytes, at + thinkingWord.length)] !== COLON) count += 1
  }
  return count
}

function hasEmptyIndex(bytes: Buffer): boolean {
  for (let at = bytes.indexOf(indexKey); at !== -1; at = bytes.indexOf(indexKey, at + 1)) {
    if (textBehind(bytes, at + indexKey.length) === '') return true
  }
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
