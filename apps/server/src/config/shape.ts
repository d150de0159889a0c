import { Secret } from '@jackfield/core'
import { chooseBranch, jsonTypes } from './branch.ts'
import { describeExpected, describeFound } from './describe.ts'
import { type Mismatch, mismatch } from './mismatch.ts'
import { nearestName, quoteName } from './names.ts'
import {
  type ConfigNode,
  emptyMap,
  type ListNode,
  type MapEntry,
  type MapNode,
  type ScalarNode,
} from './node.ts'
import type { Report } from './problems.ts'
import { readQuantity } from './quantities.ts'
import { schemaErrors } from './schema-errors.ts'
import { memberSchema, type SchemaNode, typesOf } from './schema-node.ts'
import { listIn, pairIn, readAsType } from './text-values.ts'

/** What the walk through one layer needs and leaves behind. */
export interface Shaping {
  readonly report: Report
  /** Settings with a reported problem: nothing more needs to be said about them. */
  readonly invalid: Set<string>
}

/**
 * Brings a layer into the form that its schema describes: other spellings become the key's own, text becomes numbers
 * and lists where those are expected, secrets are wrapped. What does not fit is reported and left out.
 */
export function shapeNode(
  node: ConfigNode,
  schema: SchemaNode,
  path: string,
  shaping: Shaping,
): ConfigNode | undefined {
  if (takesAnything(schema)) return node
  if (node.kind === 'scalar' && node.failed) {
    shaping.invalid.add(path)
    return undefined
  }
  const branch = chooseBranch(schema, node)
  if (branch !== undefined) return shapeNode(node, branch, path, shaping)
  if (schema.secret) return shapeSecret(node, schema, path, shaping)
  const types = typesOf(schema)
  if (types.includes('object')) {
    const map = asMap(node, schema)
    if (map !== undefined) return shapeMap(map, schema, path, shaping)
  }
  if (types.includes('array')) {
    const list = asList(node, schema)
    if (list !== undefined) return shapeList(list, schema, path, shaping)
  }
  return shapeScalar(node, schema, path, shaping)
}

/** What a schema leaves open stays as it is: a plugin's own schema comes later. */
function takesAnything(schema: SchemaNode): boolean {
  return typesOf(schema).length === 0 && schema.anyOf === undefined && !schema.secret
}

function isNothing(node: ConfigNode): boolean {
  return node.kind === 'scalar' && node.value === null
}

function asMap(node: ConfigNode, schema: SchemaNode): MapNode | undefined {
  if (node.kind === 'map') return node
  if (isNothing(node)) return emptyMap(node.origin)
  return node.kind === 'scalar' ? pairIn(node, schema) : undefined
}

function asList(node: ConfigNode, schema: SchemaNode): ListNode | undefined {
  if (node.kind === 'list') return node
  return node.kind === 'scalar' ? listIn(node, schema) : undefined
}

function shapeSecret(
  node: ConfigNode,
  schema: SchemaNode,
  path: string,
  shaping: Shaping,
): ScalarNode | undefined {
  if (node.kind !== 'scalar' || typeof node.value !== 'string') {
    const inQuotes = node.kind === 'scalar' && node.value !== null
    return refuse(node, path, shaping, {
      message: `expected ${describeExpected(schema)}, found ${describeFound(node)}`,
      fix: inQuotes ? 'put it in quotes' : `write it as text, or as \${env:NAME}`,
    })
  }
  const text = node.text ? node.value.trim() : node.value
  if (text === '' || schemaErrors(schema, text).length > 0) {
    return refuse(node, path, shaping, {
      message: text === '' ? 'it is empty' : `this is not ${describeExpected(schema)}`,
      fix: 'write it without spaces, line breaks and other characters that it does not have',
    })
  }
  return { ...node, value: new Secret(text), name: node.variable ?? path }
}

function shapeList(list: ListNode, schema: SchemaNode, path: string, shaping: Shaping): ListNode {
  const single = list.items.length === 1 && list.items[0]?.origin === list.origin
  const items = list.items.flatMap((item, at) => {
    const shaped = shapeNode(item, schema.items ?? {}, single ? path : `${path}[${at}]`, shaping)
    if (shaped === undefined) shaping.invalid.add(path)
    return shaped ?? []
  })
  return { ...list, items }
}

function shapeMap(map: MapNode, schema: SchemaNode, path: string, shaping: Shaping): MapNode {
  const spellings = spellingsOf(schema)
  const entries = new Map<string, MapEntry>()
  const writtenAs = new Map<string, string>()
  for (const [written, entry] of map.entries) {
    const name = spellings.get(written) ?? written
    const inside = joinPath(path, written)
    const before = writtenAs.get(name)
    const member = memberSchema(schema, name)
    if (before !== undefined) reportTwice({ path, written, before, entry }, shaping)
    else if (member === undefined) reportUnknown({ path, written, entry }, schema, shaping)
    else {
      const value = shapeNode(entry.value, member, inside, shaping)
      if (value !== undefined) entries.set(name, { key: entry.key, value })
      else shaping.invalid.add(joinPath(path, name))
    }
    writtenAs.set(name, written)
  }
  return { ...map, entries }
}

/** Accepted spelling → key. */
function spellingsOf(schema: SchemaNode): ReadonlyMap<string, string> {
  const properties = Object.entries(schema.properties ?? {})
  return new Map(
    properties.flatMap(([name, member]) => (member.alias ?? []).map((alias) => [alias, name])),
  )
}

interface Placed {
  readonly path: string
  readonly written: string
  readonly entry: MapEntry
}

function reportTwice(at: Placed & { readonly before: string }, shaping: Shaping): void {
  const path = joinPath(at.path, at.written)
  shaping.invalid.add(path)
  const message = `this means the same as ${quoteName(at.before)}, which is given too`
  shaping.report({ origin: at.entry.key, path, message, fix: 'keep one of them' })
}

function reportUnknown(at: Placed, schema: SchemaNode, shaping: Shaping): void {
  const known = [...Object.keys(schema.properties ?? {}), ...(schema.neighbours ?? [])]
  const near = nearestName(at.written, [...known, ...spellingsOf(schema).keys()])
  const name = near === undefined ? quoteName(at.written) : `"${at.written}"`
  shaping.invalid.add(joinPath(at.path, at.written))
  if (at.written === '<<') {
    const message = 'merge keys (<<) are not supported'
    shaping.report({ origin: at.entry.key, path: at.path, message, fix: 'write the keys out' })
    return
  }
  shaping.report({
    origin: at.entry.key,
    path: at.path,
    message: `unknown key ${name}`,
    fix: near === undefined ? describeKeys(known, schema) : `did you mean "${near}"?`,
  })
}

function describeKeys(known: readonly string[], schema: SchemaNode): string {
  if (schema.patternProperties !== undefined) return `write ${describeExpected(schema)}`
  if (known.length === 0) return 'remove it'
  return `remove it; known here: ${known.toSorted().join(', ')}`
}

function shapeScalar(
  node: ConfigNode,
  schema: SchemaNode,
  path: string,
  shaping: Shaping,
): ConfigNode | undefined {
  const types = typesOf(schema)
  const read = node.kind === 'scalar' ? readAsType(node, schema) : node
  if (!jsonTypes(read).some((type) => types.includes(type)) || !fits(read, schema)) {
    return refuse(node, path, shaping, mismatch(read, schema))
  }
  return read
}

function fits(node: ConfigNode, schema: SchemaNode): boolean {
  if (node.kind !== 'scalar') return true // judged as a whole, with everything inside
  const { value } = node
  if (schema.quantity === undefined) return schemaErrors(schema, value).length === 0
  const measured = typeof value === 'string' || typeof value === 'number'
  return measured && readQuantity(schema.quantity, value) !== undefined
}

function refuse(node: ConfigNode, path: string, shaping: Shaping, problem: Mismatch): undefined {
  shaping.invalid.add(path)
  shaping.report({ origin: node.origin, path, ...problem })
  return undefined
}

/** The path of a member of a mapping. */
export function joinPath(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`
}
