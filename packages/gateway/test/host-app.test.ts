import fastify from 'fastify'
import { describe, expect, it, onTestFinished } from 'vitest'
import gatewayPlugin from '../src/index.ts'
import { fakeGateway } from './support/fake-gateway.ts'
import { post, rawClient } from './support/raw-client.ts'
import { listen, testApp } from './support/test-app.ts'
import { testDialect } from './support/test-dialect.ts'

/** An app of somebody else, with habits of its own, that took the gateway in. */
async function hostApp() {
  const gateway = fakeGateway()
  const app = fastify()
  app.addContentTypeParser('text/yaml', { parseAs: 'string' }, (_request, body, done) =>
    done(null, { yaml: body }),
  )
  app.setErrorHandler((error, _request, reply) => {
    reply.code(418).send({ host: error instanceof Error ? error.message : '' })
  })
  app.setNotFoundHandler((_request, reply) => reply.code(404).send({ host: 'nothing' }))
  app.setReplySerializer((payload) => JSON.stringify({ wrapped: payload }))
  app.addHook('onRequest', async (_request, reply) => {
    reply.header('access-control-allow-origin', 'https://host.example')
  })
  app.addHook('onRequest', async (request) => {
    if (request.headers['x-blocked'] === undefined) return
    throw Object.assign(new Error('Slow down, host says.'), { statusCode: 429 })
  })
  app.post('/echo', async (request) => ({ got: request.body }))
  app.get('/v1/users', async () => ({ users: [] }))
  app.get('/fail', () => {
    throw new Error('host failure')
  })
  await app.register(gatewayPlugin, { gateway })
  app.gateway.mount(app, {
    dialect: testDialect,
    routes: [
      {
        url: '/v1/call',
        methods: ['POST'],
        handler: (request, reply) =>
          app.gateway.serve(request, reply, { dialect: testDialect, operation: 'chat' }),
      },
    ],
  })
  onTestFinished(() => app.close())
  return { app, gateway }
}

describe('a host app', () => {
  it('keeps its own parsing of JSON and other types', async () => {
    const { app } = await hostApp()
    const send = async (type: string, payload: string) =>
      (
        await app.inject({
          method: 'POST',
          url: '/echo',
          headers: { 'content-type': type },
          payload,
        })
      ).json()

    expect(await send('application/json', '{"a":1}')).toEqual({ wrapped: { got: { a: 1 } } })
    expect(await send('text/yaml', 'a: 1')).toEqual({ wrapped: { got: { yaml: 'a: 1' } } })
    expect(await send('application/json', '{')).toHaveProperty('wrapped.host')
    expect(await send('image/png', 'x')).toHaveProperty('wrapped.host')
  })

  it('keeps its routes, error handler and not-found handler', async () => {
    const { app } = await hostApp()

    expect((await app.inject('/v1/users')).json()).toEqual({ wrapped: { users: [] } })
    expect((await app.inject('/fail')).json()).toEqual({ wrapped: { host: 'host failure' } })
    expect((await app.inject('/nothing')).json()).toEqual({ host: 'nothing' })
  })

  it('does not change what the gateway answers', async () => {
    const { app, gateway } = await hostApp()

    const call = await app.inject({ method: 'POST', url: '/v1/call', payload: { model: 'm' } })

    expect(call.json()).toEqual({ ok: true })
    expect(Buffer.from(gateway.inputs[0]?.body as Uint8Array).toString()).toBe('{"model":"m"}')
    expect((await app.inject('/v1/models')).json()).toEqual({ object: 'list', data: [] })
    expect((await app.inject('/v1/nothing')).json()).toHaveProperty('error.code', 'not_found')
  })

  it('adds its headers to the answers of the gateway', async () => {
    const { app } = await hostApp()
    const client = await rawClient(await listen(app))

    client.send(post('/v1/call', '{}'))
    await client.until('{"ok":true}')

    expect(client.text()).toContain('access-control-allow-origin: https://host.example\r\n')
  })

  it('refuses calls with its own hooks, and the client reads it in its protocol', async () => {
    const { app, gateway } = await hostApp()

    const answer = await app.inject({
      method: 'POST',
      url: '/v1/call',
      headers: { 'x-blocked': '1' },
      payload: {},
    })

    expect(answer.statusCode).toBe(429)
    expect(answer.json()).toMatchObject({
      code: 'rate_limited',
      message: 'Slow down, host says.',
    })
    expect(gateway.inputs).toEqual([])
  })
})

it('tells who mounts a call on a route of the host that its body was parsed', async () => {
  const { app } = await hostApp()
  app.post('/wrong', (request, reply) =>
    app.gateway.serve(request, reply, { dialect: testDialect, operation: 'chat' }),
  )

  const answer = await app.inject({ method: 'POST', url: '/wrong', payload: { a: 1 } })

  expect(answer.body).toContain('app.gateway.mount()')
})

it('does not let a failing hook of the host show its text', async () => {
  const { app } = await testApp({
    plugin: {},
    server: {},
  })
  app.addHook('onRequest', async () => {
    throw new Error('database password')
  })

  const answer = await app.inject({ method: 'POST', url: '/v1/call', payload: {} })

  expect(answer.statusCode).toBe(500)
  expect(answer.body).not.toContain('password')
})

it('answers clients that offer to change to HTTP/2', async () => {
  const { listen: start } = await testApp()
  const client = await rawClient(await start())

  client.send(
    post('/v1/call', '{}', {
      connection: 'Upgrade, HTTP2-Settings',
      upgrade: 'h2c',
      'http2-settings': 'AAEAAEAAAAIAAAAB',
    }),
  )
  await client.until('{"ok":true}')

  expect(client.text()).toMatch(/^HTTP\/1.1 200 /)
})

it('never mixes answers of concurrent calls', async () => {
  const { listen: start } = await testApp({
    async handle(input, sink) {
      const body = Buffer.from(input.body as Uint8Array).toString()
      sink.start(200, { 'content-type': 'text/event-stream' })
      for (let part = 0; part < 5; part++) {
        sink.write(Buffer.from(`${body}:${part}\n`))
        await new Promise((resolve) => setImmediate(resolve))
      }
      sink.end()
    },
  })
  const url = `http://127.0.0.1:${await start()}/v1/call`

  const answers = await Promise.all(
    Array.from({ length: 200 }, async (_, id) => {
      const answer = await fetch(url, { method: 'POST', body: `call-${id}` })
      return answer.text()
    }),
  )

  const parts = [0, 1, 2, 3, 4]
  expect(answers).toEqual(
    answers.map((_, id) => parts.map((part) => `call-${id}:${part}\n`).join('')),
  )
})
