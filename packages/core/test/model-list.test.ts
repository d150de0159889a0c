import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { listModels } from '../src/model-list.ts'
import type { BackendInstance } from '../src/registry/backend-instance.ts'
import { Catalog } from '../src/routing/catalog.ts'
import { createRoutingView } from '../src/routing/create-routing-view.ts'
import { resolve } from '../src/routing/resolve.ts'
import { Secret } from '../src/secret.ts'
import { FakeClock } from './fake-clock.ts'
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

    await fc.assert(
      fc.asyncProperty(world, async ({ lists, fallback, allowed }) => {
        const instances = new Map(
          lists.map((ids, index) => {
            const name = 'abc'[index] ?? 'a'
            const clock = new FakeClock()
            const load = async () => ids.map((one) => ({ id: one }))
            const catalog = new Catalog({ load, clock, onError: () => {} })
            return [name, { name, type: 'fake', catalog } as unknown as BackendInstance] as const
          }),
        )
        const names = [...instances.keys()]
        const isThere = fallback !== undefined && names.includes(fallback.charAt(0))
        const config = { backends: [], ...(isThere ? { defaultBackend: fallback } : {}) }
        const routing = createRoutingView(config, instances, new FakeClock())
        const principal = { ...everyone, ...(allowed === undefined ? {} : { backends: allowed }) }

        const listed = await listModels({ instances, routing }, principal)

        expect(new Set(listed.map((model) => model.id)).size).toBe(listed.length)
        for (const { id: model, ownedBy } of listed) {
          const plan = await resolve({ model, picked: undefined, principal }, routing)
          expect([model, plan.leaves[0]?.backend]).toEqual([model, ownedBy])
        }
      }),
      { numRuns: 500 },
    )
  })
})
