import { isJsonObject, type JsonObject, type JsonValue } from '@jackfield/core'

/** What one document says that another does not: its members that differ, in their places. Lists are shown whole. */
export function difference(
  from: JsonValue | undefined,
  to: JsonValue | undefined,
): JsonValue | undefined {
  if (to === undefined || same(from, to)) return undefined
  if (isJsonObject(from) && isJsonObject(to)) return membersThatDiffer(from, to)
  return to
}

export function same(one: JsonValue | undefined, other: JsonValue | undefined): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

function membersThatDiffer(from: JsonObject, to: JsonObject): JsonObject {
  const entries = Object.entries(to).flatMap(([name, value]) => {
    const other = difference(from[name], value)
    return other === undefined ? [] : [[name, other] as const]
  })
  return Object.fromEntries(entries)
}
