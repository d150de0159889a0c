import type { AnswerSink } from '@jackfield/core'
import { expect, it } from 'vitest'
import { manualClock } from './support/manual-clock.ts'
import { post, rawClient } from './support/raw-client.ts'
import { testApp } from './support/test-app.ts'

const sse = { 'content-type': 'text/event-stream' }

async function openStream(
  graceful: () => Promise<void>,
  options: Parameters<typeof testApp>[0] = {},
) {
  const { promise: reached, resolve } = Promise.withResolvers<AnswerSink>()
  const test = await testApp({
    server: { forceCloseConnections: 'idle' },
    handle: (_input, sink) => resolve(sink),
    ...options,
  })
  test.gateway.close = async ({ graceMs }) => {
    test.gateway.closes.push(graceMs)
    await graceful()
  }
  const client = await rawClient(await test.listen())
  client.send(post('/v1/call', '{}'))
  const sink = await reached
  return { ...test, client, sink }
}

it('closes the gateway with its grace while open calls go on', async () => {
  const calls = Promise.withResolvers<void>()
  const { app, gateway, client, sink } = await openStream(() => calls.promise, {
    plugin: { graceMs: 7_000 },
  })
  sink.start(200, sse)
  sink.write(Buffer.from('data: 1\n\n'))
  await client.until('data: 1')

  const closed = app.close()
  await new Promise((resolve) => setImmediate(resolve))
  expect(gateway.closes).toEqual([7_000])
  sink.end(Buffer.from('data: 2\n\n'))
  calls.resolve()
  await closed

  expect(await client.closed()).toBeUndefined()
  expect(client.text()).toContain('data: 2')
  expect(client.text()).toContain('\r\n0\r\n\r\n')
})

it('tells clients of answers that begin while it closes not to come back', async () => {
  const calls = Promise.withResolvers<void>()
  const { app, client, sink } = await openStream(() => calls.promise)

  const closed = app.close()
  await new Promise((resolve) => setImmediate(resolve))
  sink.start(200, {})
  sink.end(Buffer.from('last'))
  calls.resolve()
  await closed
  await client.closed()

  expect(client.text()).toContain('connection: close\r\n')
  expect(client.text()).toMatch(/last$/)
})

it('answers a request that was half sent, and closes its connection', async () => {
  const { app, sockets, listen } = await testApp({ server: { forceCloseConnections: 'idle' } })
  const client = await rawClient(await listen())
  client.send('GET /v1/nothing HTTP/1.1\r\n')
  while (!sockets[0]?.bytesRead) await new Promise((resolve) => setImmediate(resolve))

  const closed = app.close()
  await new Promise((resolve) => setImmediate(resolve))
  client.send('host: a\r\n\r\n')
  await closed
  await client.closed()

  expect(client.text()).toMatch(/^HTTP\/1.1 404 /)
  expect(client.text()).toMatch(/connection: close/i)
})

it('refuses new connections at once', async () => {
  const calls = Promise.withResolvers<void>()
  const { app, sink } = await openStream(() => calls.promise)
  const address = app.server.address()
  if (address === null || typeof address === 'string') throw new Error('No port')

  const closed = app.close()
  await new Promise((resolve) => setImmediate(resolve))
  const refused = fetch(`http://127.0.0.1:${address.port}/health`)

  await expect(refused).rejects.toThrow()
  sink.destroy()
  calls.resolve()
  await closed
})

it('drops answers that nobody reads a second after the last call has ended', async () => {
  const clock = manualClock()
  const { app, client, sink } = await openStream(async () => {}, { plugin: { clock } })
  client.socket.pause()
  sink.start(200, sse)
  for (let megabytes = 0; megabytes < 40; megabytes++) sink.write(Buffer.alloc(1024 * 1024))
  sink.end()

  const closed = app.close()
  while (clock.pending() === 0) await new Promise((resolve) => setImmediate(resolve))
  clock.advance(1_000)

  await closed
})

it('closes the gateway of an app that never listened, once', async () => {
  const { app, gateway } = await testApp()
  await app.ready()

  await app.close()

  expect(gateway.closes).toEqual([30_000])
})
