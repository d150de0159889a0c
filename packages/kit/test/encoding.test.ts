import { randomBytes } from 'node:crypto'
import {
  type BrotliCompress,
  brotliCompressSync,
  createBrotliCompress,
  createDeflate,
  createGzip,
  createZstdCompress,
  type Deflate,
  deflateSync,
  type Gzip,
  gzipSync,
  type ZstdCompress,
  zstdCompressSync,
} from 'node:zlib'
import { GatewayError } from '@jackfield/core'
import { type FakeServer, reply, startFakeServer } from '@jackfield/testkit'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { send, testBackend } from './doubles/backend.ts'
import { failureOf, okOf, Recorder, readBody } from './doubles/read-body.ts'

const encoders = {
  gzip: gzipSync,
  deflate: deflateSync,
  br: brotliCompressSync,
  zstd: zstdCompressSync,
} as const

describe('answers that are compressed although identity was asked for', () => {
  let server: FakeServer
  beforeEach(async () => {
    server = await startFakeServer([{ do: 'hang' }])
  })
  afterEach(() => server.close())

  it.each(Object.entries(encoders))('are decoded: %s', async (encoding, encode) => {
    const bytes = encode(Buffer.from('{"good":true}'))
    const headers = { 'content-type': 'application/json', 'content-encoding': encoding }
    server.respondWith(reply(200, bytes, headers))

    const answer = okOf(await send(testBackend(server.url)))
    const body = await readBody(answer.body)

    expect(body.text).toBe('{"good":true}')
    expect(answer.framing).toBe('json')
    expect(answer.headers).not.toHaveProperty('content-encoding')
    expect(answer.headers).not.toHaveProperty('content-length')
  })

  it.each([
    ['gzip', createGzip],
    ['deflate', createDeflate],
    ['br', createBrotliCompress],
    ['zstd', createZstdCompress],
  ] as const)('give out each event of a stream at once: %s', async (encoding, create) => {
    const [first, rest] = await flushed(create(), 'data: 1\n\n', 'data: 2\n\n')
    server.respondWith([
      {
        do: 'head',
        status: 200,
        headers: { 'content-type': 'text/event-stream', 'content-encoding': encoding },
      },
      { do: 'write', bytes: first },
      { do: 'gate', name: 'rest' },
      { do: 'write', bytes: rest },
      { do: 'end' },
    ])

    const answer = okOf(await send(testBackend(server.url), { framing: 'sse' }))
    const body = new Recorder()
    answer.body.start(body)
    await body.received(9)

    expect(body.ended).toBe(false)
    server.gate('rest').open()
    await body.over
    expect(body.text).toBe('data: 1\n\ndata: 2\n\n')
    expect(body.ended).toBe(true)
  })

  it('stop the server when the receiver pauses', async () => {
    // Members of gzip may follow each other; random bytes do not get smaller.
    const frame = gzipSync(randomBytes(16_000))
    server.respondWith([
      { do: 'head', status: 200, headers: { 'content-encoding': 'gzip' } },
      { do: 'endless', frame },
    ])
    const answer = okOf(await send(testBackend(server.url), { framing: 'sse' }))
    const body = new Recorder()
    answer.body.start(body)
    await body.received(100_000)
    const [request] = server.requests
    if (request === undefined) throw new Error('no request')

    answer.body.pause()

    expect(await server.waitForStall(request)).toBeLessThan(16 * 1024 * 1024)
    answer.body.cancel(new GatewayError('client_closed_request', 'Enough.'))
  })

  it('keep back-pressure', async () => {
    const text = 'data: abcdefgh\n\n'.repeat(1_000_000)
    server.respondWith([
      {
        do: 'head',
        status: 200,
        headers: { 'content-type': 'text/event-stream', 'content-encoding': 'gzip' },
      },
      { do: 'write', bytes: gzipSync(Buffer.from(text)) },
      { do: 'end' },
    ])

    const answer = okOf(await send(testBackend(server.url), { framing: 'sse' }))
    const body = new Recorder()
    answer.body.start(body)
    await body.received(100_000)
    answer.body.pause()
    const received = body.bytes
    for (let round = 0; round < 20; round += 1) await new Promise((done) => setImmediate(done))

    expect(body.bytes).toBe(received)
    answer.body.resume()
    await body.over
    expect(body.bytes).toBe(text.length)
  })

  it('fail when they are cut', async () => {
    const bytes = gzipSync(Buffer.from(JSON.stringify({ text: 'x'.repeat(1000) })))
    const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' }
    server.respondWith(reply(200, bytes.subarray(0, 20), headers))

    const body = await readBody(okOf(await send(testBackend(server.url))).body)

    expect(body.failure?.code).toBe('upstream_invalid_response')
    expect(body.failure?.message).toContain('gzip that cannot be decoded')
  })

  it('are bounded by what they decode to', async () => {
    const bytes = gzipSync(Buffer.alloc(10_000_000, 0x20))
    const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' }
    server.respondWith(reply(200, bytes, headers))
    const backend = testBackend(server.url, { network: { maxResponseBytes: 100_000 } })

    const body = await readBody(okOf(await send(backend)).body)

    expect(body.failure?.message).toContain('more than 100000 bytes')
    expect(body.bytes).toBeLessThanOrEqual(100_000)
  })

  it('fail clearly when the encoding is not known', async () => {
    server.respondWith(reply(200, 'x', { 'content-encoding': 'compress' }))

    const failure = failureOf(await send(testBackend(server.url)))

    expect(failure.code).toBe('upstream_invalid_response')
    expect(failure.message).toContain('compressed its answer in a way that was not asked for')
  })

  it('are read for the class of an error', async () => {
    const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' }
    server.respondWith(reply(429, gzipSync(Buffer.from('slow down')), headers))

    expect(failureOf(await send(testBackend(server.url)))).toMatchObject({
      code: 'upstream_rate_limited',
      message: 'The provider says: slow down',
    })
  })

  it('keep the class of an error that cannot be decoded', async () => {
    server.respondWith(reply(429, 'x', { 'content-encoding': 'compress' }))

    expect(failureOf(await send(testBackend(server.url))).code).toBe('upstream_rate_limited')
  })

  it('can be cancelled', async () => {
    const bytes = gzipSync(Buffer.alloc(50_000_000, 0x20))
    server.respondWith([
      { do: 'head', status: 200, headers: { 'content-encoding': 'gzip' } },
      { do: 'write', bytes: bytes.subarray(0, 20_000) },
      { do: 'hang' },
    ])
    const answer = okOf(await send(testBackend(server.url), { framing: 'sse' }))
    const body = new Recorder()
    answer.body.start(body)
    await body.received(100_000)
    const [request] = server.requests
    if (request === undefined) throw new Error('no request')

    answer.body.cancel(new GatewayError('internal', 'x'))
    await server.waitForAbort(request)

    expect([body.ended, body.failure]).toEqual([false, undefined])
  })
})

/** What a server sends that flushes after the first text, then the rest. */
async function flushed(
  encoder: Gzip | Deflate | BrotliCompress | ZstdCompress,
  first: string,
  rest: string,
): Promise<readonly [Uint8Array, Uint8Array]> {
  const chunks: Uint8Array[] = []
  encoder.on('data', (chunk: Uint8Array) => chunks.push(chunk))
  encoder.write(first)
  await new Promise<void>((resolve) => encoder.flush(resolve))
  const before = Buffer.concat(chunks.splice(0))
  await new Promise<void>((resolve) => encoder.on('end', resolve).end(rest))
  return [before, Buffer.concat(chunks)]
}
