import { describe, expect, it } from 'vitest'
import type { BackendPlugin, Model } from '../../src/backend.ts'
import type { BackendConfig } from '../../src/config.ts'
import { createGateway } from '../../src/create-gateway.ts'
import type { ConfigApplied } from '../../src/events.ts'
import { Secret } from '../../src/secret.ts'
import { recordingSink, saying, tinyCall, virtualPlugin } from '../support/gateway-parts.ts'

/** A plugin that tells when its backends come and go. */
function livingPlugin() {
  const life: string[] = []
  const plugin = virtualPlugin('living', () => saying('alive'), {
    created: ({ name }) => void life.push(`${name} created`),
    disposed: () => void life.push('disposed'),
    models: ['living-model'],
  })
  return { plugin, life }
}

const backend = (name: string, plugin: BackendPlugin, options: object = {}): BackendConfig => ({
  name,
  plugin,
  options,
})

/** An answer that notes when it is asked for. */
function saidBy(life: string[]) {
  return () => {
    life.push('asked')
    return saying('whole')
  }
}

describe('a new configuration', () => {
  it('keeps backends whose options did not change, also where keys are new objects', async () => {
    const { plugin, life } = livingPlugin()
    const options = () => ({ key: { name: 'KEY', value: new Secret('same') } })
    const gateway = await createGateway({ config: { backends: [backend('a', plugin, options())] } })
    const changes: ConfigApplied[] = []
    gateway.events.on('config-applied', (change) => changes.push(change))

    await gateway.apply({ backends: [backend('a', plugin, options()), backend('b', plugin)] })

    expect(life).toEqual(['a created', 'b created'])
    expect(changes).toEqual([{ added: ['b'], removed: [], replaced: [], kept: ['a'] }])
  })

  it('replaces a backend whose key changed', async () => {
    const { plugin, life } = livingPlugin()
    const options = (key: string) => ({ key: { name: 'KEY', value: new Secret(key) } })
    const gateway = await createGateway({
      config: { backends: [backend('a', plugin, options('old'))] },
    })

    await gateway.apply({ backends: [backend('a', plugin, options('new'))] })

    expect(life).toEqual(['a created', 'a created', 'disposed'])
  })

  it('changes nothing when one part of it is wrong, and disposes what was made for it', async () => {
    const { plugin, life } = livingPlugin()
    const gateway = await createGateway({ config: { backends: [backend('a', plugin)] } })
    const broken = { ...plugin, create: () => Promise.reject(new Error('no')) }

    const applied = gateway.apply({
      backends: [
        backend('a', plugin),
        backend('b', plugin),
        backend('c', broken),
        backend('D!', plugin),
      ],
      defaultBackend: 'nowhere:m',
    })

    await expect(applied).rejects.toMatchObject({ code: 'config_invalid' })
    await expect(applied).rejects.toThrow(/"c".*no[\s\S]*D!/)
    expect(life).toEqual(['a created', 'b created', 'D! created', 'disposed', 'disposed'])
    expect(gateway.health().backends.map(({ name }) => name)).toEqual(['a'])
  })

  it('disposes a removed backend only after its last answer', async () => {
    const life: string[] = []
    let finish = () => {}
    const slow = virtualPlugin(
      'slow',
      async function* () {
        yield [
          { type: 'text-start', id: 't' },
          { type: 'text-delta', id: 't', text: 'first ' },
        ]
        await new Promise<void>((resolve) => {
          finish = resolve
        })
        yield [
          { type: 'text-delta', id: 't', text: 'last' },
          { type: 'text-end', id: 't' },
        ]
        yield [{ type: 'finish', reason: 'stop' }]
      },
      { disposed: () => void life.push('disposed') },
    )
    const gateway = await createGateway({ config: { backends: [backend('a', slow)] } })
    const sink = recordingSink()
    const handled = gateway.handle(tinyCall({ model: 'm', stream: true }), sink)
    while (sink.received.text === '') await new Promise(setImmediate)

    await gateway.apply({ backends: [backend('b', livingPlugin().plugin)] })
    const whileOpen = [...life]
    finish()
    await handled
    await new Promise(setImmediate)

    expect(sink.received.text).toBe('data: first \n\ndata: last\n\ndata: [end]\n\n')
    expect([whileOpen, life]).toEqual([[], ['disposed']])
  })

  it('keeps a removed backend for calls that arrived before and have not chosen a place yet', async () => {
    const life: string[] = []
    const { promise: list, resolve: answerList } = Promise.withResolvers<readonly Model[]>()
    const plain = virtualPlugin('asked', saidBy(life), {
      disposed: () => void life.push('disposed'),
    })
    const listing: BackendPlugin = {
      ...plain,
      create: async (options, context) => ({
        ...(await plain.create(options, context)),
        models: () => list,
      }),
    }
    const gateway = await createGateway({
      config: { backends: [backend('a', listing), backend('other', livingPlugin().plugin)] },
    })
    const sink = recordingSink()
    const handled = gateway.handle(tinyCall({ model: 'm', stream: true }), sink)
    await new Promise(setImmediate)

    await gateway.apply({ backends: [backend('b', livingPlugin().plugin)] })
    answerList([{ id: 'm' }])
    await handled
    await new Promise(setImmediate)

    expect(sink.received.text).toContain('whole')
    expect(life).toEqual(['asked', 'disposed'])
  })

  it('is applied after the one before it', async () => {
    const { plugin } = livingPlugin()
    const gateway = await createGateway({ config: { backends: [backend('a', plugin)] } })

    await Promise.all([
      gateway.apply({ backends: [backend('b', plugin)] }),
      gateway.apply({ backends: [backend('c', plugin)] }),
    ])

    expect(gateway.health().backends.map(({ name }) => name)).toEqual(['c'])
  })
})

describe('a plugin that does not fit', () => {
  const { plugin } = livingPlugin()

  it.each([
    ['another version of the contract', { ...plugin, apiVersion: 2 }, /version 2.*version 1/],
    ['no create', { apiVersion: 1, type: 'x', options: {} }, /create/],
    [
      'a create that throws',
      {
        ...plugin,
        create: () => {
          throw new Error('boom')
        },
      },
      /boom/,
    ],
    [
      'a create that returns nonsense',
      { ...plugin, create: () => ({}) },
      /operations, handling, targets/,
    ],
    [
      'an unknown strategy',
      { ...plugin, create: withStrategy(plugin, 'psychic') },
      /psychic.*round-robin, weighted/,
    ],
  ] as readonly (readonly [string, unknown, RegExp])[])(
    'is named: %s',
    async (_, broken, message) => {
      const created = createGateway({
        config: { backends: [backend('mine', broken as BackendPlugin)] },
      })

      await expect(created).rejects.toThrow(message)
      await expect(created).rejects.toThrow(/mine/)
    },
  )

  it('has its options checked against its own schema, secrets counting as texts', async () => {
    const strict: BackendPlugin = {
      ...plugin,
      options: {
        type: 'object',
        properties: { key: { type: 'string' } },
        required: ['key'],
        additionalProperties: false,
      },
    }
    const good = createGateway({
      config: { backends: [backend('a', strict, { key: new Secret('top-secret') })] },
    })
    const bad = createGateway({ config: { backends: [backend('a', strict, { kee: 1 })] } })

    await expect(good).resolves.toBeDefined()
    await expect(bad).rejects.toMatchObject({
      code: 'config_invalid',
      message: expect.stringContaining('backends.a'),
    })
  })
})

function withStrategy(plugin: BackendPlugin, strategy: string): BackendPlugin['create'] {
  return async (options, context) => {
    const made = await plugin.create(options, context)
    return { ...made, targets: { ...made.targets, defaults: { strategy, affinity: 'none' } } }
  }
}

describe('closing', () => {
  it('refuses new calls, waits for open ones, and disposes the backends', async () => {
    const { plugin, life } = livingPlugin()
    const gateway = await createGateway({ config: { backends: [backend('a', plugin)] } })
    const sink = recordingSink()

    const closed = gateway.close({ graceMs: 1_000 })
    await gateway.handle(tinyCall({ model: 'm' }), sink)
    await closed
    await gateway.close({ graceMs: 0 })

    expect(sink.received.status).toBe(503)
    expect(life).toEqual(['a created', 'disposed'])
  })

  it('ends calls that outlast the grace with a typed error', async () => {
    const hanging = virtualPlugin('hanging', async function* (_request, { signal }) {
      yield [
        { type: 'text-start', id: 't' },
        { type: 'text-delta', id: 't', text: 'half' },
      ]
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
    })
    const gateway = await createGateway({ config: { backends: [backend('a', hanging)] } })
    const sink = recordingSink()
    const handled = gateway.handle(tinyCall({ model: 'm', stream: true }), sink)
    while (sink.received.text === '') await new Promise(setImmediate)

    await gateway.close({ graceMs: 1 })
    await handled

    expect(sink.received.text).toMatch(/^data: half\n\ndata: \[error\] /)
    expect(sink.received.ending).toBe('end')
  })

  it.each([
    ['a whole answer', { model: 'm' }, 503, /shutting down/],
    ['a stream', { model: 'm', stream: true }, 503, /shutting down/],
  ] as const)('answers clients that still wait for %s', async (_, call, status, text) => {
    const silent = virtualPlugin('silent', async function* (_request, { signal }) {
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
      yield []
    })
    const gateway = await createGateway({ config: { backends: [backend('a', silent)] } })
    const sink = recordingSink()
    const handled = gateway.handle(tinyCall(call), sink)
    await new Promise(setImmediate)

    await gateway.close({ graceMs: 1 })
    await handled

    expect(sink.received).toMatchObject({ status, ending: 'end' })
    expect(sink.received.text).toMatch(text)
  })
})

describe('the list of models', () => {
  it('gives every id to one backend, and shows a taken one with its backend', async () => {
    const one = virtualPlugin('one', () => saying('1'), { models: ['shared', 'only-one'] })
    const two = virtualPlugin('two', () => saying('2'), { models: ['shared', 'first/odd', 'a|b'] })
    const gateway = await createGateway({
      config: { backends: [backend('first', one), backend('second', two)] },
    })

    const models = await gateway.models({ id: 'me', name: 'me' })
    const served = await Promise.all(
      models.map(async ({ id }) => {
        const sink = recordingSink()
        await gateway.handle(tinyCall({ model: id }), sink)
        return String(sink.received.headers['x-jackfield-route']).split('.')[0]
      }),
    )

    expect(models.map(({ id }) => id)).toEqual([
      'shared',
      'only-one',
      'second:shared',
      'second:first/odd',
      'second:a%7Cb',
    ])
    expect(served).toEqual(models.map(({ ownedBy }) => ownedBy))
  })

  it('survives a backend that cannot list', async () => {
    const failing: BackendPlugin = {
      ...livingPlugin().plugin,
      create: async (...args) => ({
        ...(await livingPlugin().plugin.create(...args)),
        models: () => Promise.reject(new Error('down')),
      }),
    }
    const gateway = await createGateway({
      config: { backends: [backend('down', failing), backend('up', livingPlugin().plugin)] },
    })

    const models = await gateway.models({ id: 'me', name: 'me' })

    expect(models.map(({ id }) => id)).toEqual(['living-model'])
  })
})
