import { type ListNode, type MapNode, nodeOf, type ScalarNode } from './node.ts'
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

/** The list in a text: JSON where its schema says so, else what stands between the commas. */
export function listIn(node: ScalarNode, schema: SchemaNode): ListNode | undefined {
  if (typeof node.value !== 'string' || !(schema.commas || node.text)) return undefined
  return schema.json ? listInJson(node.value, node) : listBetweenCommas(node.value, node)
}

function listInJson(text: string, { origin }: ScalarNode): ListNode | undefined {
  try {
    const node = nodeOf(JSON.parse(text), origin)
    return node.kind === 'list' ? node : undefined
  } catch {
    return undefined
  }
}

function listBetweenCommas(text: string, node: ScalarNode): ListNode {
  const { variable, ...scalar } = node
  const texts = text.split(',').map((item) => item.trim())
  const items = texts.filter((item) => item !== '').map((value) => ({ ...scalar, value }))
  const only = items.length === 1 && variable !== undefined
  return { kind: 'list', items: only ? [node] : items, origin: node.origin }
}

/** The mapping in a text such as `first=second`, cut at the first `=` that has no backslash before it. The backslash stays. */
export function pairIn(node: ScalarNode, { pair }: SchemaNode): MapNode | undefined {
  const { value, text, origin } = node
  if (pair === undefined || !text || typeof value !== 'string') return undefined
  const first = /^(?:[^\\=]|\\.)*(?==)/s.exec(value)?.[0]
  if (first === undefined) return undefined
  const texts = [first, value.slice(first.length + 1)] as const
  const entries = pair.map((name, at) => {
    const member: ScalarNode = { kind: 'scalar', value: texts[at] ?? '', text: true, origin }
    return [name, { key: origin, value: member }] as const
  })
  return { kind: 'map', entries: new Map(entries), origin }
}
