import { type FakeServer, startFakeServer } from '@jackfield/testkit'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { send, testBackend } from './doubles/backend.ts'
import { FakeClock } from './doubles/fake-clock.ts'
import { failureOf, okOf, Recorder } from './doubles/read-body.ts'

const limits = { connectMs: 2_000, firstByteMs: 30_000, idleMs: 5_000, totalMs: 60_000 }

describe('time limits', () => {
  let server: FakeServer
  let clock: FakeClock
  beforeEach(async () => {
    clock = new FakeClock()
    server = await startFakeServer([{ do: 'hang' }])
  })
  afterEach(() => server.close())

  const backend = (timeouts = {}) =>
    testBackend(server.url, { clock, timeouts: { ...limits, ...timeouts } })

  it('names the connect limit when the port does not answer', async () => {
    await server.setListener('stall')
    const result = send(backend())
    await turn()

    clock.advance(2_000)

    const failure = failureOf(await result)
    expect(failure.code).toBe('upstream_timeout')
    expect(failure.message).toBe(
      `acme (127.0.0.1:${server.port}) took too long: no connection stood after 2 s (timeouts.connect).`,
    )
  })

  it('names the first-byte limit when the server is silent, and closes the socket', async () => {
    const result = send(backend({ firstByteMs: 250 }))
    const request = await server.waitForRequest(1)

    clock.advance(250)

    expect(failureOf(await result).message).toMatch(
      /no answer began after 250 ms \(timeouts\.first_byte\)\.$/,
    )
    await server.waitForAbort(request)
  })

  it('names the idle limit when a stream stands still, after what came', async () => {
    server.respondWith([
      { do: 'head', status: 200, headers: { 'content-type': 'text/event-stream' } },
      { do: 'write', bytes: 'data: 1\n\n' },
      { do: 'hang' },
    ])
    const answer = okOf(await send(backend(), { framing: 'sse' }))
    const body = new Recorder()
    answer.body.start(body)
    await body.received(9)

    clock.advance(4_999)
    expect(body.failure).toBeUndefined()
    clock.advance(1)

    expect(body.text).toBe('data: 1\n\n')
    expect(body.failure?.code).toBe('upstream_timeout')
    expect(body.failure?.message).toMatch(/stood still for 5 s \(timeouts\.idle\)\.$/)
  })

  it('names the total limit when a whole answer trickles', async () => {
    server.respondWith([
      { do: 'head', status: 200, headers: { 'content-type': 'application/json' } },
      { do: 'write', bytes: '{"a":' },
      { do: 'gate', name: 'more' },
      { do: 'write', bytes: '1' },
      { do: 'hang' },
    ])
    const answer = okOf(await send(backend({ idleMs: 50_000 })))
    const body = new Recorder()
    answer.body.start(body)
    await body.received(5)
    clock.advance(40_000)
    server.gate('more').open()
    await body.received(6)

    clock.advance(20_000)

    expect(body.failure?.message).toMatch(/not complete after 60 s \(timeouts\.total\)\.$/)
  })

  it('does not end a stream by the total limit', async () => {
    server.respondWith([
      { do: 'head', status: 200, headers: { 'content-type': 'text/event-stream' } },
      { do: 'write', bytes: 'data: 1\n\n' },
      { do: 'gate', name: 'more' },
      { do: 'write', bytes: 'data: 2\n\n' },
      { do: 'end' },
    ])
    const answer = okOf(await send(backend({ idleMs: 0 }), { framing: 'sse' }))
    const body = new Recorder()
    answer.body.start(body)
    await body.received(9)

    clock.advance(1e7)
    server.gate('more').open()
    await body.over

    expect(body.text).toBe('data: 1\n\ndata: 2\n\n')
  })

  it('does not count idleness while the receiver has paused', async () => {
    server.respondWith([
      { do: 'head', status: 200, headers: { 'content-type': 'text/event-stream' } },
      { do: 'write', bytes: 'data: 1\n\n' },
      { do: 'hang' },
    ])
    const answer = okOf(await send(backend(), { framing: 'sse' }))
    const body = new Recorder()
    answer.body.start(body)
    await body.received(9)
    answer.body.pause()

    clock.advance(1e7)
    expect(body.failure).toBeUndefined()
    answer.body.resume()
    clock.advance(5_000)

    expect(body.failure?.message).toContain('timeouts.idle')
  })

  it('lets the attempt replace single limits', async () => {
    const result = send(backend(), {}, { timeouts: { firstByteMs: 20 } })
    await server.waitForRequest(1)

    clock.advance(20)

    expect(failureOf(await result).message).toContain('after 20 ms (timeouts.first_byte)')
  })

  it('leaves no timer behind when an answer is complete', async () => {
    server.respondWith([{ do: 'head', status: 200 }, { do: 'end' }])
    const answer = okOf(await send(backend()))
    const body = new Recorder()
    answer.body.start(body)

    await body.over

    expect(clock.timers).toBe(0)
  })

  it('still tells the class of an error whose body never ends', async () => {
    server.respondWith([
      { do: 'head', status: 429, headers: { 'content-type': 'application/json' } },
      { do: 'write', bytes: '{"error":"slo' },
      { do: 'hang' },
    ])
    const result = send(backend())
    await server.waitForState(await server.waitForRequest(1), 'hanging')
    await turn()

    clock.advance(5_000)

    const failure = failureOf(await result)
    expect(failure.code).toBe('upstream_rate_limited')
    expect(failure.message).toContain('{"error":"slo')
  })

  it('are told to the host where they are the backend’s own, so that it waits longer', () => {
    const timeouts = { totalMs: 900_000 }

    expect(testBackend(server.url, { definition: { timeouts } }).timeouts).toEqual(timeouts)
    expect(testBackend(server.url)).not.toHaveProperty('timeouts')
  })
})

/** Lets pending input and promises be handled. */
async function turn(): Promise<void> {
  for (let round = 0; round < 5; round += 1) {
    await new Promise((resolve) => setImmediate(resolve))
  }
}
