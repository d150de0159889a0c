import { isJsonObject, type JsonObject, type JsonValue } from '@jackfield/core'

/** Members whose value belongs to the client or to a tool: the names in it are nobody's to change. */
const foreign: ReadonlySet<string> = new Set([
  'args',
  'response',
  'parameters',
  'parametersJsonSchema',
  'responseSchema',
  'responseJsonSchema',
  'labels',
  'partMetadata',
  'headers',
])

/**
 * A wire value in the canonical spelling. Google takes camelCase and the snake_case of its protobuf names at every level, and
 * clients mix them inside one object (protocol reference 8.5). Where both are given, camelCase wins. The same value comes
 * back where nothing changes.
 */
export function camelCased(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return camelList(value)
  return isJsonObject(value) ? camelObject(value) : value
}

/** The same for an object. */
export function camelObject(object: JsonObject): JsonObject {
  let changed: [string, JsonValue][] | undefined
  const entries = Object.entries(object)
  for (const [index, [key, value]] of entries.entries()) {
    const name = camelName(key)
    const mapped = foreign.has(name) ? value : camelCased(value)
    if (name === key && mapped === value) continue
    changed ??= [...entries]
    changed[index] = [name, mapped]
  }
  return changed === undefined ? object : withCanonicalFirst(object, changed)
}

function camelList(list: readonly JsonValue[]): JsonValue {
  let changed: JsonValue[] | undefined
  for (const [index, item] of list.entries()) {
    const mapped = camelCased(item)
    if (mapped === item) continue
    changed ??= [...list]
    changed[index] = mapped
  }
  return changed ?? list
}

/** Without the members that the object has in camelCase besides, unless those say nothing. */
function withCanonicalFirst(
  object: JsonObject,
  entries: readonly (readonly [string, JsonValue])[],
): JsonObject {
  const keys = Object.keys(object)
  return Object.fromEntries(
    entries.filter(([name], index) => {
      if (keys[index] === name) return object[name] !== null || !isTwice(entries, name)
      return (object[name] ?? null) === null
    }),
  )
}

function isTwice(entries: readonly (readonly [string, JsonValue])[], name: string): boolean {
  return entries.filter(([other]) => other === name).length > 1
}

/** `mime_type` as `mimeType`. A name that begins with an underscore is nobody's protobuf name. */
export function camelName(key: string): string {
  if (!key.includes('_') || key.startsWith('_')) return key
  return key.replaceAll(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
}

/** `mimeType` as `mime_type`. */
export function snakeName(key: string): string {
  return key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}
