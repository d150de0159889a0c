import { type Address, readAddress } from './selector-address.ts'
import {
  checkPlacement,
  collectAnnotations,
  parseAnnotations,
  type WrittenAnnotation,
} from './selector-annotations.ts'
import { atLeafEnd, type Cursor, fail, skipSpaces, takeModelText } from './selector-cursor.ts'
import { encodeCharacter } from './selector-encoding.ts'
import { parsePair } from './selector-pair.ts'
import { noParameters, parseParameters } from './selector-parameters.ts'
import type { CompositeSelector, LeafSelector, Selector } from './selector-types.ts'

/** More leaves than any plan can try, and few enough that a hostile text costs nothing. */
const leafLimit = 100

const kinds: ReadonlyMap<string | undefined, CompositeSelector['kind']> = new Map([
  ['|', 'fallback'],
  ['^', 'weighted'],
  ['!', 'race'],
])

interface WrittenLeaf {
  readonly leaf: LeafSelector
  readonly written: readonly WrittenAnnotation[]
}

/** Reads leaves and operators up to the end of the text, or of this side of a pair. */
export function parseLeaves(cursor: Cursor): Selector | undefined {
  const first = parseLeaf(cursor)
  if (first === undefined) return undefined
  const leaves = [first.leaf]
  const written = [...first.written]
  const operator = cursor.text[cursor.position]
  const kind = kinds.get(operator)
  while (kinds.has(cursor.text[cursor.position])) {
    const next = takeOperator(cursor, operator) ? parseLeaf(cursor) : undefined
    if (next === undefined) return undefined
    leaves.push(next.leaf)
    written.push(...next.written)
  }
  if (!checkPlacement(cursor, written, kind)) return undefined
  return kind === undefined ? first.leaf : { kind, leaves }
}

/** Advances past an operator, which must be the one that the selector began with. */
function takeOperator(cursor: Cursor, expected: string | undefined): boolean {
  const operator = cursor.text[cursor.position++] ?? ''
  if (operator === expected) return true
  fail(cursor, {
    code: 'unsupported_construct',
    message: `"${expected}" and "${operator}" cannot be mixed in one selector. Join all leaves with one of them; in a model id write "${encodeCharacter(operator)}".`,
    position: cursor.position - 1,
  })
  return false
}

function parseLeaf(cursor: Cursor): WrittenLeaf | undefined {
  skipSpaces(cursor)
  if (++cursor.leafCount > leafLimit) {
    return fail(cursor, {
      code: 'unsupported_construct',
      message: `There are more than ${leafLimit} leaves. Remove some.`,
    })
  }
  const written = parseAnnotations(cursor)
  const address = written && parseAddress(cursor)
  if (written === undefined || address === undefined) return undefined
  const parameters = cursor.text[cursor.position] === '?' ? parseParameters(cursor) : noParameters
  if (!finishLeaf(cursor)) return undefined
  const annotations = collectAnnotations(written)
  return { leaf: { kind: 'leaf', ...address, annotations, parameters }, written }
}

function parseAddress(cursor: Cursor): Address | undefined {
  const start = cursor.position
  const text = takeModelText(cursor)
  if (cursor.text[cursor.position] === '[') return parsePair(cursor, text, parseLeaves)
  return text === '' ? failEmptyLeaf(cursor) : readAddress(cursor, text, start)
}

function failEmptyLeaf(cursor: Cursor): undefined {
  const { text, position, depth } = cursor
  const next = text[position]
  if (next === ']' && depth === 0) return failBracket(cursor)
  const [place, char] = next === undefined ? ['after', text.trimEnd().at(-1)] : ['before', next]
  return fail(cursor, {
    code: 'invalid_leaf',
    message: `There is no model ${place} "${char}". Write one there, or "${encodeCharacter(char ?? '')}" if the character belongs to a model id.`,
  })
}

/** Skips white space after a leaf; anything else that is left of it is an error. */
function finishLeaf(cursor: Cursor): boolean {
  const end = cursor.position
  skipSpaces(cursor)
  if (atLeafEnd(cursor)) return true
  if (cursor.position > end) {
    fail(cursor, {
      code: 'syntax_error',
      message:
        'There is white space inside a leaf. Remove it, or write "%20" if it belongs to the model id.',
      position: end,
    })
  } else failBracket(cursor)
  return false
}

function failBracket(cursor: Cursor): undefined {
  const char = cursor.text[cursor.position] ?? ''
  const message =
    char === '[' || char === ']'
      ? `This "${char}" has no partner here. Remove it, or write "${encodeCharacter(char)}" if it belongs to a model id.`
      : 'Only "?" with parameters, or an operator, can follow the "]" of a pair.'
  return fail(cursor, { code: 'syntax_error', message })
}
