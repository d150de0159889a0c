import { type AnnotationRule, annotationRules } from './selector-annotation-rules.ts'
import { type Cursor, fail, quote } from './selector-cursor.ts'
import type { CompositeSelector, LeafAnnotations } from './selector-types.ts'

/** One `key=value` and where it was written: whether it may stand there is known only when the operator is. */
export interface WrittenAnnotation {
  readonly key: string
  readonly rule: AnnotationRule
  readonly value: LeafAnnotations
  /** 0-based. */
  readonly position: number
}

/** Text of one entry without white space around it. */
interface Entry {
  readonly text: string
  readonly position: number
}

const nothingWritten: readonly WrittenAnnotation[] = Object.freeze([])
/** None at all; shared by every leaf without annotations. */
export const noAnnotations: LeafAnnotations = Object.freeze({})

/** Reads the blocks before a leaf, each key at most once; leaves the cursor at the leaf. */
export function parseAnnotations(cursor: Cursor): readonly WrittenAnnotation[] | undefined {
  if (cursor.text[cursor.position] !== '[') return nothingWritten
  const written: WrittenAnnotation[] = []
  while (cursor.text[cursor.position] === '[') {
    if (!parseBlock(cursor, written)) return undefined
  }
  if (cursor.text[cursor.position] !== ' ') return written
  return fail(cursor, {
    code: 'syntax_error',
    message: 'There is white space after an annotation. Remove it: the leaf follows "]" directly.',
  })
}

/** What was written before one leaf, as one object. */
export function collectAnnotations(written: readonly WrittenAnnotation[]): LeafAnnotations {
  if (written.length === 0) return noAnnotations
  return Object.assign({}, ...written.map((annotation) => annotation.value))
}

const operators = { fallback: '"|"', weighted: '"^"', race: '"!"' } as const

/** Refuses what means nothing under the operator that joins the leaves, and a second `first`. */
export function checkPlacement(
  cursor: Cursor,
  written: readonly WrittenAnnotation[],
  kind: CompositeSelector['kind'] | undefined,
): boolean {
  const misplaced = written.find(({ rule }) => rule.within !== undefined && rule.within !== kind)
  if (misplaced?.rule.within !== undefined) {
    const { key, rule, position } = misplaced
    const message = `"${key}" has a meaning only between leaves that are joined by ${operators[misplaced.rule.within]}. Remove it, or join the leaves that way.`
    fail(cursor, { code: rule.code, message, position })
    return false
  }
  const second = written.filter(({ key }) => key === 'first')[1]
  if (second === undefined) return true
  const message = 'Two leaves are marked "first". Only one can serve the first request: unmark one.'
  fail(cursor, { code: second.rule.code, message, position: second.position })
  return false
}

function parseBlock(cursor: Cursor, written: WrittenAnnotation[]): boolean {
  const open = cursor.position
  do {
    cursor.position++
    const entry = takeEntry(cursor, open)
    const annotation = entry && readAnnotation(cursor, entry, written)
    if (annotation === undefined) return false
    written.push(annotation)
  } while (cursor.text[cursor.position] === ',')
  cursor.position++
  return true
}

/** Advances to the comma or bracket that ends an entry. */
function takeEntry(cursor: Cursor, open: number): Entry | undefined {
  const start = cursor.position
  const stops = /[[\],]/g
  stops.lastIndex = start
  const stop = stops.exec(cursor.text)
  if (stop === null || stop[0] === '[') {
    return fail(cursor, {
      code: 'syntax_error',
      message: 'This "[" is not closed. Annotations end with "]", directly before their leaf.',
      position: open,
    })
  }
  cursor.position = stop.index
  const text = cursor.text.slice(start, stop.index)
  return { text: text.trim(), position: start + text.length - text.trimStart().length }
}

function readAnnotation(
  cursor: Cursor,
  { text, position }: Entry,
  written: readonly WrittenAnnotation[],
): WrittenAnnotation | undefined {
  const equals = text.indexOf('=')
  if (equals <= 0) return failWithoutKey(cursor, { text, position })
  const key = text.slice(0, equals).trimEnd()
  const rule = annotationRules.get(key)
  if (rule === undefined) {
    const message = `There is no annotation ${quote(key)}. Known are ${knownKeys}.`
    return fail(cursor, { code: 'unsupported_construct', message, position })
  }
  if (written.some((other) => other.key === key)) {
    const message = `"${key}" is given twice for one leaf. Keep one of them.`
    return fail(cursor, { code: rule.code, message, position })
  }
  const value = rule.read(text.slice(equals + 1).trimStart())
  if (value !== undefined) return { key, rule, value, position }
  const message = `${quote(text)} is not valid: "${key}" must be ${rule.expected}.`
  return fail(cursor, { code: rule.code, message, position })
}

const knownKeys = [...annotationRules.keys()].join(', ')

function failWithoutKey(cursor: Cursor, { text, position }: Entry): undefined {
  const what = text === '' ? 'An annotation is empty' : `${quote(text)} is not an annotation`
  const message = `${what}. Write "key=value" with one of ${knownKeys}, or remove it.`
  return fail(cursor, { code: 'syntax_error', message, position })
}
