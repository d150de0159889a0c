import { type FakeServer, reply, startFakeServer } from '@jackfield/testkit'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { send, testBackend } from './doubles/backend.ts'
import { failureOf, okOf, readBody } from './doubles/read-body.ts'

describe('failures below HTTP', () => {
  let server: FakeServer
  beforeEach(async () => {
    server = await startFakeServer(reply(200, {}))
  })
  afterEach(() => server.close())

  it('a refused connection says what to check', async () => {
    await server.setListener('refuse')

    expect(failureOf(await send(testBackend(server.url)))).toMatchObject({
      code: 'upstream_unreachable',
      message: `acme (127.0.0.1:${server.port}) failed: the connection was refused (ECONNREFUSED). Check host and port in base_url and that the server runs.`,
      upstream: { backend: 'acme', target: 'ACME_API_KEY' },
    })
  })

  it.each(['cut', 'reset'] as const)('a %s before the answer is unreachable', async (how) => {
    server.respondWith([{ do: how }])

    const failure = failureOf(await send(testBackend(server.url)))

    expect(failure.code).toBe('upstream_unreachable')
    expect(failure.message).toContain('closed the connection without an answer')
  })

  it('a connection that is closed at once is unreachable', async () => {
    server.respondWith({ at: 'connection', steps: [{ do: 'reset' }] })

    expect(failureOf(await send(testBackend(server.url))).code).toBe('upstream_unreachable')
  })

  it.each(['cut', 'reset', 'half-close'] as const)(
    'a %s in mid-answer keeps what came',
    async (how) => {
      server.respondWith([
        { do: 'head', status: 200, headers: { 'content-type': 'text/event-stream' } },
        { do: 'write', bytes: 'data: 1\n\n' },
        { do: 'gate', name: 'break' },
        { do: how },
      ])
      const answer = okOf(await send(testBackend(server.url), { framing: 'sse' }))
      server.gate('break').open()
      const body = await readBody(answer.body)

      expect(body.text).toBe('data: 1\n\n')
      expect(body.failure?.code).toBe('upstream_unreachable')
      expect(body.failure?.message).toContain('in the middle of its answer')
    },
  )

  it('an answer shorter than announced is no end', async () => {
    server.respondWith([
      { do: 'head', status: 200, headers: { 'content-length': '10' } },
      { do: 'write', bytes: '{}' },
      { do: 'cut' },
    ])

    const body = await readBody(okOf(await send(testBackend(server.url))).body)

    expect([body.ended, body.failure?.code]).toEqual([false, 'upstream_unreachable'])
  })

  it('something that is not HTTP is an invalid response', async () => {
    server.respondWith({ at: 'connection', steps: [{ do: 'raw', bytes: 'SSH-2.0-OpenSSH_9\r\n' }] })

    const failure = failureOf(await send(testBackend(server.url)))

    expect(failure.code).toBe('upstream_invalid_response')
    expect(failure.message).toContain('not HTTP/1.1')
  })

  it('endless headers are an invalid response', async () => {
    server.respondWith([
      { do: 'raw', bytes: `HTTP/1.1 200 OK\r\nx-long: ${'x'.repeat(70_000)}\r\n\r\n` },
      { do: 'hang' },
    ])

    expect(failureOf(await send(testBackend(server.url))).code).toBe('upstream_invalid_response')
  })

  it('https towards a plain port fails with words about TLS', async () => {
    const failure = failureOf(await send(testBackend(server.url.replace('http:', 'https:'))))

    expect(failure.code).toBe('upstream_unreachable')
    expect(failure.message).toMatch(/TLS handshake failed|closed the connection/)
  })

  it('a shut down backend sends nothing', async () => {
    const backend = testBackend(server.url)
    await backend.dispose?.()
    await backend.dispose?.()

    const failure = failureOf(await send(backend))

    expect(failure.message).toContain('acme was shut down')
    expect(server.requests).toEqual([])
  })

  it('shutting down ends open answers at once', async () => {
    server.respondWith([
      { do: 'head', status: 200, headers: { 'content-type': 'text/event-stream' } },
      { do: 'write', bytes: 'data: 1\n\n' },
      { do: 'hang' },
    ])
    const backend = testBackend(server.url)
    const answer = okOf(await send(backend, { framing: 'sse' }))
    const reading = readBody(answer.body)

    await backend.dispose?.()

    expect((await reading).failure).toBeDefined()
    await server.waitForAbort(await server.waitForRequest(1))
  })
})
