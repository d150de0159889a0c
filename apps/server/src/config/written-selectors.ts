import { type ConfigNode, type MapNode, memberOf } from './node.ts'
import type { Origin } from './origin.ts'

/**
 * What a selector of the configuration is for. `route`: it stands for itself (`default_backend`, `static_route`). `element`: a place of
 * a failover route. `replacement`: what an alias makes of a name.
 */
export type SelectorRole = 'route' | 'element' | 'replacement'

/** A selector and where it stands. */
export interface WrittenSelector {
  readonly role: SelectorRole
  readonly text: string
  /** The setting, as people read it. */
  readonly path: string
  readonly origin: Origin
  /** The pattern of an alias. */
  readonly pattern?: string
  /** The failover route that an element belongs to. */
  readonly route?: string
}

/** Every selector of a configuration, in no particular order. What has a problem already is missing. */
export function writtenSelectors(config: MapNode): readonly WrittenSelector[] {
  return [
    ...['default_backend', 'static_route'].flatMap((path) =>
      textIn(memberOf(config, path), { role: 'route', path }),
    ),
    ...entriesOf(config, 'failover_routes').flatMap(([name, route]) =>
      itemsOf(memberOf(route, 'elements')).flatMap((item, at) => {
        const path = `failover_routes.${name}.elements[${at}]`
        return textIn(item, { role: 'element', route: name, path })
      }),
    ),
    ...itemsOf(memberOf(config, 'model_aliases')).flatMap((alias, at) => {
      const pattern = textOf(memberOf(alias, 'pattern'))
      if (pattern === undefined) return []
      const path = `model_aliases[${at}].replacement`
      return textIn(memberOf(alias, 'replacement'), { role: 'replacement', pattern, path })
    }),
  ]
}

/** The members of a mapping in the configuration. */
export function entriesOf(
  config: MapNode,
  name: string,
): readonly (readonly [name: string, value: ConfigNode, key: Origin])[] {
  const map = memberOf(config, name)
  if (map?.kind !== 'map') return []
  return [...map.entries].map(([member, { key, value }]) => [member, value, key])
}

function itemsOf(node: ConfigNode | undefined): readonly ConfigNode[] {
  return node?.kind === 'list' ? node.items : []
}

function textOf(node: ConfigNode | undefined): string | undefined {
  return node?.kind === 'scalar' && typeof node.value === 'string' ? node.value : undefined
}

function textIn(
  node: ConfigNode | undefined,
  about: Omit<WrittenSelector, 'text' | 'origin'>,
): WrittenSelector | readonly never[] {
  const text = textOf(node)
  return node === undefined || text === undefined ? [] : { ...about, text, origin: node.origin }
}
