import type { GatewayHealth, ListedModel } from '@jackfield/core'
import { describe, expect, it } from 'vitest'
import { manualClock } from './support/manual-clock.ts'
import { testApp } from './support/test-app.ts'
import { testDialect } from './support/test-dialect.ts'

const models: readonly ListedModel[] = [
  { id: 'internlm/internlm2.5-latest', ownedBy: 'internlm', created: 7 },
  { id: 'llama3:8b', ownedBy: 'local', created: 8, contextWindow: 8192, maxOutputTokens: 512 },
]

const keys = {
  all: { id: '1', name: 'all' },
  one: { id: '2', name: 'one', backends: ['a'] },
}

const health: Partial<GatewayHealth> = {
  readyTargets: 1,
  totalTargets: 3,
  uptimeMs: 61_900,
  backends: [
    {
      name: 'a',
      type: 'internlm',
      state: 'ready',
      targets: [
        { name: 'KEY_1', state: 'ready', inFlight: 2 },
        { name: 'KEY_2', state: 'cooling', inFlight: 0, reason: 'told 429', recoversInMs: 1_200 },
      ],
    },
    {
      name: 'b',
      type: 'openai',
      state: 'down',
      targets: [{ name: 'K', state: 'down', inFlight: 0 }],
    },
  ],
}

const details = [
  {
    name: 'a',
    type: 'internlm',
    state: 'ready',
    targets: [
      { name: 'KEY_1', state: 'ready', in_flight: 2 },
      {
        name: 'KEY_2',
        state: 'cooling',
        in_flight: 0,
        reason: 'told 429',
        recovers_in_seconds: 2,
      },
    ],
  },
  {
    name: 'b',
    type: 'openai',
    state: 'down',
    targets: [{ name: 'K', state: 'down', in_flight: 0 }],
  },
]

describe('GET /health', () => {
  it('is one document for InfiniLM clients and for people', async () => {
    const clock = manualClock(Date.UTC(2024, 0, 15, 10, 30, 0, 123))
    const { app } = await testApp({ health, plugin: { clock, version: '1.2.3' } })

    const answer = await app.inject('/health')

    expect(answer.statusCode).toBe(200)
    expect(answer.headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-store',
    })
    expect(answer.json()).toEqual({
      status: 'healthy',
      router: 'running',
      healthy_services: '1/3',
      registry_url: null,
      message: null,
      timestamp: '2024-01-15T10:30:00',
      version: '1.2.3',
      uptime: 61,
      backends: details,
    })
  })

  it('says that nothing can serve, with 200 for those who ask whether the process lives', async () => {
    const { app } = await testApp({ health: { ...health, readyTargets: 0 } })

    const answer = await app.inject('/health')

    expect(answer.statusCode).toBe(200)
    expect(answer.json()).toMatchObject({
      status: 'running',
      healthy_services: '0/3',
      message: 'No healthy services available',
    })
  })

  it.each([
    ['?ready', 1, 200],
    ['?ready', 0, 503],
    ['?ready=1', 0, 503],
    ['?other', 0, 200],
  ])('answers %s with %i ready targets by status %i', async (query, readyTargets, status) => {
    const { app } = await testApp({ health: { ...health, readyTargets } })

    expect((await app.inject(`/health${query}`)).statusCode).toBe(status)
  })

  it('shows details only to those who have a key, and of their backends only', async () => {
    const { app } = await testApp({ health, keys })
    const ask = (key: string) =>
      app.inject({ url: '/health', headers: { authorization: `Bearer ${key}` } })

    expect((await ask('wrong')).json()).not.toHaveProperty('backends')
    expect((await ask('wrong')).json()).toMatchObject({ healthy_services: '1/3' })
    expect((await ask('all')).json().backends).toEqual(details)
    expect((await ask('one')).json().backends).toEqual(details.slice(0, 1))
  })

  it('tells its own version where the app names none', async () => {
    const { app } = await testApp()

    expect((await app.inject('/health')).json().version).toMatch(/^\d+\.\d+\.\d+/)
  })

  it('answers HEAD without a body and refuses to be written', async () => {
    const { app } = await testApp()

    const head = await app.inject({ method: 'HEAD', url: '/health' })
    const post = await app.inject({ method: 'POST', url: '/health', payload: { a: 1 } })
    const options = await app.inject({ method: 'OPTIONS', url: '/health' })

    expect([head.statusCode, head.body]).toEqual([200, ''])
    expect([post.statusCode, post.headers['allow']]).toEqual([405, 'GET, HEAD, OPTIONS'])
    expect([options.statusCode, options.headers['allow']]).toEqual([204, 'GET, HEAD, OPTIONS'])
  })
})

describe('GET /models', () => {
  const shown = [
    { id: 'internlm/internlm2.5-latest', object: 'model', created: 7, owned_by: 'internlm' },
    {
      id: 'llama3:8b',
      object: 'model',
      created: 8,
      owned_by: 'local',
      context_length: 8192,
      max_output_tokens: 512,
    },
  ]

  it.each(['/models', '/v1/models'])('lists models at %s', async (url) => {
    const { app } = await testApp({ models })

    expect((await app.inject(url)).json()).toEqual({ object: 'list', data: shown })
  })

  it.each([
    '/v1/models/internlm/internlm2.5-latest',
    '/v1/models/internlm%2Finternlm2.5-latest',
    '/models/internlm%2Finternlm2.5-latest',
  ])('finds the model at %s', async (url) => {
    const { app } = await testApp({ models })

    expect((await app.inject(url)).json()).toEqual(shown[0])
  })

  it('finds ids with escaped characters', async () => {
    const { app } = await testApp({ models: [{ id: 'a%2Fb c', ownedBy: 'x', created: 1 }] })

    expect((await app.inject('/v1/models/a%252Fb%20c')).json().id).toBe('a%2Fb c')
  })

  it('refuses unknown models in the form of the path', async () => {
    const { app } = await testApp({ models })

    const nested = await app.inject('/v1/models/gpt-9')
    const bare = await app.inject('/models/gpt-9')

    expect([nested.statusCode, bare.statusCode]).toEqual([404, 404])
    expect(nested.json()).toMatchObject({ error: { code: 'model_not_found', param: null } })
    expect(bare.json()).toEqual({ error: 'The model "gpt-9" does not exist.' })
  })

  it.each(['nested', 'string'] as const)(
    'has one error form everywhere: %s',
    async (errorShape) => {
      const { app } = await testApp({ plugin: { errorShape } })

      for (const url of ['/v1/models/gpt-9', '/models/gpt-9', '/v1/nothing']) {
        const { error } = (await app.inject(url)).json()
        expect(typeof error).toBe(errorShape === 'string' ? 'string' : 'object')
      }
    },
  )

  it('asks for a key where keys are configured', async () => {
    const { app } = await testApp({ models, keys })

    const refused = await app.inject('/v1/models')
    const allowed = await app.inject({
      url: '/v1/models',
      headers: { authorization: 'Bearer all' },
    })

    expect(refused.statusCode).toBe(401)
    expect(refused.json()).toMatchObject({ error: { code: 'unauthenticated' } })
    expect(allowed.statusCode).toBe(200)
  })

  it('does not show why the list failed', async () => {
    const { app, gateway } = await testApp()
    gateway.models = () => Promise.reject(new Error('secret'))

    const answer = await app.inject('/v1/models')

    expect(answer.statusCode).toBe(500)
    expect(answer.body).not.toContain('secret')
  })

  it('takes the shape of the protocol whose client asks, errors included', async () => {
    const { app } = await testApp({ models })
    app.gateway.contributeModels({
      dialect: testDialect,
      matches: ({ headers, path }) => headers['x-protocol'] === 'other' && path !== '/models',
      list: (all, { query }) => ({ items: all.map((model) => model.id), query }),
      one: (model) => ({ item: model.id }),
    })
    const ask = async (url: string) =>
      (await app.inject({ url, headers: { 'x-protocol': 'other' } })).json()

    expect(await ask('/v1/models?page=2')).toEqual({
      items: ['internlm/internlm2.5-latest', 'llama3:8b'],
      query: 'page=2',
    })
    expect(await ask('/v1/models/llama3:8b')).toEqual({ item: 'llama3:8b' })
    expect(await ask('/v1/models/no')).toMatchObject({ code: 'model_not_found', form: 'nested' })
    expect(await ask('/v1/nothing')).toMatchObject({ code: 'not_found', form: 'nested' })
    expect(await ask('/models')).toHaveProperty('object', 'list')
  })

  it('takes a general shape instead of its own', async () => {
    const { app } = await testApp({ models })
    app.gateway.contributeModels({
      dialect: testDialect,
      list: (all) => ({ count: all.length }),
      one: (model) => ({ item: model.id }),
    })

    expect((await app.inject('/v1/models')).json()).toEqual({ count: 2 })
    expect((await app.inject('/models/no')).json()).toMatchObject({ form: 'string' })
  })

  it('keeps OpenAI’s list for a shape that only has errors of its own', async () => {
    const { app } = await testApp({ models })
    app.gateway.contributeModels({ dialect: testDialect })

    expect((await app.inject('/v1/models')).json()).toEqual({ object: 'list', data: shown })
    expect((await app.inject('/v1/models/llama3:8b')).json()).toEqual(shown[1])
    expect((await app.inject('/models/no')).json()).toMatchObject({ form: 'string' })
  })
})

describe('unknown paths', () => {
  it('are 404 below /v1, whatever the method and body', async () => {
    const { app } = await testApp()

    for (const method of ['GET', 'POST', 'DELETE'] as const) {
      const answer = await app.inject({ method, url: '/v1/nothing/here', payload: '{' })
      expect(answer.statusCode).toBe(404)
      expect(answer.json()).toMatchObject({
        error: { message: `There is nothing at ${method} /v1/nothing/here.` },
      })
    }
  })

  it('are 404 in their form everywhere, where the app says so', async () => {
    const { app } = await testApp()
    app.setNotFoundHandler((request, reply) => app.gateway.notFound(request, reply))

    expect((await app.inject('/nothing')).json()).toEqual({
      error: 'There is nothing at GET /nothing.',
    })
  })

  it('belong to the host where the gateway claims none', async () => {
    const { app } = await testApp({ plugin: { claimedPaths: [] } })

    expect((await app.inject('/v1/nothing')).json()).toMatchObject({ statusCode: 404 })
  })

  it.each([
    ['/v1/models/..%2fx', 400, 'nested'],
    ['/v1/models?after=%zz', 400, 'nested'],
    ['/models/%00', 400, 'string'],
    ['/v1/models/%zz', 400, 'nested'],
    ['/models/%zz', 400, 'string'],
  ])('that cannot be read are refused: %s', async (url, status, form) => {
    const { app } = await testApp()

    const answer = await app.inject(url)

    expect(answer.statusCode).toBe(status)
    expect(typeof answer.json().error).toBe(form === 'string' ? 'string' : 'object')
  })
})

it('serves below a prefix', async () => {
  const { app, gateway } = await testApp({ models, plugin: { prefix: '/llm' } })

  expect((await app.inject('/llm/models/no')).json()).toEqual({
    error: 'The model "no" does not exist.',
  })
  expect((await app.inject('/llm/v1/nothing')).statusCode).toBe(404)
  expect((await app.inject('/health')).statusCode).toBe(404)
  expect(gateway.inputs).toEqual([])
})
