import { describe, expect, it } from 'vitest'
import type { CallInput } from '../../src/call.ts'
import type { StageContext } from '../../src/pipeline/stage.ts'
import { Secret } from '../../src/secret.ts'
import type { StateStore } from '../../src/state-store.ts'
import { fakeGateway } from '../support/fake-gateway.ts'
import { dialectA, FakeProvider, fails } from '../support/fake-provider.ts'

function input(body: object, more: Partial<CallInput> = {}): CallInput {
  return {
    operation: 'chat',
    dialect: dialectA,
    method: 'POST',
    path: '/chat',
    query: '',
    headers: {},
    body: Buffer.from(JSON.stringify({ text: 'hi', ...body })),
    signal: new AbortController().signal,
    ...more,
  }
}

describe('an explanation', () => {
  it('is what a call would do, and calls nobody', async () => {
    const [a, b] = [new FakeProvider({ targets: ['k1', 'k2'] }), new FakeProvider()]
    const fake = await fakeGateway({
      backends: [a.config('a'), b.config('b')],
      modelAliases: [{ pattern: '^fast$', replacement: 'a:quick?temperature=0.5&wrong=1|b:x' }],
      parameters: {
        forced: { topK: 3 },
        defaults: { verbosity: 'low' },
        modelDefaults: { quick: { maxOutputTokens: 9 }, 'a:quick': { maxOutputTokens: 10 } },
      },
    })

    const told = await fake.gateway.explain(input({ model: 'fast', stream: true }))

    expect(told).toMatchObject({
      operation: 'chat',
      dialect: 'fake-a',
      model: 'fast',
      stream: true,
      principal: 'local',
      session: expect.stringMatching(/^.{22}$/),
      affinityKey: expect.stringMatching(/^.{22}$/),
      promptTokens: expect.any(Number),
      decision: [
        'model says "fast"',
        expect.stringContaining('model_aliases[0] makes it'),
        'plan: a:quick, b:x',
      ],
      warnings: [expect.stringContaining('"wrong"')],
      branches: [
        {
          delayMs: 0,
          places: [
            {
              backend: 'a',
              model: 'quick',
              way: 'forward',
              surface: 'main',
              overrides: { temperature: 0.5, topK: 3 },
              defaults: { verbosity: 'low', maxOutputTokens: 10 },
              targets: [
                { name: 'k1', state: 'ready' },
                { name: 'k2', state: 'ready' },
              ],
            },
            { backend: 'b', model: 'x' },
          ],
        },
      ],
      skipped: [],
    })
    expect([a.sent, b.sent]).toEqual([[], []])
    expect(fake.events['call-start']).toEqual([])
  })

  it('shows what would be skipped, and the state of targets', async () => {
    const a = new FakeProvider({}, () => fails('upstream_quota_exhausted'))
    const none = new FakeProvider({ operations: ['embeddings'] })
    const fake = await fakeGateway({ backends: [a.config('a'), none.config('none')] })
    await fake.ask({ body: { model: 'a:m' } })

    const told = await fake.gateway.explain(input({ model: 'none:m|a:m' }))

    expect(told.skipped).toEqual([
      { backend: 'none', model: 'm', reason: expect.stringContaining('does not do "chat"') },
    ])
    expect(told.branches[0]?.places[0]?.targets).toMatchObject([
      { name: 'one', state: 'cooling', reason: 'upstream_quota_exhausted' },
    ])
  })

  it('names only the target that a selector does', async () => {
    const a = new FakeProvider({ targets: ['k1', 'k2'] })
    const fake = await fakeGateway({ backends: [a.config('a')] })

    const told = await fake.gateway.explain(input({ model: 'a.k2:m' }))

    expect(told.branches[0]?.places[0]).toMatchObject({ target: 'k2', targets: [{ name: 'k2' }] })
  })

  it('takes nobody’s turn', async () => {
    const names = ['a', 'b']
    const fake = await fakeGateway({
      backends: names.map((name) => new FakeProvider().config(name)),
      failoverRoutes: { turns: { policy: 'round-robin', elements: ['a:m', 'b:m'] } },
    })

    await fake.gateway.explain(input({ model: 'turns' }))
    await fake.gateway.explain(input({ model: 'turns' }))
    const sink = await fake.ask({ body: { model: 'turns' } })

    expect(sink.headers['x-jackfield-route']).toBe('a.one:m')
  })

  it('lets stages change the call, and nothing else', async () => {
    const seen: boolean[] = []
    const fake = await fakeGateway({
      backends: [new FakeProvider().config('a'), new FakeProvider().config('b')],
      stages: [
        {
          name: 'picks',
          request(call) {
            seen.push(call.isDryRun)
            call.pick('b:m', 'one-off')
            return undefined
          },
        },
      ],
    })

    const told = await fake.gateway.explain(input({ model: 'a:m' }))
    await fake.ask({ body: { model: 'a:m' } })

    expect(told.decision[0]).toBe('the one-off route says "b:m"')
    expect(seen).toEqual([true, false])
  })

  it('goes where a header says, as the call would', async () => {
    const fake = await fakeGateway({
      backends: [new FakeProvider().config('a'), new FakeProvider().config('b')],
    })
    const told = (backend: string) =>
      fake.gateway.explain(input({ model: 'a:m' }, { headers: { 'x-jackfield-backend': backend } }))

    expect((await told('b')).decision[0]).toBe('x-jackfield-backend says "b"')
    await expect(told('nope')).rejects.toMatchObject({ param: 'x-jackfield-backend' })
  })

  it('tells that the gateway would answer itself', async () => {
    const fake = await fakeGateway({
      backends: [new FakeProvider().config('a')],
      stages: [{ name: 'says', request: () => ({ content: [{ type: 'text', text: 'done' }] }) }],
    })

    expect(await fake.gateway.explain(input({ model: 'a:m' }))).toMatchObject({
      reply: 'done',
      branches: [],
    })
  })

  it('has the error that a call would be answered with', async () => {
    const fake = await fakeGateway({
      backends: [new FakeProvider().config('a'), new FakeProvider().config('b')],
      clientKeys: [{ name: 'ci', key: new Secret('k'), backends: ['a'] }],
    })
    const headers = { authorization: 'Bearer k' }

    expect(await fake.gateway.explain(input({ model: 'b:m' }, { headers }))).toMatchObject({
      principal: 'ci',
      branches: [],
      error: { code: 'permission_denied', status: 403 },
    })
    await expect(fake.gateway.explain(input({ model: 'b:m' }))).rejects.toMatchObject({
      code: 'unauthenticated',
    })
    await expect(fake.gateway.explain(input({ model: 7 }, { headers }))).rejects.toMatchObject({
      code: 'invalid_request',
    })
  })
})

it('a header that names no backend tells a caller only of those that it may use', async () => {
  const fake = await fakeGateway({
    backends: [new FakeProvider().config('a'), new FakeProvider().config('hidden')],
    clientKeys: [{ name: 'ci', key: new Secret('k'), backends: ['a'] }],
  })
  const headers = { authorization: 'Bearer k', 'x-jackfield-backend': 'none' }

  const sink = await fake.ask({ headers })

  expect(sink.json).toMatchObject({ message: expect.stringMatching(/Backends: a\.$/) })
})

describe('a stage that is made for a gateway', () => {
  it('sees the routing of the present configuration, for whom it asks', async () => {
    const a = new FakeProvider({ targets: ['k1', 'k2'], models: ['m'] })
    const { promise, resolve } = Promise.withResolvers<StageContext>()
    const fake = await fakeGateway({
      backends: [a.config('a'), new FakeProvider().config('b')],
      failoverRoutes: { route: { policy: 'k', elements: ['a:m'] } },
      stages: [
        (context) => {
          resolve(context)
          return { name: 'looks' }
        },
      ],
    })
    const { routing } = await promise
    const limited = { id: 'x', name: 'x', backends: ['a'] }
    await fake.gateway.models({ id: 'x', name: 'x' })

    expect(routing.backends(limited)).toEqual([
      { name: 'a', type: 'fake', targets: 2, readyTargets: 2, models: ['m'] },
    ])
    expect(routing.staticRoute).toBeUndefined()
    expect([...routing.failoverRoutes.keys()]).toEqual(['route'])
    expect(routing.parse('a:m')).toMatchObject({ ok: true, selector: { backend: 'a' } })
    const plan = await routing.resolve('route', { principal: limited })
    expect(plan.branches[0]?.leaves.map(({ target }) => target)).toEqual(['k1', 'k2'])
    expect(() => routing.resolve('b:m', { principal: limited })).toThrow(/may not use/)

    await fake.gateway.apply({ backends: [a.config('a')], staticRoute: 'a:m' })

    expect(routing.staticRoute).toBe('a:m')
    expect(routing.backends({ id: 'y', name: 'y' }).map(({ name }) => name)).toEqual(['a'])
  })

  it('has a part of the store for its name', async () => {
    const stores: StateStore[] = []
    await fakeGateway({
      backends: [new FakeProvider().config('a')],
      stages: ['one', 'two'].map((name) => (context) => {
        stores.push(context.store(name))
        return { name }
      }),
    })
    await stores[0]?.set('key', 'value', { ttlMs: 1_000 })

    expect(await stores[0]?.get('key')).toBe('value')
    expect(await stores[1]?.get('key')).toBeUndefined()
  })

  it('that cannot be made stops the gateway from being made', async () => {
    const made = fakeGateway({
      backends: [new FakeProvider().config('a')],
      stages: [
        () => {
          throw new Error('no stage')
        },
      ],
    })

    await expect(made).rejects.toThrow('no stage')
  })
})
