import type { ConfigNode } from './node.ts'
import { type SchemaNode, typesOf } from './schema-node.ts'

/** The one form of an `anyOf` that a node can be meant as; nothing where there is no such choice, or none is clear. */
export function chooseBranch(schema: SchemaNode, node: ConfigNode): SchemaNode | undefined {
  const fitting = schema.anyOf?.filter((branch) => {
    const types = typesOf(branch)
    return types.length === 0 || jsonTypes(node).some((type) => types.includes(type))
  })
  return fitting?.length === 1 ? fitting[0] : undefined
}

/** The JSON types that a node is an instance of. */
export function jsonTypes(node: ConfigNode): readonly string[] {
  if (node.kind === 'list') return ['array']
  if (node.kind === 'map') return ['object']
  if (node.value === null) return ['null']
  if (typeof node.value === 'number') {
    return Number.isInteger(node.value) ? ['integer', 'number'] : ['number']
  }
  return [typeof node.value === 'boolean' ? 'boolean' : 'string']
}
