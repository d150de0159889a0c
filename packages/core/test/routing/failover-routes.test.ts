import { describe, expect, it } from 'vitest'
import type { FailoverPolicy, FailoverRoute } from '../../src/routing/failover-route.ts'
import type { RoutingRequest } from '../../src/routing/routing-view.ts'
import { placesOf, planFor, routingView } from './routing-parts.ts'

const elements = ['a:one', 'b:two']

function viewWith(routes: Readonly<Record<string, FailoverRoute>>) {
  const targets = { a: ['k1', 'k2'], b: ['k1', 'k2', 'k3'], c: [] }
  return routingView(
    { a: ['shared'], b: ['shared'], c: [] },
    {
      targets: (backend) => (backend in targets ? targets[backend as keyof typeof targets] : []),
      failoverRoutes: new Map(Object.entries(routes)),
    },
  )
}

const placesFor = async (policy: FailoverPolicy, request: Partial<RoutingRequest> = {}) =>
  placesOf(await planFor('route', viewWith({ route: { policy, elements } }), request))

describe('a failover route', () => {
  it.each<[FailoverPolicy, readonly string[]]>([
    ['ordered', ['a:one', 'b:two']],
    ['k', ['a.k1:one', 'a.k2:one']],
    ['m', ['a.k1:one', 'b.k1:two']],
    ['km', ['a.k1:one', 'a.k2:one', 'b.k1:two', 'b.k2:two', 'b.k3:two']],
    ['mk', ['a.k1:one', 'b.k1:two', 'a.k2:one', 'b.k2:two', 'b.k3:two']],
  ])('with the policy %s', async (policy, expected) => {
    expect(await placesFor(policy)).toEqual(expected)
  })

  it('round-robin begins one element later with every call, but not when it is only explained', async () => {
    const view = viewWith({ route: { policy: 'round-robin', elements: ['a:x', 'b:x', 'c:x'] } })
    const firsts: (string | undefined)[] = []
    for (let call = 0; call < 4; call += 1) {
      firsts.push(placesOf(await planFor('route', view, { isDryRun: true }))[0])
      firsts.push(placesOf(await planFor('route', view))[0])
    }

    expect(firsts).toEqual(['a:x', 'a:x', 'b:x', 'b:x', 'c:x', 'c:x', 'a:x', 'a:x'])
  })

  it('takes parameters and limits from where it is named, above those of its elements', async () => {
    const route: FailoverRoute = {
      policy: 'ordered',
      elements: ['a:x?temperature=1&top_k=3', '[max_context=10]b:x'],
    }
    const { branches } = await planFor('[max_context=20]route?temperature=0.5', viewWith({ route }))

    expect(branches[0]?.leaves).toMatchObject([
      { parameters: { temperature: 0.5, topK: 3 }, maxContext: 20 },
      { parameters: { temperature: 0.5 }, maxContext: 20 },
    ])
  })

  it('may be named in every composite, as an alias and as the default', async () => {
    const view = viewWith({ route: { policy: 'ordered', elements } })
    const asDefault = { ...view, defaultBackend: 'route' }

    expect(placesOf(await planFor('c:x|route', view))).toEqual(['c:x', 'a:one', 'b:two'])
    expect((await planFor('c:x!route', view)).branches).toHaveLength(2)
    expect(placesOf(await planFor(undefined, asDefault))).toEqual(['a:one', 'b:two'])
  })

  it('of the session comes before one of the configuration', async () => {
    const routes = new Map([['route', { policy: 'ordered', elements: ['c:mine'] } as const]])

    expect(await placesFor('ordered', { routes })).toEqual(['c:mine'])
  })

  it('does not look up names of routes in its elements', async () => {
    const view = viewWith({ route: { policy: 'ordered', elements: ['route', 'a:x'] } })

    expect(placesOf(await planFor('route', view))).toEqual(['a:x'])
  })

  it('goes on to what the caller may use', async () => {
    const limited = { id: 'k', name: 'k', backends: ['b'] }

    expect(await placesFor('km', { principal: limited })).toEqual([
      'b.k1:two',
      'b.k2:two',
      'b.k3:two',
    ])
  })

  it('without elements is refused by its name', async () => {
    const routes = new Map([['mine', { policy: 'k', elements: [] } as const]])

    await expect(planFor('mine', viewWith({}), { routes })).rejects.toMatchObject({
      code: 'invalid_request',
      message: 'The failover route "mine" has no elements yet.',
    })
  })
})
