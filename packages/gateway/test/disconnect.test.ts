import { once } from 'node:events'
import type { CallInput } from '@jackfield/core'
import { expect, it } from 'vitest'
import { post, rawClient } from './support/raw-client.ts'
import { type TestAppOptions, testApp } from './support/test-app.ts'

/** Sends a call that the gateway answers as the script says, and then leaves open. */
async function callInProgress(options: TestAppOptions['handle']) {
  const { promise: reached, resolve } = Promise.withResolvers<CallInput>()
  const { listen } = await testApp({
    async handle(input, sink) {
      await options?.(input, sink)
      resolve(input)
    },
  })
  const client = await rawClient(await listen())
  client.send(post('/v1/call', '{}'))
  return { client, input: await reached }
}

const phases: readonly [string, NonNullable<TestAppOptions['handle']>][] = [
  ['before the head', () => {}],
  [
    'after the head',
    (_input, sink) => {
      sink.start(200, { 'content-type': 'text/event-stream' })
      sink.write(Buffer.from('data: 1\n\n'))
    },
  ],
  [
    'while it does not read',
    (_input, sink) => {
      sink.start(200, { 'content-type': 'text/event-stream' })
      while (sink.write(Buffer.alloc(1024 * 1024)));
    },
  ],
]

for (const [phase, handle] of phases) {
  for (const way of ['end', 'resetAndDestroy'] as const) {
    it(`aborts the call within 100 ms when the client goes away ${phase} (${way})`, async () => {
      const { client, input } = await callInProgress(handle)
      if (phase !== 'while it does not read') client.socket.resume()
      else client.socket.pause()
      expect(input.signal.aborted).toBe(false)

      const start = performance.now()
      const aborted = once(input.signal, 'abort')
      // A process that dies leaves its unread bytes behind, and the kernel answers what comes later with a reset.
      if (way === 'end') client.socket.destroy()
      else client.socket.resetAndDestroy()
      await aborted

      expect(performance.now() - start).toBeLessThan(100)
      expect(input.signal.reason).toMatchObject({ code: 'client_closed_request' })
    })
  }
}

it('does not abort a call that was answered', async () => {
  const { client, input } = await callInProgress((_input, sink) => {
    sink.start(200, {})
    sink.end(Buffer.from('answer'))
  })

  await client.until('answer')
  client.send(post('/v1/call', '{}'))
  await client.until('answerHTTP/1.1 200')

  expect(input.signal.aborted).toBe(false)
})

it('aborts every call of a connection on which several were sent at once', async () => {
  const { promise: all, resolve } = Promise.withResolvers<void>()
  const { listen, gateway } = await testApp({
    handle() {
      if (gateway.inputs.length === 20) resolve()
    },
  })
  const warnings: Error[] = []
  const onWarning = (warning: Error) => warnings.push(warning)
  process.on('warning', onWarning)
  const client = await rawClient(await listen())
  client.send(post('/v1/call', '{}').repeat(20))
  await all

  client.socket.destroy()
  await Promise.all(gateway.inputs.map((input) => once(input.signal, 'abort')))
  process.off('warning', onWarning)

  expect(warnings).toEqual([])
})

it('answers calls that were sent at once in their order, and aborts none', async () => {
  const { listen, gateway } = await testApp({
    async handle(input, sink) {
      const body = Buffer.from(input.body as Uint8Array).toString()
      // The later ones are ready first.
      for (let turn = 0; turn < 10 - Number(body); turn++) {
        await new Promise((resolve) => setImmediate(resolve))
      }
      sink.start(200, {})
      sink.write(Buffer.from(`<${body}`))
      sink.end(Buffer.from('>'))
    },
  })
  const client = await rawClient(await listen())

  client.send(Array.from({ length: 10 }, (_, id) => post('/v1/call', String(id))).join(''))
  await client.until('<9')
  await client.until('0\r\n\r\n')
  client.socket.end()
  await client.closed()

  expect(client.text().match(/<\d/g)).toEqual(Array.from({ length: 10 }, (_, id) => `<${id}`))
  expect(gateway.inputs.some((input) => input.signal.aborted)).toBe(false)
})

it('aborts only the call whose client went away', async () => {
  const inputs: CallInput[] = []
  const { promise: both, resolve } = Promise.withResolvers<void>()
  const { listen } = await testApp({
    handle(input) {
      inputs.push(input)
      if (inputs.length === 2) resolve()
    },
  })
  const port = await listen()
  const first = await rawClient(port)
  first.send(post('/v1/call', '{}'))
  const second = await rawClient(port)
  second.send(post('/v1/call', '{}'))
  await both

  first.socket.destroy()
  await Promise.race(inputs.map((input) => once(input.signal, 'abort')))

  expect(inputs.filter((input) => input.signal.aborted)).toHaveLength(1)
})
