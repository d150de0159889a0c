import { isSecret, type NamedSecret } from '@jackfield/core'
import { chooseBranch } from './branch.ts'
import { type ConfigNode, type MapNode, nodeOf, withEntry } from './node.ts'
import { readQuantity } from './quantities.ts'
import { memberSchema, type SchemaNode } from './schema-node.ts'

/** A value as the program gets it: durations in milliseconds, sizes in bytes, secrets with their names; frozen. */
export type DecodedValue =
  | string
  | number
  | boolean
  | null
  | NamedSecret
  | readonly DecodedValue[]
  | { readonly [name: string]: DecodedValue }

/** Adds what a shaped tree leaves out and the schema has a default for, and puts the members in the schema's order. */
export function fillDefaults(map: MapNode, schema: SchemaNode): MapNode {
  const order = new Set([...Object.keys(schema.properties ?? {}), ...map.entries.keys()])
  let filled: MapNode = { ...map, entries: new Map() }
  for (const name of order) {
    const entry = map.entries.get(name)
    const member = memberSchema(schema, name) ?? {}
    const value =
      entry?.value ?? (member.default === undefined ? undefined : nodeOf(member.default))
    if (value === undefined) continue
    const whole = value.kind === 'map' ? fillDefaults(value, member) : value
    filled = withEntry(filled, name, whole, entry?.key)
  }
  return filled
}

/** The value of a shaped, checked tree. */
export function decodeNode(node: ConfigNode, schema: SchemaNode, path = ''): DecodedValue {
  const branch = chooseBranch(schema, node)
  if (branch !== undefined) return decodeNode(node, branch, path)
  switch (node.kind) {
    case 'list': {
      const item = schema.items ?? {}
      return Object.freeze(node.items.map((each, at) => decodeNode(each, item, `${path}[${at}]`)))
    }
    case 'map': {
      const members = [...node.entries].map(([name, entry]) => {
        const inside = path === '' ? name : `${path}.${name}`
        return [name, decodeNode(entry.value, memberSchema(schema, name) ?? {}, inside)] as const
      })
      return Object.freeze(Object.fromEntries(members))
    }
    case 'scalar': {
      const { value, name = path } = node
      if (isSecret(value)) return Object.freeze({ name, value })
      if (schema.quantity === undefined || typeof value === 'boolean' || value === null)
        return value
      return readQuantity(schema.quantity, value) ?? value
    }
  }
}
