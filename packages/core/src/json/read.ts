import { asBuffer } from '../as-buffer.ts'
import {
  DEFAULT_MAX_MEMBERS,
  eachMember,
  failDuplicate,
  listMembers,
  type MemberRules,
} from './members.ts'
import { skipValue } from './skip.ts'
import {
  byteAt,
  CLOSE_BRACKET,
  COMMA,
  createSource,
  fail,
  type JsonSource,
  OPEN_BRACE,
  skipSpace,
} from './source.ts'
import { type JsonKind, type JsonMember, type JsonValueSpan, spanAt } from './span.ts'
import { decodeStringToken } from './string-token.ts'

/**
 * The scan of the document has bounded the depth; a small integer keeps the field's representation.
 */
const NO_DEPTH_LIMIT = 0x3fffffff

export interface ObjectMembersOptions {
  /** What happens when two members have the same name. Default: they are refused. */
  readonly duplicates?: 'refuse' | 'keep'
  /** Members that the object may have. Default 10,000. */
  readonly maxMembers?: number
}

/**
 * The members of an object in a document that has been scanned, in their order.
 *
 * @throws JsonScanError when a name comes twice, unless duplicates are kept, or when there are too
 * many members.
 */
export function objectMembers(
  bytes: Uint8Array,
  span: JsonValueSpan,
  options: ObjectMembersOptions = {},
): readonly JsonMember[] {
  return listMembers(open(bytes, span, 'object'), span.start, memberRules(options)).members
}

/**
 * The value of one member of an object in a document that has been scanned. Which of two to take
 * would be a guess that a provider might make otherwise, so the whole object is read.
 *
 * @throws JsonScanError when the name comes twice.
 */
export function member(
  bytes: Uint8Array,
  span: JsonValueSpan,
  name: string,
): JsonValueSpan | undefined {
  let found: JsonValueSpan | undefined
  eachMember(open(bytes, span, 'object'), span.start, (candidate) => {
    if (candidate.name !== name) return
    if (found !== undefined) failDuplicate(name, candidate.keyStart)
    found = candidate.value
  })
  return found
}

/**
 * The elements of an array in a document that has been scanned, each found when it is asked for.
 */
export function* arrayElements(
  bytes: Uint8Array,
  span: JsonValueSpan,
): Generator<JsonValueSpan, void, undefined> {
  const source = open(bytes, span, 'array')
  let position = firstElement(source, span)
  while (position !== -1) {
    const element = spanAt(source, position, skipValue(source, position))
    yield element
    position = nextElement(source, element.end)
  }
}

/** One element of an array, with its members if it is an object. */
export interface JsonElement {
  readonly span: JsonValueSpan
  readonly members?: readonly JsonMember[]
}

/**
 * The elements of an array of objects, each read when it is asked for and in one pass, which takes
 * half the time of `arrayElements` and then `objectMembers`.
 *
 * @throws JsonScanError as `objectMembers` does.
 */
export function* objectElements(
  bytes: Uint8Array,
  span: JsonValueSpan,
  options: ObjectMembersOptions = {},
): Generator<JsonElement, void, undefined> {
  const source = open(bytes, span, 'array')
  const rules = memberRules(options)
  let position = firstElement(source, span)
  while (position !== -1) {
    const element = readElement(source, position, rules)
    yield element
    position = nextElement(source, element.span.end)
  }
}

function readElement(source: JsonSource, at: number, rules: MemberRules): JsonElement {
  if (byteAt(source, at) !== OPEN_BRACE) return { span: spanAt(source, at, skipValue(source, at)) }
  const { members, end } = listMembers(source, at, rules)
  return { span: spanAt(source, at, end), members }
}

/** Offset of the first element of an array, or -1. */
function firstElement(source: JsonSource, span: JsonValueSpan): number {
  const position = skipSpace(source, span.start + 1)
  return byteAt(source, position) === CLOSE_BRACKET ? -1 : position
}

/** Offset of the element behind the one that ends at `end`, or -1. */
function nextElement(source: JsonSource, end: number): number {
  const position = skipSpace(source, end)
  const byte = byteAt(source, position)
  if (byte === CLOSE_BRACKET) return -1
  if (byte !== COMMA) fail(source, "expected ',' or ']'", position)
  return skipSpace(source, position + 1)
}

/** The text of a string in a document that has been scanned. */
export function readString(bytes: Uint8Array, span: JsonValueSpan): string {
  expectKind(span, 'string')
  return decodeStringToken(asBuffer(bytes), span.start, span.end)
}

/** A number in a document that has been scanned, as JSON.parse would read it. */
export function readNumber(bytes: Uint8Array, span: JsonValueSpan): number {
  expectKind(span, 'number')
  return Number(asBuffer(bytes).toString('latin1', span.start, span.end))
}

/** A boolean in a document that has been scanned. */
export function readBoolean(bytes: Uint8Array, span: JsonValueSpan): boolean {
  expectKind(span, 'boolean')
  return bytes[span.start] === 0x74
}

/**
 * Any value in a document that has been scanned, parsed by itself. Of duplicate keys below it the
 * last one holds.
 */
export function readValue(bytes: Uint8Array, span: JsonValueSpan): unknown {
  return JSON.parse(asBuffer(bytes).toString('utf8', span.start, span.end))
}

function memberRules(options: ObjectMembersOptions): MemberRules {
  return {
    refuseDuplicates: options.duplicates !== 'keep',
    maxMembers: options.maxMembers ?? DEFAULT_MAX_MEMBERS,
  }
}

function open(bytes: Uint8Array, span: JsonValueSpan, kind: JsonKind): JsonSource {
  expectKind(span, kind)
  return createSource(bytes, NO_DEPTH_LIMIT)
}

function expectKind(span: JsonValueSpan, kind: JsonKind): void {
  if (span.kind !== kind) throw new TypeError(`expected a JSON ${kind}, found ${span.kind}`)
}
