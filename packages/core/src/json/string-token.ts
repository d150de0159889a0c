/** Longest key that is remembered. */
const MAX_CACHED_LENGTH = 32
const CACHE_SIZE = 512

// The same few dozen keys come in every body; to build their strings anew costs more than the rest
// of reading a small object.
const cachedKeys = new Array<string>(CACHE_SIZE).fill('')

/**
 * The text of the well-formed string token from `start` (its opening quote) to `end` (just after
 * its closing quote).
 */
export function decodeStringToken(bytes: Buffer, start: number, end: number): string {
  const text = bytes.toString('utf8', start + 1, end - 1)
  return text.includes('\\') ? JSON.parse(`"${text}"`) : text
}

/** The same for a key. */
export function decodeKeyToken(bytes: Buffer, start: number, end: number): string {
  const length = end - start - 2
  if (length === 0 || length > MAX_CACHED_LENGTH) return decodeStringToken(bytes, start, end)
  const slot = ((bytes[start + 1] ?? 0) * 31 + (bytes[end - 2] ?? 0) * 7 + length) % CACHE_SIZE
  const cached = cachedKeys[slot] ?? ''
  if (cached.length === length && isAsciiAt(bytes, start + 1, cached)) return cached
  const key = decodeStringToken(bytes, start, end)
  // As many characters as bytes: plain ASCII without escapes, which can be compared byte by byte.
  if (key.length === length) cachedKeys[slot] = key
  return key
}

function isAsciiAt(bytes: Buffer, start: number, text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    if (bytes[start + index] !== text.charCodeAt(index)) return false
  }
  return true
}
