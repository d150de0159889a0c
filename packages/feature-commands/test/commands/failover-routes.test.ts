import type { FailoverRoute } from '@jackfield/core'
import { describe, expect, it } from 'vitest'
import { emptyState } from '../../src/session/session-state.ts'
import { runner } from '../support/run.ts'
import { startWorld } from '../support/world.ts'

const route = (...elements: readonly string[]): FailoverRoute => ({ policy: 'km', elements })

describe('failover routes of a session', () => {
  it.each<[string, string, FailoverRoute | undefined, FailoverRoute?]>([
    [
      '!/create-failover-route(name=r, policy=km)',
      'Failover route "r" created, policy km. Add elements with route-append.',
      route(),
    ],
    [
      '!/create-failover-route(r, mk)',
      'Failover route "r" created, policy mk. Add elements with route-append.',
      { policy: 'mk', elements: [] },
    ],
    [
      '!/create-failover-route(r)',
      'Failover route "r" created, policy ordered. Add elements with route-append.',
      { policy: 'ordered', elements: [] },
    ],
    ['!/delete-failover-route(name=r)', 'Failover route "r" deleted.', undefined, route()],
    [
      '!/route-append(name=r, element=b:y)',
      'Added b:y to failover route "r", as its last element.',
      route('a:x', 'b:y'),
      route('a:x'),
    ],
    [
      '!/route-prepend(r, b:y)',
      'Added b:y to failover route "r", as its first element.',
      route('b:y', 'a:x'),
      route('a:x'),
    ],
    ['!/route-clear(name=r)', 'Failover route "r" cleared.', route(), route('a:x', 'b:y')],
    ['!/route-list(r)', '1. a:x\n2. b:y', route('a:x', 'b:y'), route('a:x', 'b:y')],
    ['!/route-list(name=r)', 'Failover route "r" has no elements.', route(), route()],
    ['!/list-failover-routes', 'r: km, 1 element', route('a:x'), route('a:x')],
  ])('%s says %j', async (command, text, after, before) => {
    const routesOf = (own: FailoverRoute | undefined) => (own === undefined ? {} : { r: own })
    const run = await runner()

    expect(await run(command, { routes: routesOf(before) })).toEqual({
      text,
      state: { ...emptyState, routes: routesOf(after) },
    })
  })

  it.each([
    ['!/create-failover-route()', 'The argument "name" is missing.'],
    ['!/create-failover-route(r)', 'There is a failover route "r" already.'],
    ['!/create-failover-route(x, zz)', '"zz" is none of '],
    ['!/create-failover-route("a b")', '"a b" is no name for a route.'],
    ['!/create-failover-route(a:b)', '"a:b" is no name for a route.'],
    ['!/create-failover-route(a/b)', '"a/b" is no name for a route.'],
    ['!/create-failover-route("")', 'The argument "name" is missing.'],
    [`!/create-failover-route(${'x'.repeat(65)})`, 'is no name for a route.'],
    ['!/route-append(r)', 'The argument "element" is missing.'],
    ['!/route-append(r, zz:x|a:x)', 'is several places. Add them one by one.'],
    ['!/route-append(r, a:)', 'column '],
    [`!/route-append(r, a:${'x'.repeat(500)})`, 'That is longer than 500 characters.'],
    ['!/route-append(zz, a:x)', 'There is no failover route "zz" in this session.'],
    ['!/route-list(zz)', 'There is no failover route "zz" in this session.'],
    ['!/route-list(constructor)', 'There is no failover route "constructor" in this session.'],
    ['!/route-list(__proto__)', 'There is no failover route "__proto__" in this session.'],
    ['!/route-clear(constructor)', 'There is no failover route "constructor" in this session.'],
    ['!/delete-failover-route(zz)', 'There is no failover route "zz" in this session.'],
    ['!/delete-failover-route(common)', 'There is no failover route "common" in this session.'],
  ])('%s fails', async (command, problem) => {
    const run = await runner({ config: { failoverRoutes: { common: route('a:x') } } })
    const { text, state } = await run(command, { routes: { r: route() } })
    expect(text).toContain(problem)
    expect(state).toBeUndefined()
  })

  it('are at most twenty, of at most twenty elements', async () => {
    const run = await runner()
    const routes = Object.fromEntries(
      Array.from({ length: 20 }, (_, at) => [`r${at}`, route(...Array(20).fill('a:x'))]),
    )

    expect((await run('!/create-failover-route(more)', { routes })).text).toContain(
      'A session has at most 20 failover routes.',
    )
    expect((await run('!/route-append(r0, a:y)', { routes })).text).toContain(
      'A failover route has at most 20 elements.',
    )
  })

  it('are listed before those of the gateway, and hide those of their name', async () => {
    const run = await runner({
      config: { failoverRoutes: { common: route('a:x', 'b:x'), r: route('b:x') } },
    })

    const { text } = await run('!/list-failover-routes', { routes: { r: route() } })

    expect(text).toBe('r: km, 0 elements\ncommon: km, 2 elements (of the gateway)')
    expect((await run('!/route-list(common)')).text).toBe('1. a:x\n2. b:x')
    expect((await (await runner())('!/list-failover-routes')).text).toBe(
      'There are no failover routes.',
    )
  })

  it('take no backend that the caller may not use', async () => {
    const run = await runner({ own: ['a'] })
    const { text, state } = await run('!/route-append(r, b:x)', { routes: { r: route() } })
    expect(text).toBe('!/route-append: There is no backend "b". Backends: a.')
    expect(state).toBeUndefined()
  })

  it.each([
    ['k', ['a', 'a']],
    ['m', ['a', 'b']],
    ['km', ['a', 'a', 'b', 'b']],
    ['mk', ['a', 'b', 'a', 'b']],
  ])('send calls where their policy %s says', async (policy, places) => {
    const { say, explain } = await startWorld()

    await say(`!/create-failover-route(r, ${policy}) !/route-append(r, a:x) !/route-append(r, b:y)`)
    expect((await say('!/model(r)')).text).toBe('Model changed to r.')
    const { branches } = await explain('hello')

    expect(branches.map((branch) => branch.places.map(({ backend }) => backend))).toEqual([places])
  })
})
