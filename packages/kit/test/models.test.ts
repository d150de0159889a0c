import { type Model, type ProbeContext, Secret, silentLogger } from '@jackfield/core'
import { type FakeServer, reply, startFakeServer } from '@jackfield/testkit'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type HttpBackendDefinition, keyTargets, parseModels } from '../src/index.ts'
import { testBackend } from './doubles/backend.ts'

const context = (): ProbeContext => ({
  signal: new AbortController().signal,
  log: silentLogger,
})
const known: readonly Model[] = [
  { id: 'large', contextWindow: 1000, maxOutputTokens: 50 },
  { id: 'old', contextWindow: 10 },
]

describe('models', () => {
  let server: FakeServer
  beforeEach(async () => {
    server = await startFakeServer(
      reply(200, { data: [{ id: 'large', created: 7 }, { id: 'new' }] }),
    )
  })
  afterEach(() => server.close())

  const list = (definition: Partial<HttpBackendDefinition> = {}) =>
    testBackend(`${server.url}/v1`, { definition }).models?.(context())

  it('come from the provider, with what is known of them', async () => {
    expect(await list({ models: { known } })).toEqual([
      { id: 'large', created: 7, contextWindow: 1000, maxOutputTokens: 50 },
      { id: 'new' },
    ])
    expect(server.requests[0]).toMatchObject({ method: 'GET', path: '/v1/models' })
    expect(server.requests[0]?.headers).toHaveProperty('authorization')
  })

  it('come from another path, or are not asked for', async () => {
    await list({ models: { known, path: '/catalogue?kind=chat' } })
    const unasked = await list({ models: { known, path: false } })

    expect(server.requests.map(({ path, query }) => `${path}?${query}`)).toEqual([
      '/v1/catalogue?kind=chat',
    ])
    expect(unasked).toBe(known)
  })

  it('carry the public form of their ids, each once', async () => {
    const publicId = (id: string): string => (id.startsWith('acme/') ? id : `acme/${id}`)
    server.respondWith(reply(200, { data: [{ id: 'a' }, { id: 'acme/a' }, { id: 'b' }] }))

    const models = await list({ models: { publicId, known: [{ id: 'acme/b', contextWindow: 5 }] } })

    expect(models).toEqual([
      { id: 'acme/a', aliases: ['a'] },
      { id: 'acme/b', aliases: ['b'], contextWindow: 5 },
    ])
  })

  it('keep all names under which they are known', async () => {
    const publicId = (id: string): string => `acme/${id}`
    const known = [{ id: 'acme/large', aliases: ['big', 'large'] }]

    const models = await list({ models: { publicId, known } })

    expect(models).toEqual([
      { id: 'acme/large', aliases: ['big', 'large'], created: 7 },
      { id: 'acme/new', aliases: ['new'] },
    ])
  })

  it('fall back to the known ones when the provider does not answer well', async () => {
    for (const steps of [reply(404, {}), reply(200, 'no json'), reply(200, { data: 7 })]) {
      server.respondWith(steps)
      expect(await list({ models: { known } })).toBe(known)
    }
    await server.setListener('refuse')
    expect(await list({ models: { known } })).toBe(known)
  })

  it('reject with the failure where none are known', async () => {
    server.respondWith(reply(503, {}))

    await expect(list()).rejects.toMatchObject({ code: 'upstream_overloaded' })
  })

  it('are asked for with another key when one is rejected, at most three times', async () => {
    const keys = [1, 2, 3, 4].map((n) => ({ name: `K${n}`, value: new Secret(`sk-${n}`) }))
    const targets = keyTargets({
      type: 'acme',
      baseUrl: server.url,
      keys,
      defaults: { strategy: 'round-robin', affinity: 'none' },
      stateScope: 'provider',
    })
    server.respondOnce(reply(401, {}))
    expect(await list({ targets })).toHaveLength(2)
    expect(server.requests.map(({ headers }) => headers['authorization'])).toEqual([
      'Bearer sk-1',
      'Bearer sk-2',
    ])

    server.respondWith(reply(401, {}))
    await expect(list({ targets })).rejects.toMatchObject({ code: 'upstream_credentials_rejected' })
    expect(server.requests.length).toBe(5)
  })

  it('are read as the provider writes them, over all pages', async () => {
    const page = (names: readonly string[], next?: string) =>
      reply(200, { models: names.map((name) => ({ name: `models/${name}`, big: 7 })), next })
    server.respondOnce(page(['a', 'b'], '2'))
    server.respondOnce(page(['c', 'skipped'], 'last'))
    server.respondWith(page(['d']))

    const models = await list({
      models: {
        path: '/models?size=2',
        read: ({ name, big }) =>
          name === 'models/skipped'
            ? undefined
            : { id: String(name).slice('models/'.length), contextWindow: Number(big) },
        nextPage: ({ next }) =>
          next === undefined ? undefined : `/models?size=2&page=${String(next)}`,
      },
    })

    expect(models?.map(({ id }) => id)).toEqual(['a', 'b', 'c', 'd'])
    expect(models?.[0]).toEqual({ id: 'a', contextWindow: 7 })
    expect(server.requests.map(({ query }) => query)).toEqual([
      'size=2',
      'size=2&page=2',
      'size=2&page=last',
    ])
  })

  it('are not asked for without end', async () => {
    const models = await list({ models: { nextPage: () => '/models?again' } })

    expect(server.requests).toHaveLength(20)
    expect(models?.map(({ id }) => id)).toEqual(['large', 'new'])
  })

  it('fail as a whole when a page is missing', async () => {
    server.respondOnce(reply(200, { data: [{ id: 'a' }] }))
    server.respondWith(reply(503, {}))

    expect(await list({ models: { known, nextPage: () => '/models?page=2' } })).toBe(known)
  })

  it('that make no end are cut off', async () => {
    server.respondWith([
      { do: 'head', status: 200, headers: { 'content-type': 'application/json' } },
      { do: 'endless', frame: ' '.repeat(1024 * 1024) },
    ])

    await expect(list()).rejects.toMatchObject({ code: 'upstream_invalid_response' })
  })
})

describe('parseModels', () => {
  const parse = (value: unknown) => parseModels(Buffer.from(JSON.stringify(value)))

  it.each([
    [{ data: [{ id: 'a' }] }],
    [{ models: [{ id: 'a' }] }],
    [{ models: [{ name: 'a' }] }],
    [[{ id: 'a' }]],
    [['a']],
    [{ data: [{ id: 'a' }, null, 7, {}, { id: '' }, { id: 7 }] }],
  ])('understands %j', (value) => {
    expect(parse(value)).toEqual([{ id: 'a' }])
  })

  it.each([
    [{ context_length: 5 }, { contextWindow: 5 }],
    [{ max_model_len: 5 }, { contextWindow: 5 }],
    [
      { context_window: 5, max_completion_tokens: 2 },
      { contextWindow: 5, maxOutputTokens: 2 },
    ],
    [
      { max_context_length: 5, max_output_tokens: 2 },
      { contextWindow: 5, maxOutputTokens: 2 },
    ],
    [{ context_length: '5', created: null }, {}],
    [{ context_length: 0, created: -1 }, {}],
  ])('reads limits: %j', (details, expected) => {
    expect(parse({ data: [{ id: 'a', ...details }] })).toEqual([{ id: 'a', ...expected }])
  })

  it.each([['null'], ['7'], ['{}'], ['{"data":{}}'], ['<html>'], ['']])('refuses %s', (text) => {
    expect(parseModels(Buffer.from(text))).toMatchObject({ code: 'upstream_invalid_response' })
  })
})

describe('probe', () => {
  let server: FakeServer
  beforeEach(async () => {
    server = await startFakeServer(reply(200, { data: [] }))
  })
  afterEach(() => server.close())

  const probe = (definition: Partial<HttpBackendDefinition> = {}) => {
    const backend = testBackend(`${server.url}/v1`, { definition })
    const [target] = backend.targets.current()
    if (target === undefined) throw new Error('no target')
    return backend.probe?.(target, context())
  }

  it.each([
    [200, undefined],
    [401, 'upstream_credentials_rejected'],
    [429, 'upstream_rate_limited'],
    [503, 'upstream_overloaded'],
    [404, undefined],
    [405, undefined],
  ])('takes %i for %s', async (status, code) => {
    server.respondWith(reply(status, {}))

    expect((await probe())?.code).toBe(code)
  })

  it('tells that nobody answers', async () => {
    await server.setListener('refuse')

    expect((await probe())?.code).toBe('upstream_unreachable')
  })

  it('asks where the provider checks keys, or not at all', async () => {
    await probe({ probePath: '/key' })
    expect(await probe({ probePath: false })).toBeUndefined()

    expect(server.requests.map(({ path }) => path)).toEqual(['/v1/key'])
  })
})
