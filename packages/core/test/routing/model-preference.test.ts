import { describe, expect, it } from 'vitest'
import { ranked } from '../../src/routing/model-preference.ts'
import type { RoutingView } from '../../src/routing/routing-view.ts'
import { placesOf, planFor, routingView } from './routing-parts.ts'

const lists = { a: ['m'], b: ['m'], c: ['m'], d: [] }
const ranks: Readonly<Record<string, { cost?: number; priority?: number }>> = {
  a: { cost: 3 },
  b: { cost: 1, priority: 5 },
  c: { priority: -1 },
}

describe('the preference', () => {
  it.each([
    ['order', ['a', 'b', 'c']],
    ['round-robin', ['a', 'b', 'c']],
    ['priority', ['b', 'a', 'c']],
    ['cost', ['b', 'a', 'c']],
  ] as const)('%s', (preference, expected) => {
    expect(ranked(['a', 'b', 'c'], preference, (name) => ranks[name] ?? {})).toEqual(expected)
  })

  it('decides among all that list a model, also against the default', async () => {
    const preferring: Partial<RoutingView> = {
      prefersDefault: false,
      defaultBackend: 'a',
      listing: (model) => (model === 'm' ? ['b', 'a', 'c'] : []),
    }
    const view = routingView(lists, preferring)

    expect(placesOf(await planFor('m', view))).toEqual(['b:m', 'a:m', 'c:m'])
    expect(placesOf(await planFor('unlisted', view))).toEqual(['a:unlisted'])
  })

  it('round-robin lets the backends of each model take turns', async () => {
    const view = routingView(lists, { takesTurns: true, prefersDefault: false })
    const places: unknown[] = []
    for (let call = 0; call < 4; call += 1) places.push(placesOf(await planFor('m', view)))

    expect(places).toEqual([
      ['a:m', 'b:m', 'c:m'],
      ['b:m', 'c:m', 'a:m'],
      ['c:m', 'a:m', 'b:m'],
      ['a:m', 'b:m', 'c:m'],
    ])
  })
})
