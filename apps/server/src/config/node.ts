import { isSecret, type Secret } from '@jackfield/core'
import { builtIn, type Origin } from './origin.ts'

/** A value of the configuration together with where it was given. Layers are such trees, and so is their sum. */
export type ConfigNode = ScalarNode | ListNode | MapNode

type ScalarValue = string | number | boolean | null | Secret

export interface ScalarNode {
  readonly kind: 'scalar'
  readonly value: ScalarValue
  readonly origin: Origin
  /** The value is text by nature (a flag, a variable, an expansion), so that `8000` may mean a number. */
  readonly text?: true
  /** The variable whose whole value this is. */
  readonly variable?: string
  /** What people may call this secret: the variable, or the setting as it was written. */
  readonly name?: string
  /** The value could not be read, and the problem is reported already. */
  readonly failed?: true
}

export interface ListNode {
  readonly kind: 'list'
  readonly items: readonly ConfigNode[]
  readonly origin: Origin
}

export interface MapNode {
  readonly kind: 'map'
  readonly entries: ReadonlyMap<string, MapEntry>
  readonly origin: Origin
}

export interface MapEntry {
  /** Where the key stands. */
  readonly key: Origin
  readonly value: ConfigNode
}

export type PlainValue = string | number | boolean | null | readonly PlainValue[] | PlainObject

interface PlainObject {
  readonly [name: string]: PlainValue
}

export function emptyMap(origin: Origin): MapNode {
  return { kind: 'map', entries: new Map(), origin }
}

/** The tree of a plain value, all of it from one origin. */
export function nodeOf(value: unknown, origin: Origin = builtIn): ConfigNode {
  if (Array.isArray(value)) {
    return { kind: 'list', items: value.map((item) => nodeOf(item, origin)), origin }
  }
  if (isScalarValue(value)) return { kind: 'scalar', value, origin }
  const entries = Object.entries(value ?? {}).map(
    ([name, member]) => [name, { key: origin, value: nodeOf(member, origin) }] as const,
  )
  return { kind: 'map', entries: new Map(entries), origin }
}

function isScalarValue(value: unknown): value is ScalarValue {
  return value === null || typeof value !== 'object' || isSecret(value)
}

/** The plain value of a tree, secrets as their text. For validators only: never print it. */
export function revealedValue(node: ConfigNode): PlainValue {
  switch (node.kind) {
    case 'scalar':
      return isSecret(node.value) ? node.value.reveal() : node.value
    case 'list':
      return node.items.map(revealedValue)
    case 'map':
      return Object.fromEntries(
        [...node.entries].map(([name, entry]) => [name, revealedValue(entry.value)]),
      )
  }
}

/** The sum of two layers: maps are united, of anything else the stronger one is taken whole. */
export function mergeMaps(strong: MapNode, weak: MapNode): MapNode {
  const entries = new Map(weak.entries)
  for (const [name, entry] of strong.entries) {
    const below = weak.entries.get(name)?.value
    const isUnited = entry.value.kind === 'map' && below?.kind === 'map'
    entries.set(name, isUnited ? { ...entry, value: mergeMaps(entry.value, below) } : entry)
  }
  return { ...strong, entries }
}

/** The same map with one more entry, or with another value for an entry. The key's place is kept, or is the value's. */
export function withEntry(map: MapNode, name: string, value: ConfigNode, place?: Origin): MapNode {
  const key = place ?? map.entries.get(name)?.key ?? value.origin
  return { ...map, entries: new Map(map.entries).set(name, { key, value }) }
}

/** A tree that holds one value at a path of at least one name. */
export function mapAt([name = '', ...inner]: readonly string[], value: ConfigNode): MapNode {
  const member = inner.length === 0 ? value : mapAt(inner, value)
  return withEntry(emptyMap(value.origin), name, member)
}

/** The entry's value, if the node is a map that has it. */
export function memberOf(node: ConfigNode | undefined, name: string): ConfigNode | undefined {
  return node?.kind === 'map' ? node.entries.get(name)?.value : undefined
}
