import { GatewayError, type JsonDocument, type JsonKind, type JsonValueSpan } from '@jackfield/core'

/** Kinds that a top-level member may have. `null` always counts as absent. */
export type MemberRules = Readonly<Record<string, readonly JsonKind[]>>

/** Refuses the first member whose value is not of a kind that the rules allow. */
export function checkMembers(document: JsonDocument, rules: MemberRules): void {
  for (const { name, value } of document.members) {
    const kinds = Object.hasOwn(rules, name) ? rules[name] : undefined
    if (kinds === undefined || value.kind === 'null' || kinds.includes(value.kind)) continue
    throw wrongMember(name, `must be ${listKinds(kinds)}, not ${nameKind(value.kind)}`)
  }
}

/** The value of a member that the operation cannot do without. */
export function requireMember(
  document: JsonDocument,
  name: string,
  kinds: readonly JsonKind[],
): JsonValueSpan {
  const value = document.get(name)
  if (value === undefined) throw wrongMember(name, `is missing: it must be ${listKinds(kinds)}`)
  if (value.kind !== 'null') return value
  throw wrongMember(name, `must be ${listKinds(kinds)}, not null`)
}

/**
 * Refuses a conversation that is empty or begins with something that is no message. The others are looked at when somebody reads
 * them: to walk them all would double the price of a forwarded request. A value that is no array is left to {@link checkMembers}.
 */
export function checkConversation(document: JsonDocument, name: string): void {
  const span = requireMember(document, name, ['array'])
  if (span.kind !== 'array') return
  const byte = firstByteIn(document.bytes, span)
  if (byte === CLOSE_BRACKET) throw wrongMember(name, 'must not be empty')
  if (byte !== OPEN_BRACE) throw wrongMember(`${name}[0]`, 'must be an object')
}

/** First byte of an array that is neither its bracket nor white space. */
function firstByteIn(bytes: Uint8Array, { start }: JsonValueSpan): number | undefined {
  let at = start + 1
  while (at < bytes.length && (bytes[at] ?? 0) <= SPACE) at += 1
  return bytes[at]
}

const SPACE = 0x20
const CLOSE_BRACKET = 0x5d
const OPEN_BRACE = 0x7b

/** The error for a member whose value cannot be used, for the scan of a request that nobody has parsed. */
export function wrongMember(param: string, problem: string): GatewayError {
  return new GatewayError('invalid_request', `\`${param}\` ${problem}.`, { param })
}

function listKinds(kinds: readonly JsonKind[]): string {
  return kinds.map(nameKind).join(' or ')
}

function nameKind(kind: JsonKind): string {
  if (kind === 'null') return 'null'
  return kind === 'object' || kind === 'array' ? `an ${kind}` : `a ${kind}`
}
