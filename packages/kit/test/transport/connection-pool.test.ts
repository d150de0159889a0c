import { GatewayError, isGatewayError, systemClock } from '@jackfield/core'
import { type FakeServer, reply, startFakeServer } from '@jackfield/testkit'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ConnectionPool } from '../../src/transport/connection-pool.ts'
import { type Answer, exchange } from '../../src/transport/exchange.ts'
import { FakeClock } from '../doubles/fake-clock.ts'
import { readBody } from '../doubles/read-body.ts'

const timeouts = { connectMs: 1_000, firstByteMs: 0, firstTokenMs: 0, idleMs: 0, totalMs: 0 }

describe('ConnectionPool', () => {
  let server: FakeServer
  beforeEach(async () => {
    server = await startFakeServer(reply(200, {}))
  })
  afterEach(() => server.close())

  interface Options {
    readonly signal?: AbortSignal
    readonly clock?: FakeClock
  }

  const ask = (pool: ConnectionPool, options: Options = {}): Promise<Answer | GatewayError> =>
    exchange(
      {
        origin: server.url,
        method: 'GET',
        path: '/',
        headers: [],
        framing: 'json',
        maxBytes: 0,
        upstream: { backend: 'acme', target: 'key', host: 'host:1' },
      },
      {
        pool,
        clock: options.clock ?? systemClock,
        timeouts,
        signal: options.signal ?? new AbortController().signal,
      },
    )
  const finish = async (answer: Answer | GatewayError): Promise<void> => {
    if (isGatewayError(answer)) throw answer
    await readBody(answer.body)
  }

  it('opens a connection for each call that is under way', async () => {
    server.respondWith([
      { do: 'gate', name: 'answer' },
      { do: 'head', status: 200 },
    ])
    const pool = new ConnectionPool()

    const answers = [ask(pool), ask(pool), ask(pool)]
    await server.gate('answer').arrived(3)
    server.gate('answer').open()
    for (const answer of answers) await finish(await answer)

    expect(server.connections.length).toBe(3)
    pool.close()
  })

  it('uses the connection first that was used last', async () => {
    server.respondWith([
      { do: 'gate', name: 'answer' },
      { do: 'head', status: 200 },
    ])
    const pool = new ConnectionPool()
    const answers = [ask(pool), ask(pool)]
    await server.gate('answer').arrived(2)
    server.gate('answer').open()
    for (const answer of answers) await finish(await answer)

    for (let call = 0; call < 4; call += 1) await finish(await ask(pool))

    const used = server.requests.slice(2).map((request) => request.connection)
    expect(new Set(used).size).toBe(1)
    pool.close()
  })

  it('lets calls beyond its limit wait, in order', async () => {
    server.respondWith((request) => [
      { do: 'gate', name: `answer ${request.index}` },
      { do: 'head', status: 200 },
    ])
    const pool = new ConnectionPool({ maxConnections: 1 })
    const order: string[] = []
    const calls = ['a', 'b', 'c'].map(async (name) => {
      await finish(await ask(pool))
      order.push(name)
    })

    for (let index = 0; index < 3; index += 1) {
      await server.gate(`answer ${index}`).arrived()
      expect(server.requests.length).toBe(index + 1)
      server.gate(`answer ${index}`).open()
    }
    await Promise.all(calls)

    expect(order).toEqual(['a', 'b', 'c'])
    expect(server.connections.length).toBe(1)
    pool.close()
  })

  it('lets a call that waits for a connection be aborted', async () => {
    server.respondWith([
      { do: 'gate', name: 'answer' },
      { do: 'head', status: 200 },
    ])
    const pool = new ConnectionPool({ maxConnections: 1 })
    const first = ask(pool)
    await server.gate('answer').arrived()
    const controller = new AbortController()
    const waiting = ask(pool, { signal: controller.signal })

    controller.abort(new GatewayError('client_closed_request', 'Gone.'))

    expect(await waiting).toMatchObject({ code: 'client_closed_request' })
    server.gate('answer').open()
    await finish(await first)
    await finish(await ask(pool))
    expect(server.requests.length).toBe(2)
    pool.close()
  })

  it('counts waiting for a connection as connecting', async () => {
    server.respondWith([{ do: 'hang' }])
    const pool = new ConnectionPool({ maxConnections: 1 })
    const first = ask(pool)
    await server.waitForRequest(1)
    const clock = new FakeClock()
    const waiting = ask(pool, { clock })

    clock.advance(1_000)

    expect(await waiting).toMatchObject({ code: 'upstream_timeout' })
    pool.close()
    expect(isGatewayError(await first)).toBe(true)
  })

  it('gives the place of a broken connection to the next call', async () => {
    server.respondOnce([{ do: 'reset' }])
    const pool = new ConnectionPool({ maxConnections: 1 })

    const [broken, good] = await Promise.all([ask(pool), ask(pool)])

    expect(isGatewayError(broken)).toBe(true)
    await finish(good)
    expect(server.connections.length).toBe(2)
    pool.close()
  })

  it('opens a new connection when the server has closed the idle one', async () => {
    const pool = new ConnectionPool()
    await finish(await ask(pool))
    await server.dropConnections()
    // The end of the connection has to arrive first.
    for (let round = 0; round < 5; round += 1) await new Promise((done) => setImmediate(done))
    expect(pool.size).toBe(0)

    await finish(await ask(pool))

    expect(server.connections.length).toBe(2)
    expect(pool.size).toBe(1)
    pool.close()
  })

  it('does not use a connection again that the server does not keep alive', async () => {
    server.respondWith(reply(200, {}, { connection: 'close' }))
    const pool = new ConnectionPool()

    await finish(await ask(pool))
    await finish(await ask(pool))
    await finish(await ask(pool))

    expect(new Set(server.requests.map((request) => request.connection)).size).toBe(3)
    pool.close()
  })

  it('does not use a connection again whose answer was not read to its end', async () => {
    const pool = new ConnectionPool()
    server.respondOnce([{ do: 'head', status: 200 }, { do: 'write', bytes: 'a' }, { do: 'hang' }])
    const answer = await ask(pool)
    if (isGatewayError(answer)) throw answer
    answer.body.cancel(new GatewayError('client_closed_request', 'Gone.'))

    await finish(await ask(pool))

    expect(new Set(server.requests.map((request) => request.connection)).size).toBe(2)
    pool.close()
  })

  it('turns waiting calls away and ends open ones when it is closed', async () => {
    server.respondWith([{ do: 'hang' }])
    const pool = new ConnectionPool({ maxConnections: 1 })
    const open = ask(pool)
    const request = await server.waitForRequest(1)
    const waiting = ask(pool)

    pool.close()
    pool.close()

    expect(await waiting).toMatchObject({ code: 'upstream_unreachable' })
    expect(isGatewayError(await open)).toBe(true)
    await server.waitForAbort(request)
  })
})
