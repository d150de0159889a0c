import { GatewayError } from '@jackfield/core'
import { eventStream, type FakeServer, reply, startFakeServer } from '@jackfield/testkit'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { send, testBackend } from './doubles/backend.ts'
import { failureOf, okOf, readBody } from './doubles/read-body.ts'

describe('answers', () => {
  let server: FakeServer
  beforeEach(async () => {
    server = await startFakeServer([{ do: 'hang' }])
  })
  afterEach(() => server.close())

  it.each([
    ['text/event-stream; charset=utf-8', 'json', 'sse'],
    ['application/json', 'sse', 'json'],
    ['application/problem+json', 'sse', 'json'],
    ['application/json', 'json-array', 'json-array'],
    ['text/plain', 'sse', 'sse'],
    ['text/plain', 'json', 'json'],
    ['', 'sse', 'sse'],
    ['application/octet-stream', 'opaque', 'opaque'],
  ] as const)('of type "%s" to a request for %s are %s', async (type, asked, framing) => {
    const headers = type === '' ? {} : { 'content-type': type }
    server.respondWith([
      { do: 'head', status: 200, headers },
      { do: 'write', bytes: 'data: 1\n\n' },
    ])

    const answer = okOf(await send(testBackend(server.url), { framing: asked }))

    expect(answer.framing).toBe(framing)
    expect((await readBody(answer.body)).text).toBe('data: 1\n\n')
  })

  it('that redirect fail, name only the host, and are not followed', async () => {
    server.respondWith(reply(302, '', { location: 'https://evil.example/x?signature=secret' }))

    const failure = failureOf(await send(testBackend(server.url)))

    expect(failure.code).toBe('upstream_invalid_response')
    expect(failure.message).toContain('redirected to evil.example')
    expect(failure.message).not.toContain('signature')
    expect(server.requests.length).toBe(1)
  })

  it('without content fail where content is expected', async () => {
    server.respondWith([{ do: 'head', status: 204 }, { do: 'end' }])

    expect(failureOf(await send(testBackend(server.url))).message).toContain('answered 204')
  })

  it('without content pass where nothing else is expected', async () => {
    server.respondWith([{ do: 'head', status: 204 }, { do: 'end' }])
    const request = { operation: 'resource', method: 'DELETE', path: '/responses/1' } as const

    const answer = okOf(await send(testBackend(server.url), request))

    expect(answer.status).toBe(204)
    expect((await readBody(answer.body)).bytes).toBe(0)
  })

  it('that are web pages point at the base URL', async () => {
    server.respondWith(reply(200, '<html>', { 'content-type': 'text/html' }))

    expect(failureOf(await send(testBackend(server.url))).message).toContain('Check base_url')
  })

  it('in one piece are bounded by their announced length', async () => {
    server.respondWith(reply(200, { text: 'x'.repeat(2000) }))
    const backend = testBackend(server.url, { network: { maxResponseBytes: 1000 } })

    const failure = failureOf(await send(backend))

    expect(failure.code).toBe('upstream_invalid_response')
    expect(failure.message).toContain('more than 1000 bytes. Raise max_response_size')
  })

  it('in one piece are bounded without an announced length', async () => {
    server.respondWith([
      { do: 'head', status: 200, headers: { 'content-type': 'application/json' } },
      { do: 'endless', frame: ' '.repeat(400) },
    ])
    const backend = testBackend(server.url, { network: { maxResponseBytes: 1000 } })

    const body = await readBody(okOf(await send(backend)).body)

    expect(body.failure?.message).toContain('more than 1000 bytes')
    expect(body.bytes).toBeLessThanOrEqual(1000)
  })

  it('that are streams or pass unread are not bounded', async () => {
    const backend = testBackend(server.url, { network: { maxResponseBytes: 10 } })
    server.respondOnce(eventStream(['data: 12345678901234567890\n\n']))
    server.respondOnce(reply(200, { text: 'x'.repeat(100) }))

    const stream = await readBody(okOf(await send(backend, { framing: 'sse' })).body)
    const opaque = await readBody(
      okOf(await send(backend, { operation: 'opaque', framing: 'opaque' })).body,
    )

    expect([stream.ended, opaque.ended]).toEqual([true, true])
  })

  it('that refuse are read up to 64 KB', async () => {
    server.respondWith([
      { do: 'head', status: 400, headers: { 'content-type': 'text/plain' } },
      { do: 'endless', frame: 'x'.repeat(1000) },
    ])

    const result = await send(testBackend(server.url))

    expect(failureOf(result).code).toBe('invalid_request')
    expect('raw' in result && result.raw?.body.length).toBe(64 * 1024)
    await server.waitForAbort(await server.waitForRequest(1))
  })

  it('that refuse tell what came of them before they broke', async () => {
    server.respondWith([
      { do: 'head', status: 503, headers: { 'content-length': '100' } },
      { do: 'write', bytes: 'too much' },
      { do: 'reset' },
    ])

    const failure = failureOf(await send(testBackend(server.url)))

    expect(failure.code).toBe('upstream_overloaded')
    expect(failure.message).toContain('too much')
  })

  it('that refuse are classified by the surface where it knows better', async () => {
    server.respondWith(reply(400, { msgCode: 'A0202' }))
    const backend = testBackend(server.url, {
      surface: {
        classify: (answer, error) =>
          Buffer.from(answer.body).includes('A0202')
            ? new GatewayError('upstream_credentials_rejected', 'The key is not valid.')
            : error,
      },
    })

    expect(failureOf(await send(backend))).toMatchObject({
      code: 'upstream_credentials_rejected',
      upstream: { backend: 'acme', target: 'ACME_API_KEY', status: 400 },
    })
  })

  it('that reject a credential ask for a refresh where the target has one', async () => {
    server.respondWith(reply(401, {}))
    const backend = testBackend(server.url)
    const [key] = backend.targets.current()
    if (key === undefined) throw new Error('no target')

    const plain = failureOf(await send(backend))
    const renewable = failureOf(
      await send(backend, {}, { target: { ...key, refresh: async () => {} } }),
    )

    expect(plain.recover).toBeUndefined()
    expect(renewable.recover).toBe('refresh')
  })

  it('that miss a resource are the caller’s affair, not the model’s', async () => {
    server.respondWith(reply(404, {}))

    const model = failureOf(await send(testBackend(server.url)))
    const resource = failureOf(
      await send(testBackend(server.url), { operation: 'resource', path: '/responses/1' }),
    )

    expect(model.code).toBe('upstream_model_unavailable')
    expect(resource).toMatchObject({ code: 'invalid_request', status: 404 })
  })

  it('may end with their connection', async () => {
    server.respondWith([
      { do: 'raw', bytes: 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n{"a":1}' },
      { do: 'end' },
    ])

    const body = await readBody(okOf(await send(testBackend(server.url))).body)

    expect([body.text, body.ended]).toEqual(['{"a":1}', true])
  })

  it('pass over early hints', async () => {
    server.respondWith([
      { do: 'raw', bytes: 'HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n' },
      { do: 'raw', bytes: 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}' },
      { do: 'hang' },
    ])

    const answer = okOf(await send(testBackend(server.url)))

    expect(answer.status).toBe(200)
    expect((await readBody(answer.body)).text).toBe('{}')
  })
})
