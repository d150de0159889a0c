import {
  applySplices,
  type JsonElement,
  type JsonMember,
  type JsonValueSpan,
  type OpaqueState,
  readString,
  replaceValue,
  type Splice,
  type StateAccess,
  scanDocument,
} from '@jackfield/core'
import { asInvalidRequest, cutItems } from '@jackfield/dialect-kit'
import type { Variant } from '../options.ts'
import { statesOfSignature } from '../signatures.ts'
import { elementsIn, roleOf, spanOf } from './spans.ts'

const keys = ['"thoughtSignature"', '"thought_signature"'].map((key) => Buffer.from(key))
const names = ['thoughtSignature', 'thought_signature']

const QUOTE = 0x22
const COLON = 0x3a
const BACKSLASH = 0x5c
const SPACE = 0x20

/** Signatures in request bodies: found by searching the bytes, taken out or replaced by splices. */
export function createStateAccess(variant: Variant): StateAccess {
  return {
    find: findStates,
    without: (body, keeps) => withoutStates(body, keeps, variant),
  }
}

/** The signatures that a body holds, in their order, without parsing it. */
export function findStates(body: Uint8Array): readonly OpaqueState[] {
  const bytes = asBuffer(body)
  return keys
    .flatMap((key) => tokensBehind(bytes, key))
    .toSorted((one, other) => one.at - other.at)
    .flatMap(({ text }) => statesOfSignature(text))
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

interface Token {
  readonly at: number
  readonly text: string
}

/** The string values behind a key. A key with its quotes escaped stands in somebody's text. */
function tokensBehind(bytes: Buffer, key: Buffer): readonly Token[] {
  const tokens: Token[] = []
  let at = bytes.indexOf(key)
  while (at !== -1) {
    const end = at + key.length
    const start = bytes[at - 1] === BACKSLASH ? -1 : valueStart(bytes, end)
    const stop = start === -1 ? -1 : stringEnd(bytes, start)
    const text = stop === -1 ? undefined : textOf(bytes, start, stop)
    if (text !== undefined) tokens.push({ at, text })
    at = bytes.indexOf(key, end)
  }
  return tokens
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

interface Content {
  readonly isUser: boolean
  readonly parts: readonly JsonElement[]
}

type Keeps = (state: OpaqueState) => boolean

/**
 * The body without the signatures that are refused. The first call of each step of the current turn gets the placeholder, because
 * newer models demand a signature there and older ones do not look; a part that held nothing but its signature goes.
 */
function withoutStates(
  body: Uint8Array,
  keeps: Keeps,
  { signaturePlaceholder }: Variant,
): Uint8Array {
  try {
    const contents = contentsOf(body)
    const turnStart = currentTurn(contents)
    const splices = contents.flatMap((content, index) =>
      contentSplices(body, content, {
        keeps,
        ...(index > turnStart ? { placeholder: JSON.stringify(signaturePlaceholder) } : {}),
      }),
    )
    return applySplices(
      body,
      splices.toSorted((one, other) => one.start - other.start),
    )
  } catch (error) {
    throw asInvalidRequest(error)
  }
}

function contentsOf(body: Uint8Array): readonly Content[] {
  const span = scanDocument(body).get('contents')
  return [...elementsIn(body, span)].map(({ members = [] }) => {
    const role = roleOf(body, members)
    const isUser = role !== 'model' && role !== 'assistant'
    return { isUser, parts: [...elementsIn(body, spanOf(members, 'parts'))] }
  })
}

/** Index of the content with which the current turn begins: the last words of the user that do not stand beside responses. */
function currentTurn(contents: readonly Content[]): number {
  return contents.findLastIndex(
    (content, index) =>
      content.isUser && ![-1, 0, 1].some((offset) => answers(neighbour(contents, index + offset))),
  )
}

function neighbour(contents: readonly Content[], index: number): Content | undefined {
  const content = contents[index]
  return content?.isUser === true ? content : undefined
}

function answers(content: Content | undefined): boolean {
  return (
    content?.parts.some((part) => has(part, ['functionResponse', 'function_response'])) === true
  )
}

function has({ members = [] }: JsonElement, wanted: readonly string[]): boolean {
  return members.some(({ name }) => wanted.includes(name))
}

interface Removal {
  readonly keeps: Keeps
  /** What stands for a signature that is needed; absent where none is. */
  readonly placeholder?: string
}

function contentSplices(
  body: Uint8Array,
  { parts }: Content,
  { keeps, placeholder }: Removal,
): readonly Splice[] {
  const firstCall = parts.findIndex((part) => has(part, ['functionCall', 'function_call']))
  const refused = parts.map((part) => isRefused(body, part, keeps))
  const emptied = parts.map((part, index) => refused[index] === true && saysNothing(body, part))
  const drops = emptied.every(Boolean) ? emptied.map(() => false) : emptied
  const inner = parts.flatMap((part, index): readonly Splice[] => {
    if (refused[index] !== true || drops[index] === true) return []
    const isNeeded = index === firstCall && placeholder !== undefined
    return isNeeded ? replaced(part, placeholder) : removed(part)
  })
  const spans = parts.map(({ span }) => span)
  return [...cutItems(spans, (index) => drops[index] !== true), ...inner]
}

function signatureIn({ members = [] }: JsonElement): readonly JsonMember[] {
  return members.filter(({ name }) => names.includes(name))
}

function isRefused(body: Uint8Array, part: JsonElement, keeps: Keeps): boolean {
  return signatureIn(part).some(({ value }) => {
    const text = value.kind === 'string' ? readString(body, value) : ''
    return !statesOfSignature(text).every(keeps)
  })
}

/** An empty text, be it a thought or not. */
function saysNothing(body: Uint8Array, { members = [] }: JsonElement): boolean {
  const others = members.filter(({ name }) => !names.includes(name) && name !== 'thought')
  const [only, second] = others
  if (only === undefined) return true
  return second === undefined && only.name === 'text' && isEmptyText(body, only.value)
}

function isEmptyText(body: Uint8Array, value: JsonValueSpan): boolean {
  return value.kind === 'string' && readString(body, value) === ''
}

/** A part has its signature in one spelling; in both, both are replaced. */
function replaced(part: JsonElement, json: string): readonly Splice[] {
  return signatureIn(part).map(({ value }) => replaceValue(value, json))
}

function removed({ members = [] }: JsonElement): readonly Splice[] {
  const items = members.map(({ keyStart, value }) => ({ start: keyStart, end: value.end }))
  return cutItems(items, (index) => !names.includes(members[index]?.name ?? ''))
}
