import fastify from 'fastify'
import { describe, expect, it } from 'vitest'
import frontendOpenAI from '../src/index.ts'
import { frontendApp } from './support/frontend-app.ts'

const tooLarge = Buffer.alloc(101, ' ')

describe('an error before the call', () => {
  it.each([
    ['/v1/chat/completions', 'object'],
    ['/chat/completions', 'string'],
    ['/v1/audio/speech', 'object'],
    ['/rerank', 'string'],
  ])('has the form of its path: %s', async (url, type) => {
    const { app } = await frontendApp({ gateway: { maxBodyBytes: 100 } })

    const answer = await app.inject({ method: 'POST', url, payload: tooLarge })

    expect(answer.statusCode).toBe(413)
    expect(answer.headers['content-type']).toContain('application/json')
    expect(typeof answer.json().error).toBe(type)
  })

  it.each([
    ['nested', 'object'],
    ['string', 'string'],
  ] as const)('has the form that the operator chose: %s', async (errorShape, type) => {
    const { app, inputs } = await frontendApp({ gateway: { maxBodyBytes: 100, errorShape } })

    for (const url of ['/v1/chat/completions', '/chat/completions']) {
      const refused = await app.inject({ method: 'POST', url, payload: tooLarge })
      expect(typeof refused.json().error).toBe(type)
      await app.inject({ method: 'POST', url, payload: '{}' })
    }

    expect(inputs.map((input) => input.errorForm)).toEqual([errorShape, errorShape])
  })

  it('asks for a key on the list of models in OpenAI’s words', async () => {
    const { app } = await frontendApp({ key: 'secret' })

    const answer = await app.inject('/v1/models')

    expect(answer.statusCode).toBe(401)
    expect(answer.json()).toHaveProperty('error.message', 'Unknown key.')
  })
})

describe('the plugin', () => {
  it('cannot be registered without the gateway', async () => {
    const app = fastify()

    await expect(app.register(frontendOpenAI)).rejects.toThrow(/gateway/)
  })

  it('touches nothing of a host that has habits of its own', async () => {
    const { app } = await frontendApp({
      prepare(host) {
        host.setErrorHandler((_error, _request, reply) => reply.code(418).send({ host: true }))
        host.setNotFoundHandler((_request, reply) => reply.code(404).send({ host: true }))
        host.post('/own', async (request) => ({ got: request.body }))
      },
    })
    const own = (payload: string) =>
      app.inject({
        method: 'POST',
        url: '/own',
        headers: { 'content-type': 'application/json' },
        payload,
      })

    expect((await own('{"a":1}')).json()).toEqual({ got: { a: 1 } })
    expect((await own('{')).statusCode).toBe(418)
    expect((await app.inject('/nothing')).json()).toEqual({ host: true })
    expect((await app.inject('/v1/models')).json()).toHaveProperty('data.0.id', 'm')
  })
})
