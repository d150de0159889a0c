import { describe, expect, it } from 'vitest'
import type { Backend, BackendPlugin } from '../../src/backend.ts'
import { defaultNetwork } from '../../src/config.ts'
import { poolRules } from '../../src/pool/pool-rules.ts'
import { fingerprintOf } from '../../src/registry/options.ts'
import { Secret } from '../../src/secret.ts'
import { FakeClock, settle } from '../fake-clock.ts'
import { fakeGateway } from '../support/fake-gateway.ts'
import { FakeProvider } from '../support/fake-provider.ts'

const started = (plugin: BackendPlugin, options: unknown = {}) =>
  fakeGateway({ backends: [{ name: 'mine', plugin, options }] })

describe('a backend that cannot be used', () => {
  it('is disposed when its pool cannot be made', async () => {
    const provider = new FakeProvider({ defaults: { strategy: 'unheard-of' } })

    await expect(started(provider.plugin)).rejects.toMatchObject({
      code: 'config_invalid',
      message: expect.stringContaining('Use one of round-robin, weighted'),
    })
    expect([provider.made, provider.disposed]).toEqual([1, 1])
  })

  it.each(['constructor', '__proto__', 'toString'])(
    'has no strategy because every object has a member %s',
    async (strategy) => {
      const provider = new FakeProvider({ defaults: { strategy } })

      await expect(started(provider.plugin)).rejects.toMatchObject({ code: 'config_invalid' })
    },
  )

  it('is disposed when it lacks something', async () => {
    const provider = new FakeProvider({ backend: { handling: 7 as never } })

    await expect(started(provider.plugin)).rejects.toMatchObject({ code: 'plugin_incompatible' })
    expect(provider.disposed).toBe(1)
  })

  it('is disposed when its targets cannot be watched', async () => {
    const source = {
      current: () => [],
      subscribe: () => {
        throw new Error('no events')
      },
      defaults: { strategy: 'round-robin', affinity: 'none' },
    } as const
    const provider = new FakeProvider({ source })

    await expect(started(provider.plugin)).rejects.toMatchObject({
      code: 'plugin_incompatible',
      message: expect.stringContaining('its targets threw: no events'),
    })
    expect(provider.disposed).toBe(1)
  })

  it('is given up when it is not made in time, and disposed when it is made later', async () => {
    const provider = new FakeProvider()
    const late = Promise.withResolvers<void>()
    const clock = new FakeClock()
    const plugin: BackendPlugin = {
      ...provider.plugin,
      create: async (options, context) => {
        await late.promise
        return await provider.plugin.create(options, context)
      },
    }
    const creating = fakeGateway({ backends: [{ name: 'slow', plugin, options: {} }], clock })
    const refused = expect(creating).rejects.toMatchObject({
      code: 'plugin_incompatible',
      message: expect.stringContaining('within 30 s'),
    })
    await clock.advance(30_000)
    await refused

    late.resolve()
    await settle()

    expect([provider.made, provider.disposed]).toEqual([1, 1])
  })

  it.each([
    ['is no schema', 7],
    ['refers to nothing', { $ref: '#/nowhere' }],
  ])('is named when its options schema %s', async (_, schema) => {
    const plugin = { ...new FakeProvider().plugin, options: schema as object }

    await expect(started(plugin)).rejects.toMatchObject({
      code: expect.stringMatching(/plugin_incompatible|config_invalid/),
      message: expect.stringContaining('mine'),
    })
  })

  it('is told every problem of its options, with the names of what is not known', async () => {
    const plugin: BackendPlugin = {
      ...new FakeProvider().plugin,
      options: {
        type: 'object',
        properties: { count: { type: 'integer' } },
        required: ['key'],
        additionalProperties: false,
      },
    }

    await expect(started(plugin, { count: 'x', kee: 1 })).rejects.toMatchObject({
      code: 'config_invalid',
      message: expect.stringMatching(/(?=.*count)(?=.*key)(?=.*kee)/),
    })
  })
})

describe('all problems of a configuration', () => {
  it('are told in one message, and nothing stays open', async () => {
    const good = new FakeProvider()
    const bad = new FakeProvider({ defaults: { strategy: 'x' } })

    await expect(
      fakeGateway({
        backends: [
          good.config('good'),
          bad.config('bad'),
          good.config('Not A Name'),
          good.config('good'),
        ],
        defaultBackend: 'nowhere:x',
        staticRoute: 'a^b|c',
      }),
    ).rejects.toMatchObject({
      code: 'config_invalid',
      message: expect.stringMatching(
        /(?=[\s\S]*Not A Name)(?=[\s\S]*used twice)(?=[\s\S]*bad\.strategy)(?=[\s\S]*default_backend)(?=[\s\S]*static_route, column)/,
      ),
    })
    expect(good.made).toBe(good.disposed)
  })
})

describe('a retired backend', () => {
  it('is disposed after the grace although calls still use it', async () => {
    const old = new FakeProvider({}, () => new Promise(() => {}))
    const fake = await fakeGateway({
      backends: [old.config()],
      network: {
        timeouts: { connectMs: 0, firstByteMs: 0, firstTokenMs: 0, idleMs: 0, totalMs: 0 },
      },
    })
    const call = fake.call()
    await settle()
    await fake.gateway.apply({ backends: [new FakeProvider().config('other')] })

    await fake.clock.advance(3_599_999)
    const before = old.disposed
    await fake.clock.advance(1)

    expect([before, old.disposed]).toEqual([0, 1])
    call.leave()
    await call.done
    expect(old.disposed).toBe(1)
    expect(fake.clock.timers).toBe(0)
  })

  it('does not hold up the end when it never ends itself', async () => {
    const provider = new FakeProvider({ backend: { dispose: () => new Promise(() => {}) } })
    const fake = await fakeGateway({ backends: [provider.config()] })

    const closed = fake.gateway.close({ graceMs: 0 })
    await fake.clock.advance(10_000)
    await closed

    expect(fake.logged.map(([, message]) => message)).toEqual(['backend failed to dispose'])
  })

  it('does not hold up the end when a stage never lets its call go', async () => {
    const provider = new FakeProvider()
    const fake = await fakeGateway({
      backends: [provider.config()],
      stages: [{ name: 's', request: () => new Promise(() => {}) }],
    })
    const call = fake.call()

    const closed = fake.gateway.close({ graceMs: 5_000 })
    await fake.clock.advance(5_000)
    await closed
    await call.done

    expect(call.sink.json).toMatchObject({ code: 'no_available_target' })
    expect(provider.disposed).toBe(1)
  })
})

describe('the fingerprint of a backend', () => {
  const plugin = new FakeProvider().plugin
  const print = (
    options: unknown,
    more: object = {},
    { network = defaultNetwork, rules = poolRules({}) } = {},
  ) => fingerprintOf({ name: 'n', plugin, options, ...more }, { network, rules })

  it('does not depend on the order of options, nor on which object holds a secret', () => {
    const secret = () => ({ name: 'KEY', value: new Secret('s') })

    expect(print({ a: 1, b: { c: secret() } })).toBe(print({ b: { c: secret() }, a: 1 }))
  })

  it('changes with everything that makes the backend another one', () => {
    const prints = [
      print({ a: 1 }),
      print({ a: 2 }),
      print({ a: [1] }),
      print({ key: new Secret('1') }),
      print({ key: new Secret('2') }),
      print({ key: { name: 'X', value: new Secret('2') } }),
      print({ a: 1 }, { pool: { strategy: 'weighted' } }),
      print({ a: 1 }, {}, { network: { ...defaultNetwork, maxResponseBytes: 1 } }),
      print({ a: 1 }, {}, { rules: poolRules({ breaker: false }) }),
      print({ a: 1 }, {}, { rules: poolRules({ retryBudget: { minimum: 1 } }) }),
      print({ a: 1 }, { fingerprint: 'x' }),
      print({ a: 1 }, { fingerprint: 'x', pool: { strategy: 'weighted' } }),
    ]

    expect(new Set(prints).size).toBe(prints.length)
    expect(print({ a: 1 }, { fingerprint: 'x' })).toBe(print({ a: 2 }, { fingerprint: 'x' }))
  })

  it('shows no secret', () => {
    expect(print({ key: new Secret('super-secret') })).not.toContain('super-secret')
  })
})

describe('what a plugin is asked', () => {
  it('is bounded in time: models and probes', async () => {
    const signals: AbortSignal[] = []
    const hang = (signal: AbortSignal) => {
      signals.push(signal)
      return new Promise<never>(() => {})
    }
    const backend: Partial<Backend> = {
      models: ({ signal }) => hang(signal),
      probe: (_target, { signal }) => hang(signal),
    }
    const fake = await fakeGateway({ backends: [new FakeProvider({ backend }).config()] })

    const models = fake.gateway.models({ id: 'p', name: 'p' })
    await fake.clock.advance(10_000)

    expect(await models).toEqual([])
    expect(signals.map(({ aborted }) => aborted)).toEqual([true])
  })
})
