import { isObject, itemsOf } from '../strict/shape.ts'

/** Schemas may refer to themselves. */
const maxDepth = 8

/** A value that fits a JSON Schema, always the same for the same schema. Knows what providers accept for tools and structured output. */
export function exampleOf(schema: unknown): unknown {
  return example(schema, schema, 0)
}

function example(schema: unknown, root: unknown, depth: number): unknown {
  if (!isObject(schema) || depth > maxDepth) return null
  if ('const' in schema) return schema['const']
  const choice = itemsOf(schema['enum'])[0]
  if (choice !== undefined) return choice
  const inner = referred(schema['$ref'], root) ?? itemsOf(schema['anyOf'])[0]
  if (inner !== undefined) return example(inner, root, depth + 1)
  const type = Array.isArray(schema['type']) ? schema['type'][0] : schema['type']
  switch (type) {
    case 'object':
      return exampleObject(schema['properties'], root, depth)
    case 'array':
      return [example(schema['items'], root, depth + 1)]
    case 'string':
      return 'text'
    case 'number':
    case 'integer':
      return typeof schema['minimum'] === 'number' ? schema['minimum'] : 1
    case 'boolean':
      return true
    default:
      return null
  }
}

function exampleObject(properties: unknown, root: unknown, depth: number): unknown {
  const entries = isObject(properties) ? Object.entries(properties) : []
  return Object.fromEntries(
    entries.map(([name, property]) => [name, example(property, root, depth + 1)]),
  )
}

function referred(reference: unknown, root: unknown): unknown {
  if (typeof reference !== 'string') return undefined
  const path = reference.replace(/^#\/?/, '').split('/').filter(Boolean)
  return path.reduce<unknown>((place, name) => (isObject(place) ? place[name] : undefined), root)
}
