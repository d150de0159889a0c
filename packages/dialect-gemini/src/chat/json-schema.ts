import { isJsonObject, type JsonObject, type JsonValue } from '@jackfield/core'
import { snakeName } from '../camel-case.ts'

/** Keywords that protobuf writes as texts, because they are 64-bit numbers there. */
const counts: ReadonlySet<string> = new Set([
  'minItems',
  'maxItems',
  'minLength',
  'maxLength',
  'minProperties',
  'maxProperties',
])

/** Keywords of the OpenAPI subset that may come in snake_case. All others are left alone. */
const spelled: ReadonlyMap<string, string> = new Map(
  [...counts, 'anyOf', 'propertyOrdering'].map((name) => [snakeName(name), name]),
)

/**
 * A schema of the OpenAPI subset as JSON Schema: types in lower case, `nullable` as a type, `example` in a list, counts as numbers.
 * A schema that is JSON Schema already comes back the same.
 */
export function jsonSchemaOf(schema: JsonObject): JsonObject {
  const result: Record<string, JsonValue> = {}
  for (const [key, value] of Object.entries(schema)) {
    const name = spelled.get(key) ?? key
    if (name === 'nullable' || (name === 'format' && value === 'enum')) continue
    if (name === 'example') result['examples'] = [value]
    else result[name] = keywordOf(name, value)
  }
  return schema['nullable'] === true ? nullable(result) : result
}

function keywordOf(name: string, value: JsonValue): JsonValue {
  if (name === 'type' && typeof value === 'string') return value.toLowerCase()
  if (counts.has(name) && typeof value === 'string') return Number(value)
  if (name === 'properties' && isJsonObject(value)) return mapValues(value)
  if (name === 'items' && isJsonObject(value)) return jsonSchemaOf(value)
  if (name === 'anyOf' && Array.isArray(value)) return value.map(schemaValue)
  return value
}

function schemaValue(value: JsonValue): JsonValue {
  return isJsonObject(value) ? jsonSchemaOf(value) : value
}

function mapValues(properties: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(properties).map(([name, schema]) => [name, schemaValue(schema)]),
  )
}

function nullable(schema: JsonObject): JsonObject {
  const { type, anyOf, enum: values } = schema
  if (Array.isArray(anyOf)) return { ...schema, anyOf: [...anyOf, { type: 'null' }] }
  if (typeof type !== 'string') return schema
  const allowed = Array.isArray(values) ? { enum: [...values, null] } : {}
  return { ...schema, type: [type, 'null'], ...allowed }
}
