import { isJsonObject, type JsonObject, type JsonValue } from '@jackfield/core'

/** A property of an object in a schema. */
export interface SchemaProperty {
  readonly name: string
  /** Names from the outermost object on, with dots between them. */
  readonly path: string
  readonly property: JsonObject
}

/** Every property of every object in a schema. */
export function propertiesIn(schema: JsonValue, path = 'options'): readonly SchemaProperty[] {
  if (!isJsonObject(schema)) return []
  return [
    ...membersOf(schema).flatMap(([name, property]) => {
      const place = `${path}.${name}`
      const own = isJsonObject(property) ? [{ name, path: place, property }] : []
      return [...own, ...propertiesIn(property, place)]
    }),
    ...partsOf(schema).flatMap((part) => propertiesIn(part, path)),
  ]
}

/** Places of objects that take keys which nobody described. */
export function openObjects(schema: JsonValue, path = 'options'): readonly string[] {
  if (!isJsonObject(schema)) return []
  const isOpen = schema['type'] === 'object' && schema['additionalProperties'] !== false
  return [
    ...(isOpen ? [path] : []),
    ...membersOf(schema).flatMap(([name, property]) => openObjects(property, `${path}.${name}`)),
    ...partsOf(schema).flatMap((part) => openObjects(part, path)),
  ]
}

function membersOf({ properties }: JsonObject): readonly [string, JsonValue][] {
  return isJsonObject(properties) ? Object.entries(properties) : []
}

/** Schemas of list items and of alternatives. */
function partsOf({ items, anyOf, oneOf, allOf }: JsonObject): readonly JsonValue[] {
  return [items, anyOf, oneOf, allOf].flatMap((part) => {
    if (part === undefined) return []
    return Array.isArray(part) ? part : [part]
  })
}
