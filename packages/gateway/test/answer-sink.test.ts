import { once } from 'node:events'
import type { AnswerSink } from '@jackfield/core'
import { describe, expect, it } from 'vitest'
import { manualClock } from './support/manual-clock.ts'
import { post, rawClient } from './support/raw-client.ts'
import { testApp } from './support/test-app.ts'

const sse = { 'content-type': 'text/event-stream' }

/** Sends a call and hands out its sink once the call has reached the gateway. */
async function openCall(
  options: Parameters<typeof testApp>[0] = {},
  bytes = post('/v1/call', '{}'),
) {
  const { promise: reached, resolve } = Promise.withResolvers<AnswerSink>()
  const { listen, gateway, sockets } = await testApp({
    ...options,
    handle: (_input, sink) => resolve(sink),
  })
  const client = await rawClient(await listen())
  client.send(bytes)
  const sink = await reached
  return { sink, client, gateway, sockets }
}

describe('the head of an answer', () => {
  it('leaves in one packet with the first bytes of a stream', async () => {
    const { sink, client } = await openCall()

    sink.start(200, sse)
    sink.write(Buffer.from('data: 1\n\n'))
    await client.until('data: 1')

    expect(client.reads).toHaveLength(1)
    expect(client.text()).toMatch(/^HTTP\/1.1 200 OK\r\n/)
    expect(client.text()).toContain('Transfer-Encoding: chunked')
    expect(client.text()).toContain('x-accel-buffering: no')
  })

  it('leaves in one packet with a whole answer and announces its length', async () => {
    const { sink, client } = await openCall()

    sink.start(429, { 'content-type': 'application/json', 'retry-after': '3' })
    sink.end(Buffer.from('{"error":"slow"}'))
    await client.until('slow"}')

    expect(client.reads).toHaveLength(1)
    expect(client.text()).toMatch(/^HTTP\/1.1 429 /)
    expect(client.text()).toContain('retry-after: 3\r\n')
    expect(client.text()).toContain('content-length: 16\r\n')
    expect(client.text()).not.toContain('chunked')
  })

  it('cannot be split by what a provider sends', async () => {
    const { sink, client } = await openCall()

    sink.start(200, { 'x-request-id': 'a\r\nset-cookie: evil=1', 'x-good': 'yes' })
    sink.end(Buffer.from('ok'))
    await client.until('\r\n\r\nok')

    expect(client.text()).not.toContain('evil')
    expect(client.text()).toContain('x-good: yes\r\n')
  })

  it('is 502 where a provider gave no status that could end a call', async () => {
    const { sink, client } = await openCall()

    sink.start(101, {})
    sink.end()
    await client.until('content-length: 0')

    expect(client.text()).toMatch(/^HTTP\/1.1 502 /)
  })
})

describe('a stream', () => {
  it('reaches the client write by write, none held back', async () => {
    const { sink, client } = await openCall()
    sink.start(200, sse)

    for (let event = 0; event < 20; event++) {
      sink.write(Buffer.from(`data: <${event}>\n\n`))
      await client.until(`<${event}>`)
    }
    sink.end()
    await client.until('0\r\n\r\n')

    expect(client.reads.slice(0, 20)).toHaveLength(20)
  })

  it('leaves the connection open for the next call', async () => {
    const { app, listen } = await testApp()
    const client = await rawClient(await listen())

    client.send(post('/v1/call', '{}'))
    await client.until('{"ok":true}')
    client.send(post('/v1/call', '{}'))
    await client.until('{"ok":true}HTTP/1.1 200 OK')

    expect(app.server.listening).toBe(true)
  })

  it('sends an error event before it ends regularly', async () => {
    const { sink, client } = await openCall()
    sink.start(200, sse)
    sink.write(Buffer.from('data: 1\n\n'))

    sink.end(Buffer.from('data: {"error":{}}\n\n'))
    await client.until('0\r\n\r\n')

    expect(client.text()).toContain('data: {"error":{}}')
  })

  it('ignores what is written after its end', async () => {
    const { sink, client } = await openCall()
    sink.start(200, sse)
    sink.end(Buffer.from('done'))

    expect(sink.write(Buffer.from('late'))).toBe(false)
    sink.end(Buffer.from('later'))
    sink.destroy()
    client.send(post('/v1/call', '{}'))
    await client.until('done')

    expect(client.text()).not.toContain('late')
  })
})

describe('a broken answer', () => {
  it('keeps what was sent and lacks its end', async () => {
    const { sink, client } = await openCall()
    sink.start(200, sse)
    sink.write(Buffer.from('data: 1\n\n'))

    sink.destroy()
    await client.closed()

    expect(client.text()).toContain('data: 1\n\n')
    expect(client.text()).not.toContain('\r\n0\r\n')
  })

  it('is an error for an HTTP client, not a short answer', async () => {
    const { listen } = await testApp({
      handle: (_input, sink) => {
        sink.start(200, sse)
        sink.write(Buffer.from('data: 1\n\n'))
        sink.destroy()
      },
    })
    const answer = fetch(`http://127.0.0.1:${await listen()}/v1/call`, {
      method: 'POST',
      body: '{}',
    })

    await expect(answer.then((response) => response.text())).rejects.toThrow('terminated')
  })

  it('is a reset for clients that take closing for the end', async () => {
    const { sink, client } = await openCall({}, 'POST /v1/call HTTP/1.0\r\n\r\n')
    sink.start(200, sse)
    sink.write(Buffer.from('data: 1\n\n'))
    await client.until('data: 1')

    sink.destroy()

    expect(await client.closed()).toBe('ECONNRESET')
  })

  it('is a reset before the head', async () => {
    const { sink, client } = await openCall()
    sink.start(200, sse)

    sink.destroy()

    expect(await client.closed()).toBe('ECONNRESET')
    expect(client.reads).toEqual([])
  })

  it.each([
    ['too few', ['12345']],
    ['too many', ['12345', '678901']],
  ])('is what %s bytes for the announced length are', async (_name, chunks) => {
    const { sink, client } = await openCall()
    sink.start(200, { 'content-length': '10' })

    for (const chunk of chunks) sink.write(Buffer.from(chunk))
    sink.end()
    await client.closed()

    expect(client.text()).toContain('content-length: 10\r\n')
    expect(client.text()).toMatch(/\r\n\r\n12345$/)
  })
})

describe('an answer with an announced length', () => {
  it('is sent without chunks', async () => {
    const { sink, client } = await openCall()
    sink.start(200, { 'content-length': '10' })

    sink.write(Buffer.from('12345'))
    sink.write(Buffer.from('67890'))
    sink.end()
    await client.until('1234567890')

    expect(client.text()).toContain('content-length: 10\r\n')
    expect(client.text()).not.toContain('chunked')
  })
})

describe('answers without a body', () => {
  it('tell HEAD the length that GET would have', async () => {
    const { sink, client } = await openCall({}, 'HEAD /v1/raw/a HTTP/1.1\r\nhost: a\r\n\r\n')

    sink.start(200, { 'content-length': '123', 'content-type': 'audio/mpeg' })
    sink.end()
    await client.until('\r\n\r\n')

    expect(client.text()).toContain('content-length: 123\r\n')
    expect(client.text()).toMatch(/\r\n\r\n$/)
  })

  it('send no byte of it to HEAD', async () => {
    const { sink, client } = await openCall({}, 'HEAD /v1/raw/a HTTP/1.1\r\nhost: a\r\n\r\n')

    sink.start(404, { 'content-type': 'application/json' })
    sink.end(Buffer.from('{"error":{}}'))
    await client.until('\r\n\r\n')

    expect(client.text()).toContain('content-length: 12\r\n')
    expect(client.text()).not.toContain('error')
  })

  it('announce nothing for 204', async () => {
    const { sink, client } = await openCall({}, 'DELETE /v1/raw/a HTTP/1.1\r\nhost: a\r\n\r\n')

    sink.start(204, { 'content-length': '0' })
    sink.end()
    await client.until('\r\n\r\n')

    expect(client.text()).toMatch(/^HTTP\/1.1 204 /)
    expect(client.text()).not.toMatch(/content-length|chunked/i)
  })
})

describe('a client that does not read', () => {
  const megabyte = Buffer.alloc(1024 * 1024)

  /** Writes until the sink says stop. */
  function fill(sink: AnswerSink): number {
    let writes = 0
    while (sink.write(megabyte)) writes++
    return writes
  }

  it('stops the writer, who goes on when it reads again', async () => {
    const { sink, client } = await openCall()
    client.socket.pause()
    sink.start(200, sse)
    const drained = new Promise<void>((resolve) => sink.onDrain(resolve))

    expect(fill(sink)).toBeLessThan(50)
    client.socket.resume()
    await drained

    expect(sink.write(Buffer.from('more'))).toBe(true)
  })

  it('costs no more memory than the sink took before it said stop', async () => {
    const { sink, client, sockets } = await openCall()
    client.socket.pause()
    sink.start(200, sse)
    fill(sink)

    expect(sockets[0]?.writableLength).toBeLessThan(2 * megabyte.length)
  })

  it('loses its connection after the stall time', async () => {
    const clock = manualClock()
    const { sink, client } = await openCall({ plugin: { clock, stallMs: 60_000 } })
    client.socket.pause()
    sink.start(200, sse)
    fill(sink)

    clock.advance(59_999)
    expect(clock.pending()).toBe(1)
    clock.advance(1)
    client.socket.resume()
    await client.closed()

    expect(client.text()).not.toContain('\r\n0\r\n')
  })

  it('leaves no timer behind when it goes away', async () => {
    const clock = manualClock()
    const { sink, client, gateway } = await openCall({ plugin: { clock, stallMs: 60_000 } })
    client.socket.pause()
    sink.start(200, sse)
    fill(sink)
    const [input] = gateway.inputs
    if (input === undefined) throw new Error('No call')

    client.socket.destroy()
    await once(input.signal, 'abort')

    expect(clock.pending()).toBe(0)
  })
})
