import { isBlank, isDigit, isLetter, isLineFeed, skipBlanks, type TextRange } from './characters.ts'

/**
 * Tags in which agents put what a person wrote. Every other tag that opens at the start of a line is taken for the beginning of
 * context that the agent added, up to its closing tag.
 */
export const transparentTags = [
  'answer',
  'feedback',
  'prompt',
  'task',
  'user_input',
  'user_message',
  'user_prompt',
  'user_query',
  'user_request',
] as const

const transparent: ReadonlySet<string> = new Set(transparentTags)

export interface OpeningTag extends TextRange {
  readonly name: string
  /** What it contains is the person's own. */
  readonly isTransparent: boolean
}

/** The opening tag at `at`, all of it before `end`; none for what closes itself. */
export function readOpeningTag(text: string, at: number, end: number): OpeningTag | undefined {
  if (text[at] !== '<') return undefined
  const nameEnd = readTagName(text, at + 1, end)
  if (nameEnd === at + 1) return undefined
  const close = isTagNameEnd(text, nameEnd) ? findTagEnd(text, nameEnd, end) : -1
  if (close === -1 || text[close - 1] === '/') return undefined
  const name = text.slice(at + 1, nameEnd)
  return { start: at, end: close + 1, name, isTransparent: transparent.has(name) }
}

/** Place of the `>` that ends a tag on the same line. */
function findTagEnd(text: string, at: number, end: number): number {
  for (let position = at; position < end; position += 1) {
    if (text[position] === '>') return position
    if (text[position] === '<' || isLineFeed(text, position)) return -1
  }
  return -1
}

/** The transparent closing tag that ends at `end`. */
export function readClosingTagBack(text: string, end: number): TextRange | undefined {
  if (text[end - 1] !== '>') return undefined
  for (const name of transparentTags) {
    const tag = `</${name}>`
    if (text.endsWith(tag, end)) return { start: end - tag.length, end }
  }
  return undefined
}

/** Where the last closing tag of each name is in a text. */
export type ClosingTags = ReadonlyMap<string, number>

export function findClosingTags(text: string): ClosingTags {
  const closings = new Map<string, number>()
  for (let at = text.indexOf('</'); at !== -1; at = text.indexOf('</', at + 2)) {
    const nameEnd = readTagName(text, at + 2, text.length)
    const close = skipBlanks(text, nameEnd, text.length)
    if (nameEnd > at + 2 && text[close] === '>') closings.set(text.slice(at + 2, nameEnd), at)
  }
  return closings
}

/**
 * The end of the block that a tag opens: behind the closing tag that belongs to it, or behind the last one of its name where more are
 * opened than closed. Absent where nothing closes it.
 */
export function findBlockEnd(
  text: string,
  { name, end }: OpeningTag,
  closings: ClosingTags,
): number | undefined {
  const last = closings.get(name)
  if (last === undefined || last < end) return undefined
  let depth = 1
  let from = end
  while (depth > 0) {
    const close = nextClosing(text, name, from)
    depth += countOpenings(text, name, { start: from, end: close }) - 1
    from = close + name.length + 2
    if (close === last) break
  }
  return skipBlanks(text, from, text.length) + 1
}

/** The next closing tag of this name, of which there is one. */
function nextClosing(text: string, name: string, from: number): number {
  let at = text.indexOf(`</${name}`, from)
  while (text[skipBlanks(text, at + name.length + 2, text.length)] !== '>') {
    at = text.indexOf(`</${name}`, at + 1)
  }
  return at
}

function countOpenings(text: string, name: string, { start, end }: TextRange): number {
  const inside = text.slice(start, end)
  let count = 0
  for (let at = inside.indexOf(`<${name}`); at !== -1; at = inside.indexOf(`<${name}`, at + 1)) {
    if (readOpeningTag(inside, at, inside.length)?.name === name) count += 1
  }
  return count
}

function readTagName(text: string, at: number, end: number): number {
  let position = at
  while (position < end && isTagNameCharacter(text.charCodeAt(position), position === at)) {
    position += 1
  }
  return position
}

function isTagNameCharacter(code: number, isFirst: boolean): boolean {
  if (isLetter(code) || code === 0x5f) return true
  return !isFirst && (isDigit(code) || code === 0x2d || code === 0x2e || code === 0x3a)
}

function isTagNameEnd(text: string, at: number): boolean {
  return text[at] === '>' || text[at] === '/' || isBlank(text, at)
}
