import { describe, expect, it } from 'vitest'
import type { RoutingRequest, RoutingView } from '../../src/routing/routing-view.ts'
import { picked, placesOf, planFor, routingView as view } from './routing-parts.ts'

const two = { first: ['shared', 'one'], second: ['shared', 'two', 'vendor/three'] }

const places = async (
  model: string | undefined,
  routing: RoutingView,
  request: Partial<RoutingRequest> = {},
) => placesOf(await planFor(model, routing, request))

describe('where a model goes', () => {
  it.each([
    ['first:anything', ['first:anything']],
    ['second.KEY_2:two', ['second.KEY_2:two']],
    ['first/anything', ['first:anything']],
    ['vendor/three', ['second:vendor/three']],
    ['two', ['second:two']],
    ['shared', ['first:shared', 'second:shared']],
    ['first:a|second:b', ['first:a', 'second:b']],
    ['one|two', ['first:one', 'second:two']],
  ])('without a default: %s', async (model, expected) => {
    expect(await places(model, view(two))).toEqual(expected)
  })

  it.each([
    ['shared', ['second:shared']],
    ['one', ['first:one']],
    ['nobody-lists-it', ['second:nobody-lists-it']],
    ['llama3:8b', ['second:llama3:8b']],
    ['ft:gpt-4o:org::id', ['second:ft:gpt-4o:org::id']],
  ])('with the default second: %s', async (model, expected) => {
    expect(await places(model, view(two, { defaultBackend: 'second' }))).toEqual(expected)
  })

  it.each([
    ['second:two|first:one', ['second:nobody-lists-it']],
    ['route', ['second:nobody-lists-it']],
  ])(
    'with the default %s, what nobody lists goes to its first backend',
    async (defaultBackend, expected) => {
      const route = { policy: 'ordered', elements: ['second:two', 'first:one'] } as const
      const routing = view(two, { defaultBackend, failoverRoutes: new Map([['route', route]]) })

      expect(await places('nobody-lists-it', routing)).toEqual(expected)
    },
  )

  it('the only backend takes everything, without asking what it lists', async () => {
    const routing = view({ only: [] }, { known: () => Promise.reject(new Error('asked')) })

    expect(await places('whatever', routing)).toEqual(['only:whatever'])
  })

  it('a model that nobody lists is refused with the choices, where there is no default', async () => {
    await expect(places('unknown', view(two))).rejects.toMatchObject({
      code: 'model_not_found',
      param: 'model',
      message: expect.stringMatching(/"unknown".*first, second.*"first:unknown"/),
    })
  })
})

describe('a request without a model', () => {
  it('takes the model of the default', async () => {
    expect(await places(undefined, view(two, { defaultBackend: 'second:two' }))).toEqual([
      'second:two',
    ])
  })

  it('is refused where nothing says one', async () => {
    await expect(places(undefined, view(two))).rejects.toMatchObject({
      code: 'invalid_request',
      param: 'model',
    })
  })

  it('goes to the only backend, which may know what to do', async () => {
    expect(await places(undefined, view({ only: [] }))).toEqual(['only:'])
  })
})

describe('the order of decisions', () => {
  it('a static route stands above what a stage picked and what the request names', async () => {
    const routing = view(two, { staticRoute: 'second:two' })

    expect(await places('first:one', routing, picked('first:one'))).toEqual(['second:two'])
  })

  it('what a stage picked stands above the request', async () => {
    expect(await places('first:one', view(two), picked('second:two'))).toEqual(['second:two'])
  })

  it('a picked backend keeps the model of the request', async () => {
    expect(await places('one', view(two), picked('second'))).toEqual(['second:one'])
  })

  it('force_model replaces the model and keeps the place', async () => {
    const routing = view(two, { forceModel: 'forced' })

    expect(await places('first:a|second.KEY:b', routing)).toEqual([
      'first:forced',
      'second.KEY:forced',
    ])
  })

  it('parameters of a selector travel with its leaf', async () => {
    const { branches } = await planFor('first:a?temperature=0.2|second:b', view(two))

    expect(branches[0]?.leaves.map(({ parameters }) => parameters)).toEqual([
      { temperature: 0.2 },
      {},
    ])
  })
})

describe('what is refused', () => {
  it.each([
    ['first:', /column/],
    ['a|b^c', /column 4/],
  ])('%s', async (model, message) => {
    await expect(places(model, view(two))).rejects.toMatchObject({
      code: 'invalid_request',
      param: 'model',
      message: expect.stringMatching(message),
    })
  })

  it('a backend that the principal may not use', async () => {
    const limited = { id: 'ci', name: 'ci', backends: ['first'] }

    await expect(places('second:two', view(two), { principal: limited })).rejects.toMatchObject({
      code: 'permission_denied',
      message: expect.stringContaining('"ci"'),
    })
  })

  it('but only where nothing else is left', async () => {
    const limited = { id: 'ci', name: 'ci', backends: ['first'] }
    const { branches, decision } = await planFor('second:two|first:one', view(two), {
      principal: limited,
    })

    expect(placesOf({ branches, decision, warnings: [] })).toEqual(['first:one'])
    expect(decision).toContain('left out: The key "ci" may not use the backend "second".')
  })

  it('a bare model never leads to a forbidden backend', async () => {
    const limited = { id: 'ci', name: 'ci', backends: ['first'] }

    const routing = view(two, { defaultBackend: 'second' })

    expect(await places('two', routing, { principal: limited })).toEqual(['first:two'])
  })
})

it('the decision can be read', async () => {
  const { decision } = await planFor('two', view(two, { forceModel: 'forced' }))

  expect(decision.join('; ')).toBe(
    'model says "two"; force_model makes the model "forced"; plan: second:forced',
  )
})
