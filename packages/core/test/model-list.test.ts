import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { listModels } from '../src/model-list.ts'
import type { BackendInstance } from '../src/registry/backend-instance.ts'
import { Catalog } from '../src/routing/catalog.ts'
import { createRoutingView } from '../src/routing/create-routing-view.ts'
import { Turns } from '../src/routing/turns.ts'
import { Secret } from '../src/secret.ts'
import { FakeClock } from './fake-clock.ts'
import { planFor } from './routing/routing-parts.ts'
import { fakeGateway } from './support/fake-gateway.ts'
import { FakeProvider } from './support/fake-provider.ts'

const everyone = { id: 'e', name: 'e' }

describe('the list of models', () => {
  it('shows a model once where the bare id leads, and with its backend elsewhere', async () => {
    const list = async (defaultBackend?: string) => {
      const fake = await fakeGateway({
        backends: [
          new FakeProvider({ models: ['both', 'one', 'one'] }).config('a'),
          new FakeProvider({ models: ['both', 'two'] }).config('b'),
        ],
        ...(defaultBackend === undefined ? {} : { defaultBackend }),
      })
      return (await fake.gateway.models(everyone)).map(({ id, ownedBy }) => `${ownedBy} ${id}`)
    }

    expect(await list()).toEqual(['a both', 'a one', 'b b:both', 'b two'])
    expect(await list('b:two')).toEqual(['a a:both', 'a one', 'b both', 'b two'])
  })

  it('shows a caller only what it may use', async () => {
    const fake = await fakeGateway({
      backends: [
        new FakeProvider({ models: ['x'] }).config('a'),
        new FakeProvider({ models: ['x'] }).config('b'),
      ],
      clientKeys: [{ name: 'k', key: new Secret('k'), backends: ['b'] }],
    })

    const models = await fake.gateway.models(fake.gateway.authenticate({ 'x-api-key': 'k' }))

    expect(models).toEqual([{ id: 'x', ownedBy: 'b', created: 0 }])
  })

  it('shows what other backends list although one fails or takes for ever', async () => {
    const fake = await fakeGateway({
      backends: [
        new FakeProvider({ backend: { models: () => Promise.reject(new Error('x')) } }).config('a'),
        new FakeProvider({
          backend: {
            models: () => {
              throw new Error('x')
            },
          },
        }).config('b'),
        new FakeProvider({ backend: { models: () => new Promise(() => {}) } }).config('c'),
        new FakeProvider({ models: ['x'] }).config('d'),
      ],
    })

    const models = fake.gateway.models(everyone)
    await fake.clock.advance(10_000)

    expect((await models).map(({ id }) => id)).toEqual(['x'])
    expect(fake.logged.map(([, message]) => message)).toEqual(Array(3).fill('model list failed'))
    expect(fake.clock.timers).toBe(0)
  })

  it('ends with the failover routes, for whoever may use something of them', async () => {
    const fake = await fakeGateway({
      backends: [
        new FakeProvider({ models: ['fast'] }).config('a'),
        new FakeProvider({ models: [] }).config('b'),
      ],
      failoverRoutes: {
        fast: { policy: 'ordered', elements: ['b:x', 'a:x'] },
        mine: { policy: 'ordered', elements: ['b:x'] },
      },
    })
    const limited = { id: 'l', name: 'l', backends: ['a'] }

    expect((await fake.gateway.models(everyone)).map(({ id }) => id)).toEqual([
      'a:fast',
      'fast',
      'mine',
    ])
    expect((await fake.gateway.models(limited)).map(({ id }) => id)).toEqual(['a:fast', 'fast'])
  })

  it('leads with every id to the backend that it is listed for', async () => {
    const id = fc.oneof(
      fc.constantFrom('m', 'a', 'b', 'c', 'a/m', 'b/m', 'v/m', 'a:m', 'x:m', 'm|n', 'm?top_k=1'),
      fc.constantFrom('[1]m', 'm[1m]', 'a%20b', 'm^', 'm!', 'hybrid:[a,b]', 'alias:m', 'a.1:m'),
      fc.stringMatching(/^[ -~]{1,12}$/).filter((text) => text.trim() === text),
    )
    const world = fc.record({
      lists: fc.array(fc.uniqueArray(id, { maxLength: 6 }), { minLength: 1, maxLength: 3 }),
      fallback: fc.constantFrom(undefined, 'a', 'b', 'c:m'),
      allowed: fc.constantFrom(undefined, ['a'], ['a', 'b'], ['b', 'c']),
    })

    const failoverRoutes = { m: { policy: 'ordered', elements: ['a:x'] } } as const

    await fc.assert(
      fc.asyncProperty(world, async ({ lists, fallback, allowed }) => {
        const instances = new Map(
          lists.map((ids, index) => {
            const name = 'abc'[index] ?? 'a'
            const clock = new FakeClock()
            const load = async () => ids.map((one) => ({ id: one }))
            const catalog = new Catalog({ load, clock, onError: () => {} })
            const backend = { models: load }
            const instance = { name, type: 'fake', catalog, backend }
            return [name, instance as unknown as BackendInstance] as const
          }),
        )
        const names = [...instances.keys()]
        const isThere = fallback !== undefined && names.includes(fallback.charAt(0))
        const config = {
          backends: [],
          failoverRoutes,
          ...(isThere ? { defaultBackend: fallback } : {}),
        }
        const clock = new FakeClock()
        const routing = createRoutingView(config, instances, { clock, turns: new Turns() })
        const principal = { ...everyone, ...(allowed === undefined ? {} : { backends: allowed }) }

        const listed = await listModels({ instances, routing }, principal)

        expect(new Set(listed.map((model) => model.id)).size).toBe(listed.length)
        for (const { id: model, ownedBy } of listed) {
          const { branches } = await planFor(model, routing, { principal })
          const [place] = branches[0]?.leaves ?? []
          expect([model, place?.backend]).toEqual([model, ownedBy === 'jackfield' ? 'a' : ownedBy])
        }
      }),
      { numRuns: 500 },
    )
  })
})
