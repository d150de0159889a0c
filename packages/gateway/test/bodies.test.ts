import { randomBytes } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import type { BodySource, CallInput } from '@jackfield/core'
import { describe, expect, it } from 'vitest'
import { manualClock } from './support/manual-clock.ts'
import { post, rawClient } from './support/raw-client.ts'
import { type TestAppOptions, testApp } from './support/test-app.ts'

const limit = 64 * 1024
const small = { plugin: { maxBodyBytes: limit } }

/** Resolves when a value has stayed the same for many turns of the event loop. */
async function settled(value: () => unknown): Promise<void> {
  for (let last = value(), turns = 0; turns < 100; turns++) {
    await new Promise((resolve) => setImmediate(resolve))
    if (value() !== last) turns = 0
    last = value()
  }
}

function bytes(input: CallInput | undefined): Buffer {
  if (!(input?.body instanceof Uint8Array)) throw new Error('The body is not bytes')
  return Buffer.from(input.body)
}

describe('a body', () => {
  it.each([
    ['application/json'],
    ['application/json; charset=utf-8'],
    ['text/plain'],
    ['application/x-www-form-urlencoded'],
    ['json'],
    ['application/json;;'],
    ['application json'],
    [''],
    [undefined],
  ])('arrives byte for byte with content type %j', async (type) => {
    const { app, gateway } = await testApp()
    const payload = randomBytes(200)
    const answer = await app.inject({
      method: 'POST',
      url: '/v1/call',
      headers: type === undefined ? {} : { 'content-type': type },
      payload,
    })

    expect(answer.statusCode).toBe(200)
    expect(bytes(gateway.inputs[0])).toEqual(payload)
    expect(gateway.inputs[0]?.headers['content-type']).toBe(type)
  })

  it('arrives whole when it comes in many pieces', async () => {
    const { gateway, listen } = await testApp()
    const client = await rawClient(await listen())
    const body = JSON.stringify({ text: 'äöü'.repeat(5_000) })
    const request = Buffer.from(post('/v1/call', body))

    for (let at = 0; at < request.length; at += 997) client.send(request.subarray(at, at + 997))
    await client.until('{"ok":true}')

    expect(bytes(gateway.inputs[0]).toString()).toBe(body)
  })

  it('is empty, and not absent, for a call that came without one', async () => {
    const { app, gateway } = await testApp()

    await app.inject({ method: 'POST', url: '/v1/call' })

    expect(bytes(gateway.inputs[0])).toHaveLength(0)
  })

  it('is absent for an opaque call that came without one', async () => {
    const { app, gateway } = await testApp()

    await app.inject({ method: 'GET', url: '/v1/raw/a?b=c' })

    expect(gateway.inputs[0]).not.toHaveProperty('body')
    expect(gateway.inputs[0]).toMatchObject({ method: 'GET', path: '/v1/raw/a', query: 'b=c' })
  })

  it('is decompressed, and the headers say so', async () => {
    const { app, gateway } = await testApp()
    const body = '{"model":"m"}'

    await app.inject({
      method: 'POST',
      url: '/v1/call',
      headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
      payload: gzipSync(body),
    })

    expect(bytes(gateway.inputs[0]).toString()).toBe(body)
    expect(gateway.inputs[0]?.headers).not.toHaveProperty('content-encoding')
    expect(gateway.inputs[0]?.headers['content-length']).toBe(String(body.length))
  })
})

describe('a refused body', () => {
  it.each([
    ['an unknown coding', { 'content-encoding': 'compress' }, Buffer.from('{}'), 415],
    ['broken gzip data', { 'content-encoding': 'gzip' }, Buffer.from('{}'), 400],
    ['a gzip bomb', { 'content-encoding': 'gzip' }, gzipSync(Buffer.alloc(limit + 1)), 413],
    ['one byte too much', {}, Buffer.alloc(limit + 1), 413],
  ])('has %s', async (_name, headers, payload, status) => {
    const { app, gateway } = await testApp(small)

    const answer = await app.inject({ method: 'POST', url: '/v1/call', headers, payload })

    expect(answer.statusCode).toBe(status)
    expect(answer.headers['x-dialect']).toBe('test')
    expect(answer.json()).toMatchObject({ form: 'nested' })
    expect(gateway.inputs).toEqual([])
  })

  it('is not one at the limit', async () => {
    const { app } = await testApp(small)

    const answer = await app.inject({
      method: 'POST',
      url: '/v1/call',
      payload: Buffer.alloc(limit),
    })

    expect(answer.statusCode).toBe(200)
  })

  it('is refused before any of it was sent', async () => {
    const { listen } = await testApp(small)
    const client = await rawClient(await listen())

    client.send(`POST /v1/call HTTP/1.1\r\nhost: a\r\ncontent-length: ${limit + 1}\r\n\r\n`)
    await client.until('"payload_too_large"')

    expect(client.text()).toMatch(/^HTTP\/1.1 413 /)
  })

  it('is refused while it comes in chunks without an announced length', async () => {
    const { listen, gateway } = await testApp(small)
    const client = await rawClient(await listen())
    const chunk = `8000\r\n${'x'.repeat(0x8000)}\r\n`

    client.send('POST /v1/call HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n')
    for (let sent = 0; sent < 3; sent++) client.send(chunk)
    await client.until('"payload_too_large"')

    expect(gateway.inputs).toEqual([])
  })

  it('does not cost the client its answer while it is still sending', async () => {
    const { listen } = await testApp(small)
    const url = `http://127.0.0.1:${await listen()}/v1/call`

    const answers = await Promise.all(
      Array.from({ length: 5 }, async () => {
        const answer = await fetch(url, { method: 'POST', body: Buffer.alloc(8 * 1024 * 1024) })
        await answer.arrayBuffer()
        return answer.status
      }),
    )

    expect(answers).toEqual([413, 413, 413, 413, 413])
  })

  it('leaves the connection usable for a client that sends all of it', async () => {
    const { listen } = await testApp(small)
    const client = await rawClient(await listen())

    client.send(post('/v1/call', 'x'.repeat(limit + 1)))
    await client.until('"payload_too_large"')
    client.send(post('/v1/call', '{}'))
    await client.until('{"ok":true}')

    expect(client.text()).toContain('HTTP/1.1 200 OK')
  })

  it('leaves the connection usable after chunks, too', async () => {
    const { listen } = await testApp(small)
    const client = await rawClient(await listen())

    client.send('POST /v1/call HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n')
    client.send(`20000\r\n${'x'.repeat(0x20000)}\r\n`)
    await client.until('"payload_too_large"')
    client.send(`0\r\n\r\n${post('/v1/call', '{}')}`)
    await client.until('{"ok":true}')

    expect(client.text()).not.toMatch(/connection: close/i)
  })

  it('costs the connection when the client does not stop sending in time', async () => {
    const clock = manualClock()
    const { listen } = await testApp({ plugin: { maxBodyBytes: limit, clock } })
    const client = await rawClient(await listen())
    client.send(`POST /v1/call HTTP/1.1\r\nhost: a\r\ncontent-length: ${limit + 1}\r\n\r\nx`)
    await client.until('"payload_too_large"')

    clock.advance(5_000)
    await client.closed()

    expect(clock.pending()).toBe(0)
  })

  it('is refused to unknown callers before it is read', async () => {
    const { listen } = await testApp({ keys: {} })
    const client = await rawClient(await listen())

    client.send('POST /v1/call HTTP/1.1\r\nhost: a\r\ncontent-length: 1000000\r\n\r\n')
    await client.until('"unauthenticated"')

    expect(client.text()).toMatch(/^HTTP\/1.1 401 /)
  })
})

describe('a client that goes away while it sends', () => {
  it('starts no call', async () => {
    const { listen, gateway, sockets } = await testApp()
    const client = await rawClient(await listen())
    client.send('POST /v1/call HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\nhalf')
    const gone = new Promise<void>((resolve) => sockets[0]?.once('close', () => resolve()))

    client.socket.destroy()
    await gone

    expect(gateway.inputs).toEqual([])
  })
})

describe('a streamed body', () => {
  const streamed: TestAppOptions = { frontend: { streamsBody: () => true } }

  function source(input: CallInput): BodySource {
    if (input.body === undefined || input.body instanceof Uint8Array) throw new Error('No source')
    return input.body
  }

  it('is handed over before it has arrived, and flows as it comes', async () => {
    const seen: string[] = []
    const { listen } = await testApp({
      ...streamed,
      handle(input, sink) {
        sink.start(200, {})
        source(input).start({
          data: (chunk) => {
            seen.push(Buffer.from(chunk).toString())
            sink.write(chunk)
          },
          end: () => sink.end(Buffer.from('<end>')),
          fail: () => sink.destroy(),
        })
      },
    })
    const client = await rawClient(await listen())

    client.send('POST /v1/call HTTP/1.1\r\nhost: a\r\ncontent-length: 6\r\n\r\n')
    client.send('one')
    await client.until('one')
    client.send('two')
    await client.until('<end>')

    expect(seen).toEqual(['one', 'two'])
  })

  it('is held back by the client’s own connection while it is paused', async () => {
    const { promise, resolve } = Promise.withResolvers<BodySource>()
    let received = 0
    const ended = Promise.withResolvers<void>()
    const { listen, sockets } = await testApp({
      ...streamed,
      handle(input, sink) {
        const body = source(input)
        body.start({
          data(chunk) {
            received += chunk.length
            body.pause()
            resolve(body)
          },
          end() {
            sink.start(200, {})
            sink.end()
            ended.resolve()
          },
          fail: (error) => ended.reject(error),
        })
      },
    })
    const client = await rawClient(await listen())
    const total = 20 * 1024 * 1024
    client.send(`POST /v1/call HTTP/1.1\r\nhost: a\r\ncontent-length: ${total}\r\n\r\n`)
    client.send(Buffer.alloc(total))

    const body = await promise
    await settled(() => sockets[0]?.bytesRead)
    expect(received).toBeLessThan(1024 * 1024)
    expect(sockets[0]?.bytesRead).toBeLessThan(total / 2)
    const drain = setInterval(() => body.resume(), 0)
    await ended.promise.finally(() => clearInterval(drain))

    expect(received).toBe(total)
  })

  it('fails when the client goes away', async () => {
    const failed = Promise.withResolvers<unknown>()
    const started = Promise.withResolvers<void>()
    const { listen } = await testApp({
      ...streamed,
      handle(input) {
        source(input).start({ data: () => {}, end: () => {}, fail: failed.resolve })
        started.resolve()
      },
    })
    const client = await rawClient(await listen())
    client.send('POST /v1/call HTTP/1.1\r\nhost: a\r\ncontent-length: 60\r\n\r\nhalf')
    await started.promise

    client.socket.destroy()

    expect(await failed.promise).toMatchObject({ code: 'client_closed_request' })
  })

  it('fails above its own limit', async () => {
    const failed = Promise.withResolvers<unknown>()
    const { listen } = await testApp({
      ...streamed,
      plugin: { maxStreamedBodyBytes: 10 },
      handle(input, sink) {
        source(input).start({
          data: () => {},
          end: () => {},
          fail(error) {
            failed.resolve(error)
            sink.start(413, {})
            sink.end()
          },
        })
      },
    })
    const client = await rawClient(await listen())
    client.send('POST /v1/call HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n')
    client.send('c\r\ntwelve bytes\r\n0\r\n\r\n')

    expect(await failed.promise).toMatchObject({ code: 'payload_too_large' })
    await client.until('HTTP/1.1 413')
  })

  it.each([
    ['never started', () => {}],
    ['cancelled', (body: BodySource) => body.cancel(new Error() as never)],
    [
      'paused',
      (body: BodySource) => {
        body.start({ data: () => body.pause(), end: () => {}, fail: () => {} })
      },
    ],
  ])('that is %s does not block the next call of the connection', async (_name, use) => {
    const { listen } = await testApp({
      ...streamed,
      handle(input, sink) {
        use(source(input))
        sink.start(400, {})
        sink.end(Buffer.from('early'))
      },
    })
    const client = await rawClient(await listen())
    const body = 'x'.repeat(1024 * 1024)

    client.send(post('/v1/call', body))
    await client.until('early')
    client.send(post('/v1/call', body))
    await client.until('earlyHTTP/1.1 400')
  })

  it('is held in memory after all when it is compressed', async () => {
    const { app, gateway } = await testApp(streamed)

    await app.inject({
      method: 'POST',
      url: '/v1/call',
      headers: { 'content-encoding': 'gzip' },
      payload: gzipSync('{"model":"m"}'),
    })

    expect(bytes(gateway.inputs[0]).toString()).toBe('{"model":"m"}')
  })
})
