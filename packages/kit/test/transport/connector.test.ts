import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { GatewayError, isGatewayError, systemClock } from '@jackfield/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ConnectionPool, type ConnectionPoolOptions } from '../../src/transport/connection-pool.ts'
import { exchange, type OutgoingRequest } from '../../src/transport/exchange.ts'
import { parseProxy } from '../../src/transport/proxy.ts'
import { type ProxyServer, startProxy } from '../doubles/proxy-server.ts'
import { readBody } from '../doubles/read-body.ts'

const fixture = (name: string): string =>
  readFileSync(new URL(`../fixtures/synthetic-localhost-${name}.pem`, import.meta.url), 'utf8')
const ca = fixture('cert')

interface Reply {
  readonly text: string
}

async function ask(
  pool: ConnectionPool,
  request: Pick<OutgoingRequest, 'origin'> & Partial<OutgoingRequest>,
  signal = new AbortController().signal,
): Promise<Reply | GatewayError> {
  const timeouts = { connectMs: 5_000, firstByteMs: 5_000, firstTokenMs: 0, idleMs: 0, totalMs: 0 }
  const upstream = { backend: 'acme', target: 'key', host: 'localhost:1', proxy: 'proxy:1' }
  const answer = await exchange(
    { method: 'GET', path: '/', headers: [], framing: 'json', maxBytes: 0, upstream, ...request },
    { pool, clock: systemClock, timeouts, signal },
  )
  if (isGatewayError(answer)) return answer
  const { text, failure } = await readBody(answer.body)
  return failure ?? { text }
}

describe('connections over TLS', () => {
  let server: Server
  let port: number
  const tickets: boolean[] = []
  const pools: ConnectionPool[] = []
  const openPool = (options: ConnectionPoolOptions = {}): ConnectionPool => {
    const pool = new ConnectionPool(options)
    pools.push(pool)
    return pool
  }
  beforeEach(async () => {
    tickets.length = 0
    server = createServer({ key: fixture('key'), cert: ca }, (request, response) => {
      const socket = request.socket as TLSSocket
      tickets.push(socket.isSessionReused())
      response.setHeader(
        'connection',
        request.headers['x-close'] === undefined ? 'keep-alive' : 'close',
      )
      response.end(`${socket.alpnProtocol} ${request.headers.host}`)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    port = (server.address() as AddressInfo).port
  })
  afterEach(async () => {
    for (const pool of pools.splice(0)) pool.close()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })

  it('speak HTTP/1.1 with a trusted server', async () => {
    const reply = await ask(openPool({ ca }), { origin: `https://localhost:${port}` })

    expect(reply).toEqual({ text: `http/1.1 localhost:${port}` })
  })

  it('are refused where the certificate is not trusted, in words', async () => {
    const reply = await ask(openPool(), { origin: `https://localhost:${port}` })

    expect(reply).toMatchObject({ code: 'upstream_unreachable' })
    expect((reply as GatewayError).message).toContain('its TLS certificate is self-signed')
  })

  it('are refused where the certificate belongs to another host', async () => {
    const reply = await ask(openPool({ ca }), { origin: `https://127.0.0.1:${port}` })

    expect((reply as GatewayError).message).toContain('belongs to another host')
  })

  it('resume the session of an earlier connection', async () => {
    const pool = openPool({ ca })
    const request = { origin: `https://localhost:${port}`, headers: ['x-close', '1'] }

    await ask(pool, request)
    await ask(pool, request)

    expect(tickets).toEqual([false, true])
  })

  describe('through a proxy', () => {
    let proxy: ProxyServer
    beforeEach(async () => {
      proxy = await startProxy(port)
    })
    afterEach(() => proxy[Symbol.asyncDispose]())

    const through = (userInfo = ''): ConnectionPool =>
      openPool({ ca, proxy: parseProxy(`http://${userInfo}127.0.0.1:${proxy.port}`, 'proxy') })

    it('go through a tunnel, with the proxy’s own credential outside of it', async () => {
      const pool = through('me:p%40ss@')

      const reply = await ask(pool, { origin: `https://localhost:${port}` })
      await ask(pool, { origin: `https://localhost:${port}` })

      expect(reply).toEqual({ text: `http/1.1 localhost:${port}` })
      const basic = Buffer.from('me:p@ss').toString('base64')
      expect(proxy.asked).toEqual([`CONNECT localhost:${port} Basic ${basic}`])
    })

    it('fail with the proxy’s status', async () => {
      proxy.status = 407

      const reply = await ask(through(), { origin: `https://localhost:${port}` })

      expect((reply as GatewayError).message).toContain('refused the way to localhost:1 (407)')
    })

    it('can be aborted while the proxy does not answer', async () => {
      proxy.status = 0
      const controller = new AbortController()
      const reply = ask(through(), { origin: `https://localhost:${port}` }, controller.signal)
      while (proxy.asked.length === 0) await new Promise((done) => setImmediate(done))

      controller.abort(new GatewayError('client_closed_request', 'Gone.'))

      expect(await reply).toMatchObject({ code: 'client_closed_request' })
    })

    it('are refused by a proxy that does not listen, in words', async () => {
      await proxy[Symbol.asyncDispose]()

      const reply = await ask(through(), { origin: `https://localhost:${port}` })
      proxy = await startProxy(port)

      expect(reply).toMatchObject({ code: 'upstream_unreachable' })
      expect((reply as GatewayError).message).toContain('through proxy proxy:1')
    })
  })
})
