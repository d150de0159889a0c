import {
  type Address,
  checkTarget,
  decodeRoute,
  type Route,
  readRoute,
} from './selector-address.ts'
import { type Cursor, fail, quote } from './selector-cursor.ts'
import { formatSelector } from './selector-printer.ts'
import type { Selector, SelectorContext } from './selector-types.ts'

/** Pairs in pairs. A call may not be dispatched deeper anyway. */
const depthLimit = 3

type ParseSide = (cursor: Cursor) => Selector | undefined

/**
 * Reads `[first,second]`, at whose bracket the cursor stands, after the `prefix` of its leaf. `parseSide` reads one
 * selector and stops at the comma or bracket after it.
 */
export function parsePair(
  cursor: Cursor,
  prefix: string,
  parseSide: ParseSide,
): Address | undefined {
  const start = cursor.position - prefix.length
  const route = readPairRoute(cursor, prefix)
  if (route === undefined || !checkTarget(cursor, route, start)) return undefined
  const inner = parseSides(cursor, parseSide)
  if (inner === undefined) return undefined
  const model = `[${inner.map((side) => formatSelector(side, cursor.context)).join(',')}]`
  return { ...decodeRoute(route), model, inner, column: start + 1 }
}

function parseSides(cursor: Cursor, parseSide: ParseSide): [Selector, Selector] | undefined {
  const open = cursor.position
  if (++cursor.depth > depthLimit) {
    const message = `Pairs are nested more than ${depthLimit} deep. Use fewer.`
    return fail(cursor, { code: 'unsupported_construct', message })
  }
  cursor.position++
  const first = parseSide(cursor)
  if (first === undefined || !expect(cursor, ',', open)) return undefined
  const second = parseSide(cursor)
  if (second === undefined || !expect(cursor, ']', open)) return undefined
  cursor.depth--
  return [first, second]
}

function expect(cursor: Cursor, expected: ',' | ']', open: number): boolean {
  const found = cursor.text[cursor.position]
  if (found === expected) {
    cursor.position++
    return true
  }
  const unclosed = found === undefined
  const amount = expected === ',' ? 'is only one selector' : 'are more than two selectors'
  fail(cursor, {
    code: 'syntax_error',
    message: unclosed
      ? 'This "[" is not closed. Write "[first,second]".'
      : `There ${amount} in this pair. Write exactly two: "[first,second]". A comma in a model id is written "%2C".`,
    position: unclosed ? open : cursor.position,
  })
  return false
}

/** The backend before a pair, if it takes one. */
function readPairRoute(cursor: Cursor, prefix: string): Route | undefined {
  const { context } = cursor
  const name = prefix.slice(0, -1)
  const route = prefix.endsWith(':') ? readRoute(name, context) : undefined
  if (route !== undefined && takesPair(route.backend, context)) return route
  if (route !== undefined) {
    const message = `"${route.backend}" takes one model, not selectors in brackets. Annotations stand before the backend: "[weight=3]${route.backend}:model".`
    return fail(cursor, { code: 'unsupported_construct', message })
  }
  if (/^[a-z0-9-]+:$/.test(prefix)) {
    const message = `No backend ${quote(name)} is configured that could take selectors in brackets.`
    return fail(cursor, { code: 'unsupported_construct', message })
  }
  const message =
    'A "[" cannot stand here. Annotations come first in a leaf; in a model id write "%5B".'
  return fail(cursor, { code: 'syntax_error', message })
}

function takesPair(backend: string, context: SelectorContext): boolean {
  return context.takesPair?.(backend) ?? backend === 'hybrid'
}
