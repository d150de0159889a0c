import { isLineFeed, skipBlanks, skipBlanksBack, type TextRange } from './characters.ts'
import { findCodeSpans } from './code-spans.ts'
import { findFenceEnd, readFence } from './fences.ts'
import { findLineEnd } from './line-end.ts'
import {
  type ClosingTags,
  findBlockEnd,
  findClosingTags,
  type OpeningTag,
  readClosingTagBack,
  readOpeningTag,
} from './tags.ts'

/**
 * - `line`: a line, or what transparent tags leave of it, in which commands may stand. Without its line feed.
 * - `code-end`: the same of a line that begins within code which runs over several lines. Commands may stand at its end only.
 * - `blank`: the same, with nothing but white space in it.
 * - `opaque`: what a person wrote where commands never stand: fenced or indented code, quoted lines.
 * - `context`: a tagged block that an agent added.
 * - `tag`: a transparent tag.
 */
export type PieceKind = 'line' | 'code-end' | 'blank' | 'opaque' | 'context' | 'tag'

export interface Piece extends TextRange {
  readonly kind: PieceKind
  /** Where the code ends that a `code-end` begins with. */
  readonly codeEnd?: number
}

interface Cursor {
  readonly text: string
  readonly prefixes: readonly string[]
  readonly closings: ClosingTags
  readonly pieces: Piece[]
  at: number
  /** Where the line ends that `at` is in, once it was looked for. */
  lineEnd: number
  /** A person's words have been seen. */
  hasWords: boolean
}

/** Columns from which on an indented line is code. */
const codeIndentation = 4

/**
 * A text in pieces, in order; between them are only line feeds, and white space around tags. Lines that begin with a prefix are not yet
 * words behind which an indented line is code. Takes time linear in the text.
 */
export function layOut(text: string, prefixes: readonly string[]): readonly Piece[] {
  const closings = findClosingTags(text)
  const cursor: Cursor = {
    text,
    prefixes,
    closings,
    pieces: [],
    at: 0,
    lineEnd: -1,
    hasWords: false,
  }
  while (cursor.at < text.length) readPiece(cursor)
  return withoutCode(text, cursor.pieces)
}

function readPiece(cursor: Cursor): void {
  const { text, at } = cursor
  // A line with many tags is read in many steps.
  if (cursor.lineEnd < at) cursor.lineEnd = findLineEnd(text, at)
  const end = cursor.lineEnd
  const first = skipBlanks(text, at, end)
  const tag = readOpeningTag(text, first, end)
  if (tag !== undefined && readTag(cursor, tag)) return
  const fence = readFence(text, first, end)
  if (fence !== undefined) addOpaque(cursor, findFenceEnd(text, end, fence))
  else if (text[first] === '>' || isIndentedCode(cursor, first)) addOpaque(cursor, end)
  else addLine(cursor, first, end)
}

/** Whether the tag is more than a word of the text. What stands behind it on the same line is read as a line of its own. */
function readTag(cursor: Cursor, tag: OpeningTag): boolean {
  const { text, closings, pieces } = cursor
  const end = tag.isTransparent ? tag.end : findBlockEnd(text, tag, closings)
  if (end === undefined) return false
  pieces.push({ kind: tag.isTransparent ? 'tag' : 'context', start: tag.start, end })
  cursor.at = isLineFeed(text, end) ? end + 1 : end
  return true
}

/** A person who begins with an indented line does not begin with code. */
function isIndentedCode({ text, at, hasWords }: Cursor, first: number): boolean {
  if (!hasWords || (at > 0 && !isLineFeed(text, at - 1))) return false
  let columns = 0
  for (let position = at; position < first; position += 1) {
    columns += text[position] === '\t' ? codeIndentation : 1
  }
  return columns >= codeIndentation && first < text.length && !isLineFeed(text, first)
}

function addOpaque(cursor: Cursor, end: number): void {
  cursor.pieces.push({ kind: 'opaque', start: cursor.at, end })
  cursor.hasWords = true
  cursor.at = end + 1
}

function addLine(cursor: Cursor, first: number, lineEnd: number): void {
  const { text, at, pieces, prefixes } = cursor
  const { end, tags } = withoutClosingTags(text, first, lineEnd)
  const isEmpty = first >= end
  if (!isEmpty || tags.length === 0) {
    pieces.push({ kind: isEmpty ? 'blank' : 'line', start: at, end })
  }
  for (const tag of tags) pieces.push(tag)
  if (!isEmpty && !prefixes.some((prefix) => text.startsWith(prefix, first))) {
    cursor.hasWords = true
  }
  cursor.at = lineEnd + 1
}

/** A line without the transparent closing tags at its end. */
function withoutClosingTags(
  text: string,
  first: number,
  lineEnd: number,
): { readonly end: number; readonly tags: readonly Piece[] } {
  const tags: Piece[] = []
  let end = lineEnd
  for (;;) {
    const tag = readClosingTagBack(text, skipBlanksBack(text, end, first))
    if (tag === undefined || tag.start < first) return { end, tags: tags.reverse() }
    tags.push({ kind: 'tag', ...tag })
    end = tag.start
  }
}

/** Pieces in which code between backticks that runs over several lines is `opaque`, or the beginning of a `code-end`. */
function withoutCode(text: string, pieces: readonly Piece[]): readonly Piece[] {
  if (!text.includes('`')) return pieces
  const spans = paragraphsOf(pieces).flatMap((paragraph) => findCodeSpans(text, paragraph))
  let next = 0
  return pieces.map((piece) => {
    while ((spans[next]?.end ?? Number.POSITIVE_INFINITY) <= piece.start) next += 1
    const span = spans[next]
    const isInCode = piece.kind === 'line' && span !== undefined && span.start < piece.start
    if (!isInCode) return piece
    if (span.end >= piece.end) return { ...piece, kind: 'opaque' }
    return { ...piece, kind: 'code-end', codeEnd: span.end }
  })
}

/** Lines without anything else between them. */
function paragraphsOf(pieces: readonly Piece[]): readonly TextRange[] {
  const paragraphs: TextRange[] = []
  let open: TextRange | undefined
  for (const { kind, start, end } of pieces) {
    if (kind === 'line') open = { start: open?.start ?? start, end }
    else if (open !== undefined) {
      paragraphs.push(open)
      open = undefined
    }
  }
  if (open !== undefined) paragraphs.push(open)
  return paragraphs
}
