import fastify from 'fastify'
import { expect, it } from 'vitest'
import frontendGemini from '../src/index.ts'
import { frontendApp } from './support/frontend-app.ts'

it('cannot be registered without the gateway', async () => {
  const app = fastify()

  await expect(app.register(frontendGemini)).rejects.toThrow(/gateway/)
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
})
