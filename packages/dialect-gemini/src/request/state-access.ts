import {
  applySplices,
  type JsonElement,
  type JsonValueSpan,
  type OpaqueState,
  readString,
  replaceValue,
  type Splice,
  type StateAccess,
} from '@jackfield/core'
import { asInvalidRequest, cutItems } from '@jackfield/dialect-kit'
import type { Variant } from '../options.ts'
import { statesOfSignature } from '../signatures.ts'
import {
  bareCall,
  bareCalls,
  contentsOf,
  firstCalls,
  isSignature,
  signaturesIn,
  type WireContent,
} from './call-steps.ts'
import { placesOf } from './key-places.ts'

const QUOTE = 0x22
const COLON = 0x3a
const BACKSLASH = 0x5c
const SPACE = 0x20

/**
 * Signatures in request bodies, and calls that lack one: found by searching the bytes, taken out, replaced or put in by splices. Calls
 * are looked at one by one only where there are some.
 */
export function createStateAccess(variant: Variant): StateAccess {
  return {
    find: (body) => [...findStates(body), ...bareCalls(body)],
    without: (body, keeps) => withoutStates(body, keeps, variant),
  }
}

/** The signatures that a body holds, in their order, without parsing it. */
export function findStates(body: Uint8Array): readonly OpaqueState[] {
  const bytes = asBuffer(body)
  return placesOf(bytes, 'signature').flatMap((at) => statesOfSignature(textBehind(bytes, at)))
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/** The string that is the value of the key that ends at an offset. */
function textBehind(bytes: Buffer, at: number): string | undefined {
  const start = valueStart(bytes, at)
  const stop = start === -1 ? -1 : stringEnd(bytes, start)
  return stop === -1 ? undefined : textOf(bytes, start, stop)
}

/** Where the string behind a key and its colon begins, or -1. */
function valueStart(bytes: Buffer, from: number): number {
  const colon = skipSpace(bytes, from)
  if (bytes[colon] !== COLON) return -1
  const start = skipSpace(bytes, colon + 1)
  return bytes[start] === QUOTE ? start : -1
}

function skipSpace(bytes: Buffer, from: number): number {
  let at = from
  while (at < bytes.length && (bytes[at] ?? 0) <= SPACE) at += 1
  return at
}

/** Just behind the closing quote, or -1. */
function stringEnd(bytes: Buffer, start: number): number {
  let at = bytes.indexOf(QUOTE, start + 1)
  while (at !== -1 && isEscaped(bytes, at)) at = bytes.indexOf(QUOTE, at + 1)
  return at === -1 ? -1 : at + 1
}

function isEscaped(bytes: Buffer, at: number): boolean {
  let slashes = 0
  while (bytes[at - 1 - slashes] === BACKSLASH) slashes += 1
  return slashes % 2 === 1
}

function textOf(bytes: Buffer, start: number, end: number): string | undefined {
  const inside = bytes.toString('utf8', start + 1, end - 1)
  if (!inside.includes('\\')) return inside
  try {
    const text: unknown = JSON.parse(`"${inside}"`)
    return typeof text === 'string' ? text : undefined
  } catch {
    return undefined
  }
}

type Keeps = (state: OpaqueState) => boolean

/**
 * The body without the signatures that are refused. The first call of each step of the current turn gets the placeholder, also where
 * somebody made it who signs nothing: newer models demand a signature there, and older ones do not look. A part that held nothing but
 * its signature goes.
 */
function withoutStates(
  body: Uint8Array,
  keeps: Keeps,
  { signaturePlaceholder }: Variant,
): Uint8Array {
  try {
    const contents = contentsOf(body)
    const removal = {
      keeps,
      needed: firstCalls(contents),
      placeholder: JSON.stringify(signaturePlaceholder),
    }
    const splices = contents.flatMap((content) => contentSplices(body, content, removal))
    return applySplices(
      body,
      splices.toSorted((one, other) => one.start - other.start),
    )
  } catch (error) {
    throw asInvalidRequest(error)
  }
}

interface Removal {
  readonly keeps: Keeps
  /** Calls that must be signed. */
  readonly needed: ReadonlySet<JsonElement>
  /** What stands there for a signature, as JSON. */
  readonly placeholder: string
}

function contentSplices(
  body: Uint8Array,
  { parts }: WireContent,
  { keeps, needed, placeholder }: Removal,
): readonly Splice[] {
  const refused = parts.map((part) => isRefused(body, part, keeps))
  const emptied = parts.map((part, index) => refused[index] === true && saysNothing(body, part))
  const drops = emptied.every(Boolean) ? emptied.map(() => false) : emptied
  const inner = parts.flatMap((part, index): readonly Splice[] => {
    if (drops[index] === true) return []
    if (needed.has(part)) {
      const isMissed = refused[index] === true || isMissing(body, part, keeps)
      return isMissed ? signed(part, placeholder) : []
    }
    return refused[index] === true ? removed(part) : []
  })
  const spans = parts.map(({ span }) => span)
  return [...cutItems(spans, (index) => drops[index] !== true), ...inner]
}

function isRefused(body: Uint8Array, part: JsonElement, keeps: Keeps): boolean {
  return signaturesIn(part).some(({ value }) => {
    const text = value.kind === 'string' ? readString(body, value) : ''
    return !statesOfSignature(text).every(keeps)
  })
}

/** Whether a call lacks a signature that others than its provider would miss. */
function isMissing(body: Uint8Array, part: JsonElement, keeps: Keeps): boolean {
  const call = bareCall(body, part)
  return call !== undefined && !keeps(call)
}

/** An empty text, be it a thought or not. */
function saysNothing(body: Uint8Array, { members = [] }: JsonElement): boolean {
  const others = members.filter(({ name }) => !isSignature(name) && name !== 'thought')
  const [only, second] = others
  if (only === undefined) return true
  return second === undefined && only.name === 'text' && isEmptyText(body, only.value)
}

function isEmptyText(body: Uint8Array, value: JsonValueSpan): boolean {
  return value.kind === 'string' && readString(body, value) === ''
}

/** The part with another signature, or its first. A part has its signature in one spelling; in both, both are replaced. */
function signed(part: JsonElement, json: string): readonly Splice[] {
  const signatures = signaturesIn(part)
  if (signatures.length > 0) return signatures.map(({ value }) => replaceValue(value, json))
  const end = part.members?.at(-1)?.value.end
  if (end === undefined) return []
  return [{ start: end, end, insert: Buffer.from(`,"thoughtSignature":${json}`) }]
}

function removed({ members = [] }: JsonElement): readonly Splice[] {
  const items = members.map(({ keyStart, value }) => ({ start: keyStart, end: value.end }))
  return cutItems(items, (index) => !isSignature(members[index]?.name ?? ''))
}
