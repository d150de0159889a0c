import { type JsonMember, type JsonValueSpan, readString } from '@jackfield/core'

/** Where the value of a member is, by its name. */
export function memberSpan(
  members: readonly JsonMember[],
  name: string,
): JsonValueSpan | undefined {
  return members.find((candidate) => candidate.name === name)?.value
}

/** The value of a member that is a string. */
export function memberText(
  bytes: Uint8Array,
  members: readonly JsonMember[],
  name: string,
): string | undefined {
  const span = memberSpan(members, name)
  return span?.kind === 'string' ? readString(bytes, span) : undefined
}
