import { isJsonObject, type JsonObject, type JsonValue } from '@jackfield/core'

/**
 * `strict` as OpenAI takes it with a schema: it refuses a request whose strict schema does not close every object and require all of
 * its properties (protocol reference 1.5), as others do not demand. Such a schema goes without, which `dropped` names.
 */
export function strictFor(
  strict: boolean | undefined,
  schema: Readonly<Record<string, unknown>> | undefined,
  dropped: Set<string>,
): boolean | undefined {
  if (strict !== true || schema === undefined || isStrict(schema as JsonObject)) return strict
  dropped.add('strict')
  return false
}

function isStrict(schema: JsonValue | undefined): boolean {
  if (!isJsonObject(schema)) return true
  return isClosed(schema) && childSchemas(schema).every(isStrict)
}

function isClosed({ type, properties, required, additionalProperties }: JsonObject): boolean {
  if (type !== 'object' && !isJsonObject(properties)) return true
  const names = isJsonObject(properties) ? Object.keys(properties) : []
  const needed = Array.isArray(required) ? required : []
  return additionalProperties === false && names.every((name) => needed.includes(name))
}

function childSchemas(schema: JsonObject): readonly JsonValue[] {
  const named = ['properties', '$defs', 'definitions'].flatMap((group) => {
    const members = schema[group]
    return isJsonObject(members) ? Object.values(members) : []
  })
  const { anyOf, items } = schema
  return [...named, ...(Array.isArray(anyOf) ? anyOf : []), ...(items === undefined ? [] : [items])]
}
