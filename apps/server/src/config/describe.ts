import { isSecret } from '@jackfield/core'
import type { ConfigNode } from './node.ts'
import { quantityForms } from './quantities.ts'
import { type SchemaNode, typesOf } from './schema-node.ts'

/** What a person should write for a schema: `a whole number from 0 to 65535`, `one of auto, pretty, json`. */
export function describeExpected(schema: SchemaNode): string {
  if (schema.expects !== undefined) return schema.expects
  if (schema.quantity !== undefined) return quantityForms[schema.quantity]
  if (schema.enum !== undefined) return describeChoice(schema.enum)
  if (schema.const !== undefined) return String(schema.const)
  if (schema.anyOf !== undefined) {
    return [...new Set(schema.anyOf.map(describeExpected))].join(', or ')
  }
  const kinds = typesOf(schema).map((type) => describeType(type, schema))
  return kinds.length === 0 ? 'a value' : kinds.join(' or ')
}

function describeChoice(choices: readonly unknown[]): string {
  return choices.length === 1 ? String(choices[0]) : `one of ${choices.join(', ')}`
}

const typeWords: Readonly<Record<string, string>> = {
  string: 'a text',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping of keys to values',
  null: 'nothing',
}

function describeType(type: string, schema: SchemaNode): string {
  if (type === 'integer') return `a whole number${describeRange(schema)}`
  if (type === 'number') return `a number${describeRange(schema)}`
  return typeWords[type] ?? type
}

function describeRange({ minimum, maximum }: SchemaNode): string {
  if (minimum !== undefined && maximum !== undefined) return ` from ${minimum} to ${maximum}`
  if (minimum !== undefined) return ` of at least ${minimum}`
  return maximum === undefined ? '' : ` of at most ${maximum}`
}

/** What was written, by kind only: the value itself may be a secret in the wrong place. */
export function describeFound(node: ConfigNode): string {
  if (node.kind === 'list') return 'a list'
  if (node.kind === 'map') return 'a mapping'
  const { value } = node
  if (value === null) return 'nothing'
  if (isSecret(value) || typeof value === 'string') return value === '' ? 'an empty text' : 'a text'
  return typeof value === 'boolean' ? 'true or false' : 'a number'
}
