import { type Address, readAddress } from './selector-address.ts'
import { noAnnotations } from './selector-annotations.ts'
import { type Cursor, createCursor, fail } from './selector-cursor.ts'
import { noParameters } from './selector-parameters.ts'
import { parseLeaves } from './selector-parser.ts'
import type { SelectorContext, SelectorResult, SelectorWarning } from './selector-types.ts'

export { formatSelector } from './selector-printer.ts'
export type * from './selector-types.ts'

/** Far beyond any real selector; a request's `model` comes from outside. */
const lengthLimit = 102_400

/** What makes more of a text than one leaf without annotations and parameters. */
const special = /[^!-~]|[!%?[\]^|]/

const noWarnings: readonly SelectorWarning[] = Object.freeze([])

/**
 * Reads a selector wherever one may be written: a request's `model`, aliases, flags, chat commands, configuration.
 *
 * | text | means |
 * |---|---|
 * | `backend:model`, `backend.target:model` | explicit, if a backend of that name (`[a-z0-9-]+`) is configured |
 * | `vendor/model`, `llama3:8b`, anything else | a model id |
 * | `a\|b`, `a^b`, `a!b` | fallback, weighted draw, race; one kind per selector; spaces around operators are ignored |
 * | `[weight=3,max_context=32000]a` | annotations, directly before a leaf |
 * | `a?temperature=0.2&top_k=5` | parameters of a leaf; what is unknown or invalid is dropped with a warning |
 * | `hybrid:[a,b]` | a pair of selectors for a backend that calls two others |
 *
 * In ids, `%XX` stands for a printable ASCII character and must be used for `! | ^ ? [ ] %` and space, inside a pair
 * also for the comma; every other `%` is kept as it is. A short word in brackets after an id (`claude-opus-4-8[1m]`) is
 * a part of it. `alias:` and `auto:` are reserved unless a backend has that name.
 *
 * Never throws. Takes time linear in the text, which may have 102,400 UTF-16 code units and 100 leaves.
 */
export function parseSelector(text: string, context: SelectorContext): SelectorResult {
  if (text === '' || text.length > lengthLimit || special.test(text)) {
    return parseText(createCursor(text, context))
  }
  if (!text.includes(':') && !text.includes('/')) return plainResult({ model: text, column: 1 })
  const cursor = createCursor(text, context)
  const address = readAddress(cursor, text, 0)
  return address === undefined ? { ok: false, error: cursor.error } : plainResult(address)
}

function plainResult(address: Address): SelectorResult {
  const leaf = { ...address, annotations: noAnnotations, parameters: noParameters }
  return { ok: true, selector: { kind: 'leaf', ...leaf }, warnings: noWarnings }
}

function parseText(cursor: Cursor): SelectorResult {
  const selector = checkCharacters(cursor) ? parseLeaves(cursor) : undefined
  return selector === undefined
    ? { ok: false, error: cursor.error }
    : { ok: true, selector, warnings: cursor.warnings }
}

/** Refuses what no selector may contain anywhere, so that the parser meets no other white space than U+0020. */
function checkCharacters(cursor: Cursor): boolean {
  const { text } = cursor
  if (text.length > lengthLimit) {
    const message = `A selector has at most ${lengthLimit} characters; this one has ${text.length}.`
    fail(cursor, { code: 'unsupported_construct', message, position: lengthLimit })
    return false
  }
  const forbidden = /[\p{Cc}\p{Cs}]|[^\S ]/u.exec(text)
  if (forbidden !== null) {
    const code = forbidden[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')
    const message = `The character U+${code} cannot stand in a selector. Remove it.`
    fail(cursor, { code: 'syntax_error', message, position: forbidden.index })
    return false
  }
  if (text.trim() !== '') return true
  const message = 'The selector is empty. Write a model, or "backend:model".'
  fail(cursor, { code: 'invalid_leaf', message, position: 0 })
  return false
}
