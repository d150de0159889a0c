import { GatewayError } from '@jackfield/core'
import { type FakeServer, startFakeServer } from '@jackfield/testkit'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { send, testBackend } from './doubles/backend.ts'
import { failureOf, okOf, Recorder } from './doubles/read-body.ts'

const reason = new GatewayError('client_closed_request', 'The client went away.')
const endless = [
  { do: 'head', status: 200, headers: { 'content-type': 'text/event-stream' } },
  { do: 'endless', frame: `data: ${'x'.repeat(16_000)}\n\n` },
] as const

describe('abort', () => {
  let server: FakeServer
  beforeEach(async () => {
    server = await startFakeServer([{ do: 'hang' }])
  })
  afterEach(() => server.close())

  it('before sending opens no connection', async () => {
    const result = await send(testBackend(server.url), {}, { signal: AbortSignal.abort(reason) })

    expect(failureOf(result)).toBe(reason)
    expect(server.connections).toEqual([])
  })

  it('while connecting settles at once and closes the socket', async () => {
    await server.setListener('stall')
    const before = sockets()
    const controller = new AbortController()
    const result = send(testBackend(server.url), {}, { signal: controller.signal })
    await new Promise((resolve) => setImmediate(resolve))
    expect(sockets()).toBeGreaterThan(before)

    controller.abort(reason)

    expect(failureOf(await result)).toBe(reason)
    await new Promise((resolve) => setImmediate(resolve))
    expect(sockets()).toBe(before)
  })

  it('while waiting for the head closes the socket within 100 ms', async () => {
    const controller = new AbortController()
    const result = send(testBackend(server.url), {}, { signal: controller.signal })
    const request = await server.waitForRequest(1)

    const at = performance.now()
    controller.abort(reason)

    expect(failureOf(await result)).toBe(reason)
    expect((await server.waitForAbort(request)) - at).toBeLessThan(100)
  })

  it('while streaming closes the socket within 100 ms and fails the body with the reason', async () => {
    server.respondWith(endless)
    const controller = new AbortController()
    const { signal } = controller
    const answer = okOf(await send(testBackend(server.url), { framing: 'sse' }, { signal }))
    const body = new Recorder()
    answer.body.start(body)
    await body.received(10_000)

    const at = performance.now()
    controller.abort(reason)
    const received = body.bytes

    expect(body.failure).toBe(reason)
    const [request] = server.requests
    if (request === undefined) throw new Error('no request')
    expect((await server.waitForAbort(request)) - at).toBeLessThan(100)
    expect(body.bytes).toBe(received)
  })

  it('while paused closes the socket within 100 ms', async () => {
    server.respondWith(endless)
    const controller = new AbortController()
    const { signal } = controller
    const answer = okOf(await send(testBackend(server.url), { framing: 'sse' }, { signal }))
    const body = new Recorder()
    answer.body.start(body)
    await body.received(10_000)
    answer.body.pause()
    const [request] = server.requests
    if (request === undefined) throw new Error('no request')
    await server.waitForStall(request)

    const at = performance.now()
    controller.abort(reason)

    expect(body.failure).toBe(reason)
    expect((await server.waitForAbort(request)) - at).toBeLessThan(100)
  })

  it('while the body of an error is read counts as an abort, not as the provider’s failure', async () => {
    server.respondWith([
      { do: 'head', status: 429 },
      { do: 'write', bytes: 'slow' },
      { do: 'hang' },
    ])
    const controller = new AbortController()
    const result = send(testBackend(server.url), {}, { signal: controller.signal })
    const request = await server.waitForRequest(1)
    await server.waitForState(request, 'hanging')

    controller.abort(reason)

    expect(failureOf(await result)).toBe(reason)
    await server.waitForAbort(request)
  })

  it('before the body is started is told to a receiver that starts later', async () => {
    server.respondWith(endless)
    const controller = new AbortController()
    const { signal } = controller
    const answer = okOf(await send(testBackend(server.url), { framing: 'sse' }, { signal }))

    controller.abort(reason)
    const body = new Recorder()
    answer.body.start(body)

    expect(body.failure).toBe(reason)
    expect(body.bytes).toBe(0)
  })

  it('cancelling a body closes the socket and delivers nothing any more', async () => {
    server.respondWith(endless)
    const answer = okOf(await send(testBackend(server.url), { framing: 'sse' }))
    const body = new Recorder()
    answer.body.start(body)
    await body.received(10_000)

    answer.body.cancel(reason)
    answer.body.cancel(reason)
    const received = body.bytes
    const [request] = server.requests
    if (request === undefined) throw new Error('no request')
    await server.waitForAbort(request)

    expect(body.bytes).toBe(received)
    expect([body.ended, body.failure]).toEqual([false, undefined])
  })

  it('takes a reason that is no error of ours for a call that was cancelled', async () => {
    const result = await send(testBackend(server.url), {}, { signal: AbortSignal.abort() })

    expect(failureOf(result).code).toBe('client_closed_request')
  })
})

function sockets(): number {
  return process.getActiveResourcesInfo().filter((name) => name.startsWith('TCP')).length
}
