import { eventStream, type FakeServer, reply, startFakeServer } from '@jackfield/testkit'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { keyText, send, testBackend } from './doubles/backend.ts'
import { failureOf, okOf, readBody } from './doubles/read-body.ts'

describe('send', () => {
  let server: FakeServer
  beforeEach(async () => {
    server = await startFakeServer(reply(200, { good: true }))
  })
  afterEach(() => server.close())

  it('sends body, credential and headers, and delivers the answer', async () => {
    const backend = testBackend(`${server.url}/v1`)

    const answer = okOf(await send(backend, { headers: { 'x-known': 'yes' } }))
    const body = await readBody(answer.body)

    expect(answer).toMatchObject({ status: 200, framing: 'json' })
    expect(body.text).toBe('{"good":true}')
    const [request] = server.requests
    expect(request?.path).toBe('/v1/chat/completions')
    expect(request?.text()).toBe('{"model":"m"}')
    expect(request?.headers).toMatchObject({
      authorization: `Bearer ${keyText}`,
      'accept-encoding': 'identity',
      'content-length': '13',
      'content-type': 'application/json',
      'user-agent': 'jackfield/test',
      'x-known': 'yes',
      connection: 'keep-alive',
    })
  })

  it('uses one connection for calls that follow each other', async () => {
    const backend = testBackend(server.url)

    for (let call = 0; call < 5; call += 1) await readBody(okOf(await send(backend)).body)

    expect(new Set(server.requests.map((request) => request.connection)).size).toBe(1)
  })

  it('delivers a stream chunk by chunk', async () => {
    server.respondWith(eventStream(['data: 1\n\n', 'data: 2\n\n']))
    const backend = testBackend(server.url)

    const answer = okOf(await send(backend, { framing: 'sse' }))
    const body = await readBody(answer.body)

    expect(answer.framing).toBe('sse')
    expect(body.chunks.map(String)).toEqual(['data: 1\n\n', 'data: 2\n\n'])
  })

  it('classifies an error answer and hands over its bounded body', async () => {
    server.respondWith(reply(429, { error: 'slow down' }, { 'x-request-id': 'r-1' }))
    const backend = testBackend(server.url)

    const result = await send(backend)

    expect(failureOf(result)).toMatchObject({
      code: 'upstream_rate_limited',
      upstream: { backend: 'acme', target: 'ACME_API_KEY', status: 429, requestId: 'r-1' },
    })
    expect('raw' in result && Buffer.from(result.raw?.body ?? []).toString()).toBe(
      '{"error":"slow down"}',
    )
  })
})
