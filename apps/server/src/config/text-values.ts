import type { ScalarNode } from './node.ts'
import { type SchemaNode, typesOf } from './schema-node.ts'

const switches: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  on: true,
  '1': true,
  false: false,
  no: false,
  off: false,
  '0': false,
}

/**
 * A scalar as its schema means it: text that is a flag's, a variable's or an expansion's becomes a number or switch where
 * one is expected; choices are recognised in any case and under their published other names.
 */
export function readAsType(node: ScalarNode, schema: SchemaNode): ScalarNode {
  const { value } = node
  if (typeof value !== 'string') return node
  if (schema.enum !== undefined) return { ...node, value: readChoice(value, schema) }
  const types = typesOf(schema)
  if (!node.text || (types.includes('string') && schema.quantity === undefined)) return node
  const text = value.trim()
  if (types.includes('boolean') && Object.hasOwn(switches, text.toLowerCase())) {
    return { ...node, value: switches[text.toLowerCase()] ?? false }
  }
  const numeric = types.includes('integer') || types.includes('number')
  return numeric && /^-?[0-9]+(\.[0-9]+)?$/.test(text) ? { ...node, value: Number(text) } : node
}

function readChoice(text: string, schema: SchemaNode): string {
  const folded = text.trim().toLowerCase()
  const meant = schema.synonyms?.[folded] ?? folded
  return schema.enum?.includes(meant) ? meant : text
}
