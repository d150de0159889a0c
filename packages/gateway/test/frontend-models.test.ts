import type { ListedModel } from '@jackfield/core'
import { describe, expect, it } from 'vitest'
import type { ModelsShape } from '../src/index.ts'
import { type TestAppOptions, testApp } from './support/test-app.ts'
import { testDialect } from './support/test-dialect.ts'

const models: readonly ListedModel[] = [
  { id: 'a', ownedBy: 'x', created: 1 },
  { id: 'b/c', ownedBy: 'x', created: 2 },
]

const shape: ModelsShape = {
  dialect: testDialect,
  matches: ({ path }) => path.endsWith(':do'),
  list: (all, { query }) => ({ ids: all.map(({ id }) => id), query }),
  one: ({ id }) => ({ only: id }),
  call: ({ path }) =>
    path.endsWith(':do')
      ? { dialect: testDialect, operation: 'chat', errorForm: 'nested' }
      : undefined,
}

describe('models on a path of a frontend', () => {
  const start = async (options: TestAppOptions = {}) => {
    const { app } = await testApp({ models, ...options })
    const { gateway } = app
    gateway.mount(app, {
      dialect: testDialect,
      claimedPaths: ['/own/*'],
      routes: [
        {
          url: '/own/models',
          methods: ['GET'],
          handler: (request, reply) => gateway.serveModels(request, reply, { shape }),
        },
        {
          url: '/own/models/:id',
          methods: ['GET'],
          handler(request, reply) {
            const { id } = request.params as { readonly id: string }
            return gateway.serveModels(request, reply, { shape, id })
          },
        },
      ],
    })
    return app
  }

  it('have its shape', async () => {
    const app = await start()

    expect((await app.inject('/own/models?page=2')).json()).toEqual({
      ids: ['a', 'b/c'],
      query: 'page=2',
    })
    expect((await app.inject('/own/models/b%2Fc')).json()).toEqual({ only: 'b/c' })
    expect((await app.inject({ method: 'HEAD', url: '/own/models' })).statusCode).toBe(200)
  })

  it('are refused in its form', async () => {
    const app = await start({ keys: {} })

    const refused = await app.inject('/own/models')

    expect(refused.statusCode).toBe(401)
    expect(refused.headers['x-dialect']).toBe('test')
  })

  it('do not exist in its form, like everything else that it claims', async () => {
    const app = await start()

    const model = await app.inject('/own/models/no')
    const path = await app.inject({ method: 'POST', url: '/own/nothing', payload: '{' })

    expect([model.statusCode, model.json().code]).toEqual([404, 'model_not_found'])
    expect([path.statusCode, path.json().code]).toEqual([404, 'not_found'])
    expect(path.headers['x-dialect']).toBe('test')
  })
})

describe('a POST below /v1/models/', () => {
  it.each(['/v1/models/a:do', '/v1/models/b/c:do', '/v1/models/b%2Fc:do'])(
    'is a call where a shape takes it for one: %s',
    async (url) => {
      const { app, gateway } = await testApp({ models })
      app.gateway.contributeModels(shape)

      const answer = await app.inject({ method: 'POST', url, payload: '{"x":1}' })

      expect(answer.json()).toEqual({ ok: true })
      expect(gateway.inputs[0]).toMatchObject({ operation: 'chat', path: url })
      expect(String(gateway.inputs[0]?.body)).toBe('{"x":1}')
    },
  )

  it('is refused in that shape’s form when its body is too large', async () => {
    const { app } = await testApp({ models, plugin: { maxBodyBytes: 10 } })
    app.gateway.contributeModels(shape)

    const answer = await app.inject({
      method: 'POST',
      url: '/v1/models/a:do',
      payload: 'x'.repeat(11),
    })

    expect(answer.statusCode).toBe(413)
    expect(answer.headers['x-dialect']).toBe('test')
  })

  it.each([
    ['POST', '/v1/models/a'],
    ['POST', '/v1/models/a:other'],
    ['PUT', '/v1/models/a:do'],
    ['POST', '/models/a:do'],
  ] as const)('is not allowed otherwise: %s %s', async (method, url) => {
    const { app, gateway } = await testApp({ models })
    app.gateway.contributeModels(shape)

    const answer = await app.inject({ method, url, payload: '{}' })

    expect([answer.statusCode, answer.headers['allow']]).toEqual([405, 'GET, HEAD, OPTIONS'])
    expect(gateway.inputs).toEqual([])
  })
})
