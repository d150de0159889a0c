/** Half-open, in UTF-16 code units. */
export interface TextRange {
  readonly start: number
  readonly end: number
}

/** White space within a line: everything that is white space but the line feed, which ends a line. */
export function isBlank(text: string, at: number): boolean {
  const code = text.charCodeAt(at)
  if (code <= 0x20) return code === 0x20 || (code >= 0x09 && code <= 0x0d && code !== 0x0a)
  return code >= 0x85 && isWideSpace(code)
}

function isWideSpace(code: number): boolean {
  if (code === 0xa0 || code === 0x85 || code === 0x3000 || code === 0xfeff) return true
  return code >= 0x1680 && /\s/.test(String.fromCharCode(code))
}

export function isLineFeed(text: string, at: number): boolean {
  return text.charCodeAt(at) === 0x0a
}

/** White space of any kind. */
function isSpace(text: string, at: number): boolean {
  return isLineFeed(text, at) || isBlank(text, at)
}

/** First place from `at` on, and before `end`, that is not white space within a line; else `end`. */
export function skipBlanks(text: string, at: number, end: number): number {
  let position = at
  while (position < end && isBlank(text, position)) position += 1
  return position
}

/** The place behind the last character before `at`, and from `start` on, that is not white space within a line. */
export function skipBlanksBack(text: string, at: number, start: number): number {
  let position = at
  while (position > start && isBlank(text, position - 1)) position -= 1
  return position
}

/** The same across lines. */
export function skipSpaces(text: string, at: number, end: number): number {
  let position = at
  while (position < end && isSpace(text, position)) position += 1
  return position
}

/** The same across lines. */
export function skipSpacesBack(text: string, at: number, start: number): number {
  let position = at
  while (position > start && isSpace(text, position - 1)) position -= 1
  return position
}

export function isLetter(code: number): boolean {
  const lower = code | 0x20
  return lower >= 0x61 && lower <= 0x7a
}

export function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39
}
