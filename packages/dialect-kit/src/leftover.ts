import { type Extensions, isJsonObject, type JsonObject, type JsonValue } from '@jackfield/core'

/** The members of a wire object that have no canonical name. Members that are `null` say nothing and go. */
export function leftoverOf(object: JsonObject, known: ReadonlySet<string>): JsonObject | undefined {
  let leftover: Record<string, JsonValue> | undefined
  for (const key of Object.keys(object)) {
    const value = object[key]
    if (value === undefined || value === null || known.has(key)) continue
    leftover ??= {}
    define(leftover, key, value)
  }
  return leftover
}

/** The same as the `extensions` member of a canonical object. */
export function extensionsOf(
  object: JsonObject,
  known: ReadonlySet<string>,
  dialect: string,
): { readonly extensions?: Extensions } {
  return asExtensions(leftoverOf(object, known), dialect)
}

/** What a dialect has left over, as the `extensions` member of a canonical object: none where nothing is. */
export function asExtensions(
  leftover: JsonObject | undefined,
  dialect: string,
): { readonly extensions?: Extensions } {
  if (leftover === undefined || Object.keys(leftover).length === 0) return {}
  return { extensions: { [dialect]: leftover } }
}

/** A wire object with the members that its canonical form could not hold. What the canonical form says wins. */
export function withLeftover(
  object: JsonObject,
  extensions: Extensions | undefined,
  dialect: string,
): JsonObject {
  const leftover = extensions?.[dialect]
  return leftover === undefined ? object : mergeObjects(leftover, object)
}

/** Members of both; where both have an object, the same for its members; else `over` wins. Order: `over`, then the rest. */
export function mergeObjects(under: JsonObject, over: JsonObject): JsonObject {
  const merged: Record<string, JsonValue> = { ...over }
  for (const key of Object.keys(under)) {
    const value = under[key]
    const present = Object.hasOwn(merged, key) ? merged[key] : undefined
    if (value === undefined) continue
    if (present === undefined) define(merged, key, value)
    else if (isJsonObject(present) && isJsonObject(value)) {
      define(merged, key, mergeObjects(value, present))
    }
  }
  return merged
}

/** Sets a member whatever its name: assigning to `__proto__` would not make one. */
function define(object: Record<string, JsonValue>, key: string, value: JsonValue): void {
  if (key !== '__proto__') object[key] = value
  else Object.defineProperty(object, key, { value, enumerable: true, writable: true })
}
