import { isJsonObject, type JsonObject, type JsonValue } from '@jackfield/core'

/** Keywords that structured output does not take (protocol reference 5.5). */
const unsupported: ReadonlySet<string> = new Set([
  ...['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'],
  ...['minLength', 'maxLength', 'maxItems', 'minProperties', 'maxProperties'],
])

/** Keywords whose value is a map of names to schemas: the names are not keywords. */
const maps: ReadonlySet<string> = new Set([
  'properties',
  'patternProperties',
  '$defs',
  'definitions',
])

/** Keywords whose value is data and no schema. */
const data: ReadonlySet<string> = new Set(['enum', 'const', 'default', 'examples', 'required'])

/**
 * A schema in the form that structured output takes: objects closed, limits of numbers and lengths told in the description, where the
 * model can read them. The same object where nothing is to be changed.
 */
export function outputSchema(schema: JsonObject): JsonObject {
  const limits = Object.keys(schema).filter((key) => unsupported.has(key))
  const members = Object.entries(schema).filter(([key]) => !unsupported.has(key))
  const result = Object.fromEntries(members.map(([key, value]) => [key, mapKeyword(key, value)]))
  if (schema['type'] === 'object' || isJsonObject(schema['properties'])) {
    result['additionalProperties'] = false
  }
  if (limits.length > 0) result['description'] = describe(schema, limits)
  return JSON.stringify(result) === JSON.stringify(schema) ? schema : result
}

function mapKeyword(key: string, value: JsonValue): JsonValue {
  if (data.has(key)) return value
  if (maps.has(key)) {
    if (!isJsonObject(value)) return value
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, mapSchema(item)]))
  }
  return Array.isArray(value) ? value.map(mapSchema) : mapSchema(value)
}

function mapSchema(value: JsonValue): JsonValue {
  return isJsonObject(value) ? outputSchema(value) : value
}

function describe(schema: JsonObject, limits: readonly string[]): string {
  const said = limits.map((key) => `${key}: ${JSON.stringify(schema[key])}`).join(', ')
  const { description } = schema
  return typeof description === 'string' ? `${description} (${said})` : said
}

/** The schema of a tool's arguments, which must be that of an object. */
export function inputSchema(schema: JsonObject | undefined): JsonObject {
  if (schema === undefined) return { type: 'object', properties: {} }
  return schema['type'] === 'object' ? schema : { ...schema, type: 'object' }
}

/** A schema that came as JSON goes as JSON: its type is wider only so that authors can write it with a schema library. */
export function schemaValue(schema: Readonly<Record<string, unknown>>): JsonObject {
  return schema as JsonObject
}
