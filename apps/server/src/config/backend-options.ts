import type { BackendPlugin } from '@jackfield/core'
import { checkWhole } from './check.ts'
import { type DecodedValue, decodeNode, fillDefaults } from './decode.ts'
import { type ConfigNode, type MapNode, withEntry } from './node.ts'
import { backendAliases, backendEntry, backendKeys } from './schema.ts'
import { type SchemaNode, schemaNode } from './schema-node.ts'
import { type Shaping, shapeNode } from './shape.ts'

/** Options of every backend that are the server's own business. */
const hostOptions: ReadonlySet<string> = new Set(Object.keys(backendEntry.properties))

/** A backend's own part of its entry: everything but what every backend has. */
export function pluginPart(entry: MapNode): MapNode {
  const entries = [...entry.entries].filter(([name]) => !hostOptions.has(name))
  return { ...entry, entries: new Map(entries) }
}

/** What every backend has, without the backend's own part. */
export function hostPart(entry: MapNode): MapNode {
  const entries = [...entry.entries].filter(([name]) => hostOptions.has(name))
  return { ...entry, entries: new Map(entries) }
}

/**
 * A plugin's schema as the server applies it: closed, with the published other spellings, and with keys as named secrets
 * whatever form the plugin describes.
 */
export function optionsSchema(plugin: BackendPlugin): SchemaNode {
  const schema = schemaNode(plugin.options)
  const properties = Object.entries(schema.properties ?? {}).map(([name, member]) => {
    const alias = [...(member.alias ?? []), ...(backendAliases[name] ?? [])]
    return [name, name === 'api_keys' ? keysSchema(member, alias) : { ...member, alias }] as const
  })
  return {
    ...schema,
    type: 'object',
    properties: Object.fromEntries(properties),
    neighbours: [...hostOptions],
    additionalProperties: schema.additionalProperties ?? false,
  }
}

function keysSchema(declared: SchemaNode, alias: readonly string[]): SchemaNode {
  return {
    ...schemaNode(backendKeys),
    alias,
    ...(declared.description === undefined ? {} : { description: declared.description }),
    ...(declared.default === undefined ? {} : { default: declared.default }),
  }
}

/** Whether a backend with these options cannot work without a key. */
export function needsKey(plugin: BackendPlugin): boolean {
  const schema = schemaNode(plugin.options)
  const keys = schema.properties?.['api_keys']
  if (keys === undefined) return false
  return (schema.required?.includes('api_keys') ?? false) || (keys.minItems ?? 0) > 0
}

/** Whether the shaped options hold a key. */
export function hasKey(options: MapNode): boolean {
  const keys = options.entries.get('api_keys')?.value
  return keys?.kind === 'list' && keys.items.length > 0
}

export interface CheckedOptions {
  readonly node: MapNode
  readonly value: DecodedValue
}

/** Completes shaped options with defaults, holds them against the whole schema and gives their value. */
export function finishOptions(
  shaped: MapNode,
  schema: SchemaNode,
  path: string,
  shaping: Shaping,
): CheckedOptions {
  const node = withoutRepeatedKeys(fillDefaults(shaped, schema))
  checkWhole(node, schema, path, shaping)
  return { node, value: decodeNode(node, schema, path) }
}

/** The same key twice would have twice its share of requests and be cooled down twice. */
function withoutRepeatedKeys(options: MapNode): MapNode {
  const keys = options.entries.get('api_keys')?.value
  if (keys?.kind !== 'list') return options
  const seen = new Set<string>()
  const items = keys.items.filter((item: ConfigNode) => {
    if (item.kind !== 'scalar' || typeof item.value !== 'object' || item.value === null) return true
    const text = item.value.reveal()
    return seen.has(text) ? false : seen.add(text)
  })
  return withEntry(options, 'api_keys', { ...keys, items })
}

/** Shapes a backend's own part. */
export function shapeOptions(
  part: MapNode,
  schema: SchemaNode,
  path: string,
  shaping: Shaping,
): MapNode {
  const shaped = shapeNode(part, schema, path, shaping)
  return shaped?.kind === 'map' ? shaped : part
}
