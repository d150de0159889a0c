import { type Cursor, fail, quote } from './selector-cursor.ts'
import { decodeText } from './selector-encoding.ts'
import type { LeafSelector, SelectorContext } from './selector-types.ts'

/** The part of a leaf that says who is asked for which model. */
export type Address = Pick<
  LeafSelector,
  'backend' | 'target' | 'model' | 'vendorBackend' | 'inner' | 'column'
>

/** What stands before the first `:` of an explicit leaf. */
export interface Route {
  readonly backend: string
  readonly target?: string
}

/** Prefixes that are kept for later use, unless a backend has that name. */
export const reservedPrefixes: ReadonlySet<string> = new Set(['alias', 'auto'])

/** `backend` or `backend.target`, percent-encoded still; undefined if no such backend is configured. */
export function readRoute(
  prefix: string,
  context: Pick<SelectorContext, 'isBackend'>,
): Route | undefined {
  const [, backend, target] = /^([a-z0-9-]+)(?:\.([^/]*))?$/.exec(prefix) ?? []
  if (backend === undefined || !context.isBackend(backend)) return undefined
  return { backend, ...(target !== undefined && { target }) }
}

/** The configured backend that the part before the first `/` names. */
export function readVendor(
  model: string,
  context: Pick<SelectorContext, 'isBackend'>,
): string | undefined {
  const slash = model.indexOf('/')
  if (slash <= 0) return undefined
  const vendor = model.slice(0, slash)
  return /^[a-z0-9-]+$/.test(vendor) && context.isBackend(vendor) ? vendor : undefined
}

/** Reads `backend:model`, `backend.target:model`, `vendor/model` or `model`, which begins at `start`. */
export function readAddress(cursor: Cursor, text: string, start: number): Address | undefined {
  const colon = text.indexOf(':')
  const prefix = text.slice(0, Math.max(colon, 0))
  const route = readRoute(prefix, cursor.context)
  if (route !== undefined) return readExplicit(cursor, { text, start, colon, route })
  if (reservedPrefixes.has(prefix)) {
    return fail(cursor, {
      code: 'unsupported_construct',
      message: `"${prefix}:" is a reserved prefix and cannot be used yet. If it is a part of the model id, write "${prefix}%3A".`,
      position: start,
    })
  }
  return readModelId(cursor, text, start)
}

function readExplicit(
  cursor: Cursor,
  explicit: { text: string; start: number; colon: number; route: Route },
): Address | undefined {
  const { text, start, colon, route } = explicit
  if (!checkTarget(cursor, route, start)) return undefined
  const model = text.slice(colon + 1)
  if (model === '') return failMissingModel(cursor, text, start)
  return { ...decodeRoute(route), model: decodeText(model), column: start + 1 }
}

function readModelId(cursor: Cursor, text: string, start: number): Address | undefined {
  const vendor = readVendor(text, cursor.context)
  if (vendor?.length === text.length - 1) return failMissingModel(cursor, text, start)
  return {
    model: decodeText(text),
    ...(vendor !== undefined && { vendorBackend: vendor }),
    column: start + 1,
  }
}

function failMissingModel(cursor: Cursor, text: string, start: number): undefined {
  return fail(cursor, {
    code: 'invalid_leaf',
    message: `There is no model after ${quote(text)}. Write the model that this backend shall use.`,
    position: start + text.length,
  })
}

/** Refuses `backend.:model`. */
export function checkTarget(cursor: Cursor, route: Route, start: number): boolean {
  if (route.target !== '') return true
  fail(cursor, {
    code: 'invalid_leaf',
    message: `There is no target after "${route.backend}.". Write the name of one of its targets, or remove the dot.`,
    position: start + route.backend.length + 1,
  })
  return false
}

/** The route with its target as the pool knows it. */
export function decodeRoute(route: Route): Route {
  return route.target === undefined ? route : { ...route, target: decodeText(route.target) }
}
