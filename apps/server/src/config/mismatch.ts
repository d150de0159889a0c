import { jsonTypes } from './branch.ts'
import { describeExpected, describeFound } from './describe.ts'
import { nearestName } from './names.ts'
import type { ConfigNode } from './node.ts'
import { type SchemaNode, typesOf } from './schema-node.ts'

/** What is wrong with a value, and what to do about it. */
export type Mismatch = { readonly message: string; readonly fix: string }

/** What to say of a value that its schema does not take. */
export function mismatch(node: ConfigNode, schema: SchemaNode): Mismatch {
  const expected = describeExpected(schema)
  const choices = (schema.enum ?? []).filter((choice) => typeof choice === 'string')
  const written = node.kind === 'scalar' && typeof node.value === 'string' ? node.value : ''
  const near = nearestName(written, choices)
  const wrongKind = !jsonTypes(node).some((type) => typesOf(schema).includes(type))
  const message = wrongKind
    ? `expected ${expected}, found ${describeFound(node)}`
    : `expected ${expected}`
  if (near !== undefined) return { message, fix: `did you mean "${near}"?` }
  return { message, fix: fixFor(node, schema) }
}

function fixFor(node: ConfigNode, schema: SchemaNode): string {
  const wantsText = typesOf(schema).includes('string') && schema.quantity === undefined
  if (node.kind === 'scalar' && node.text) {
    if (schema.json) return 'write it as JSON'
    if (schema.pair !== undefined) return `write ${schema.pair.join('=')}`
  }
  if (node.kind === 'scalar' && node.value === null) return 'give it a value, or remove the key'
  if (wantsText && node.kind === 'scalar' && typeof node.value !== 'string')
    return 'put it in quotes'
  return schema.default === undefined || typeof schema.default === 'object'
    ? 'correct it'
    : `correct it, or remove it for the default ${schema.default}`
}
