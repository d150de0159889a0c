import { JsonScanError } from './scan-error.ts'
import { skipColon, skipKey, skipValue } from './skip.ts'
import { byteAt, CLOSE_BRACE, COMMA, fail, type JsonSource, skipSpace } from './source.ts'
import { type JsonMember, spanAt } from './span.ts'
import { decodeKeyToken } from './string-token.ts'

/**
 * Members that an object may have where they are listed: each costs memory, and no protocol has
 * more than a few dozen.
 */
export const DEFAULT_MAX_MEMBERS = 10_000

/** Longest part of a client's key that an error message repeats. */
const SHOWN_KEY_LENGTH = 64
/** Members up to which looking through all of them is cheaper than a set. */
const FEW_MEMBERS = 16

export interface MemberRules {
  readonly refuseDuplicates: boolean
  readonly maxMembers: number
}

/**
 * The members of the object whose opening brace is at `at`, and the offset just after the object.
 */
export function listMembers(
  source: JsonSource,
  at: number,
  rules: MemberRules,
): { members: JsonMember[]; end: number } {
  const members: JsonMember[] = []
  const isKnown = rules.refuseDuplicates ? createNameCheck(members) : () => false
  const end = eachMember(source, at, (member) => {
    if (isKnown(member.name)) failDuplicate(member.name, member.keyStart)
    if (members.length === rules.maxMembers) failTooMany(rules.maxMembers, member.keyStart)
    members.push(member)
  })
  return { members, end }
}

/**
 * Hands over each member of the object whose opening brace is at `at`, and returns the offset just
 * after the object.
 */
export function eachMember(
  source: JsonSource,
  at: number,
  take: (member: JsonMember) => void,
): number {
  source.depth += 1
  let position = skipSpace(source, at + 1)
  let byte = byteAt(source, position) === CLOSE_BRACE ? CLOSE_BRACE : COMMA
  while (byte !== CLOSE_BRACE) {
    const member = readMember(source, position)
    take(member)
    position = skipSpace(source, member.value.end)
    byte = byteAt(source, position)
    if (byte === COMMA) position = skipSpace(source, position + 1)
    else if (byte !== CLOSE_BRACE) fail(source, "expected ',' or '}'", position)
  }
  source.depth -= 1
  return position + 1
}

function readMember(source: JsonSource, keyStart: number): JsonMember {
  const keyEnd = skipKey(source, keyStart)
  const start = skipColon(source, keyEnd)
  const value = spanAt(source, start, skipValue(source, start))
  return { name: decodeKeyToken(source.bytes, keyStart, keyEnd), keyStart, keyEnd, value }
}

/** Tells whether a name was asked for before; `members` holds the names so far. */
function createNameCheck(members: readonly JsonMember[]): (name: string) => boolean {
  let names: Set<string> | undefined
  return (name) => {
    if (members.length < FEW_MEMBERS) return members.some((member) => member.name === name)
    names ??= new Set(members.map((member) => member.name))
    if (names.has(name)) return true
    names.add(name)
    return false
  }
}

export function failDuplicate(name: string, at: number): never {
  const shown = name.length > SHOWN_KEY_LENGTH ? `${name.slice(0, SHOWN_KEY_LENGTH)}…` : name
  throw new JsonScanError(`duplicate key ${JSON.stringify(shown)}`, at)
}

function failTooMany(maxMembers: number, at: number): never {
  throw new JsonScanError(`more than ${maxMembers} keys in one object`, at)
}
