import { quoteName } from './names.ts'
import { type MapNode, memberOf, withEntry } from './node.ts'
import { configSchema } from './schema.ts'
import { schemaNode } from './schema-node.ts'
import type { Shaping } from './shape.ts'

/** Moves settings that may also stand inside a section (`backends.default_backend`) to their own place. */
export function liftDottedAliases(root: MapNode, shaping: Shaping): MapNode {
  let lifted = root
  for (const [name, member] of Object.entries(schemaNode(configSchema).properties ?? {})) {
    for (const alias of member.alias ?? []) {
      const [section, key] = alias.split('.')
      if (section !== undefined && key !== undefined) {
        lifted = lift(lifted, { name, section, key }, shaping)
      }
    }
  }
  return lifted
}

interface Move {
  readonly name: string
  readonly section: string
  readonly key: string
}

function lift(root: MapNode, { name, section, key }: Move, shaping: Shaping): MapNode {
  const inside = memberOf(root, section)
  const entry = inside?.kind === 'map' ? inside.entries.get(key) : undefined
  if (inside?.kind !== 'map' || entry === undefined) return root
  const path = `${section}.${key}`
  if (root.entries.has(name)) {
    const message = `this means the same as ${quoteName(name)}, which is given too`
    shaping.report({ origin: entry.key, path, message, fix: 'keep one of them' })
  }
  const rest = new Map(inside.entries)
  rest.delete(key)
  const without = withoutMember(root, section, { ...inside, entries: rest })
  return withEntry(without, name, entry.value)
}

/** A section that exists for the other spelling only is gone when nothing else stands in it. */
function withoutMember(root: MapNode, section: string, inside: MapNode): MapNode {
  const isOwn = schemaNode(configSchema).properties?.[section] !== undefined
  if (isOwn || inside.entries.size > 0) return withEntry(root, section, inside)
  const entries = new Map(root.entries)
  entries.delete(section)
  return { ...root, entries }
}
