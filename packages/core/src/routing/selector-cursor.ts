import type {
  SelectorContext,
  SelectorError,
  SelectorErrorCode,
  SelectorWarning,
} from './selector-types.ts'

/** A reading position in the text of one selector, and what was found so far. */
export interface Cursor {
  readonly text: string
  readonly context: SelectorContext
  readonly warnings: SelectorWarning[]
  /** 0-based. */
  position: number
  /** Pairs (`hybrid:[…`) that are open at `position`. */
  depth: number
  leafCount: number
  /** Means something only after a parsing function has answered undefined or false. */
  error: SelectorError
}

const noError: SelectorError = { code: 'syntax_error', message: '', column: 1 }

export function createCursor(text: string, context: SelectorContext): Cursor {
  return { text, context, warnings: [], position: 0, depth: 0, leafCount: 0, error: noError }
}

/** Records why parsing stops. Undefined is what every parsing function answers then. */
export function fail(
  cursor: Cursor,
  problem: { code: SelectorErrorCode; message: string; position?: number },
): undefined {
  const { code, message, position = cursor.position } = problem
  cursor.error = { code, message, column: position + 1 }
  return undefined
}

export function skipSpaces(cursor: Cursor): void {
  while (cursor.text[cursor.position] === ' ') cursor.position++
}

/** Whether nothing of the current leaf is left: end of text, an operator, or inside a pair its comma or bracket. */
export function atLeafEnd(cursor: Cursor): boolean {
  const char = cursor.text[cursor.position]
  if (char === undefined || char === '|' || char === '^' || char === '!') return true
  return cursor.depth > 0 && (char === ',' || char === ']')
}

/** Advances to the first character that cannot be in a model id, and returns what it passed. */
export function takeModelText(cursor: Cursor): string {
  return takeText(cursor, /[|^!,[\] ?]/g)
}

/** Advances to the first character that cannot be in a parameter list, and returns what it passed. */
export function takeParameterText(cursor: Cursor): string {
  return takeText(cursor, /[|^!,[\] ]/g)
}

function takeText(cursor: Cursor, stops: RegExp): string {
  const start = cursor.position
  stops.lastIndex = start
  for (let match = stops.exec(cursor.text); match !== null; match = stops.exec(cursor.text)) {
    const end = literalEnd(cursor, start, match.index)
    if (end === match.index) {
      cursor.position = end
      return cursor.text.slice(start, end)
    }
    stops.lastIndex = end
  }
  cursor.position = cursor.text.length
  return cursor.text.slice(start)
}

/**
 * Where the text goes on if the character at `index` is an ordinary one after all; else `index`. A comma is one outside
 * pairs. So is a short word in brackets after some text: Claude Code marks models as `claude-opus-4-8[1m]`
 * (https://github.com/Wei-Shaw/sub2api/pull/4505).
 */
function literalEnd(cursor: Cursor, start: number, index: number): number {
  const { text, depth } = cursor
  if (text[index] === ',' && depth === 0) return index + 1
  if (text[index] !== '[' || index === start || text[index - 1] === ':') return index
  const word = /\[[\w.-]{1,32}\]/y
  word.lastIndex = index
  return word.test(text) ? word.lastIndex : index
}

/** A piece of the text for a message, at most 40 characters of it and never half a surrogate pair. */
export function quote(text: string): string {
  if (text.length <= 40) return `"${text}"`
  return `"${text.slice(0, 39).replace(/[\ud800-\udbff]$/, '')}…"`
}
