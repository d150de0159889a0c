import fastify from 'fastify'
import { describe, expect, it } from 'vitest'
import frontendAnthropic from '../src/index.ts'
import { frontendApp } from './support/frontend-app.ts'

const paths = ['/v1/messages', '/anthropic/v1/messages', '/v1/messages/count_tokens'] as const

describe('an error before the call has Anthropic’s envelope', () => {
  it.each(paths)('for a body that is too large: %s', async (url) => {
    const { app } = await frontendApp({ gateway: { maxBodyBytes: 100 } })

    const answer = await app.inject({ method: 'POST', url, payload: ' '.repeat(101) })

    expect(answer.statusCode).toBe(413)
    expect(answer.json()).toMatchObject({ type: 'error', error: { type: 'request_too_large' } })
  })

  it.each(paths)('for a coding that nobody knows: %s', async (url) => {
    const { app } = await frontendApp()

    const headers = { 'content-type': 'application/json', 'content-encoding': 'lzma' }
    const answer = await app.inject({ method: 'POST', url, headers, payload: '{}' })

    expect(answer.statusCode).toBe(415)
    expect(answer.json()).toMatchObject({
      type: 'error',
      error: { type: 'invalid_request_error' },
    })
  })

  it.each(paths)('for a method that is not allowed: %s', async (url) => {
    const { app } = await frontendApp()

    const answer = await app.inject({ method: 'GET', url })

    expect([answer.statusCode, answer.headers['allow']]).toEqual([405, 'POST, OPTIONS'])
    expect(answer.json()).toMatchObject({ type: 'error' })
  })

  it.each([
    '/v1/messages/nothing',
    '/v1/messages/count_tokens/x',
    '/anthropic/v1/nothing',
    '/anthropic/nothing',
  ])('for a path that does not exist: %s', async (url) => {
    const { app } = await frontendApp()

    const answer = await app.inject({ method: 'POST', url, payload: '{}' })

    expect(answer.statusCode).toBe(404)
    expect(answer.json()).toMatchObject({ type: 'error', error: { type: 'not_found_error' } })
  })

  it('for a client that says which version it speaks, wherever it goes', async () => {
    const { app } = await frontendApp()

    const answer = await app.inject({
      url: '/v1/nothing',
      headers: { 'anthropic-version': '2023-06-01' },
    })

    expect(answer.json()).toMatchObject({ type: 'error', error: { type: 'not_found_error' } })
  })

  it('whatever form the operator chose for others', async () => {
    const { app } = await frontendApp({ gateway: { errorShape: 'string' } })

    expect((await app.inject('/v1/messages')).json()).toMatchObject({ type: 'error' })
  })
})

describe('the plugin', () => {
  it('cannot be registered without the gateway', async () => {
    const app = fastify()

    await expect(app.register(frontendAnthropic)).rejects.toThrow(/gateway/)
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
})
