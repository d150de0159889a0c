import fastify from 'fastify'
import { expect, it, onTestFinished } from 'vitest'
import gatewayPlugin from '../src/index.ts'

it('makes a gateway from a configuration and serves it', async () => {
  const app = fastify()
  onTestFinished(() => app.close())
  await app.register(gatewayPlugin, { config: { backends: [] }, version: '9.8.7' })

  expect((await app.inject('/health')).json()).toMatchObject({
    status: 'running',
    healthy_services: '0/0',
    version: '9.8.7',
    backends: [],
  })
  expect((await app.inject('/v1/models')).json()).toEqual({ object: 'list', data: [] })
})

it('does not start an app whose configuration is wrong', async () => {
  const app = fastify()
  onTestFinished(() => app.close())
  const backend = { name: 'Not A Name', plugin: undefined as never, options: {} }

  await expect(app.register(gatewayPlugin, { config: { backends: [backend] } })).rejects.toThrow()
})
