import { type BodyReceiver, type BodySource, GatewayError } from '@jackfield/core'
import { type FakeServer, reply, startFakeServer } from '@jackfield/testkit'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { send, testBackend } from './doubles/backend.ts'
import { FakeClock } from './doubles/fake-clock.ts'
import { failureOf, okOf, Recorder } from './doubles/read-body.ts'

const frame = `data: ${'x'.repeat(16_000)}\n\n`

describe('back-pressure of answers', () => {
  let server: FakeServer
  beforeEach(async () => {
    server = await startFakeServer([
      { do: 'head', status: 200, headers: { 'content-type': 'text/event-stream' } },
      { do: 'endless', frame, maxBytes: frame.length * 4_000 },
      { do: 'end' },
    ])
  })
  afterEach(() => server.close())

  it('stops the server when the receiver pauses, and delivers nothing before it resumes', async () => {
    const answer = okOf(await send(testBackend(server.url), { framing: 'sse' }))
    const body = new Recorder()
    answer.body.start(body)
    await body.received(200_000)

    answer.body.pause()
    const received = body.bytes
    const [request] = server.requests
    if (request === undefined) throw new Error('no request')
    const sent = await server.waitForStall(request)

    expect(body.bytes).toBe(received)
    // What the kernels on both sides and one read hold.
    expect(sent - received).toBeLessThan(16 * 1024 * 1024)
    answer.body.resume()
    await body.received(received + 1_000_000)
    answer.body.cancel(answerUnwanted())
  })

  it('stops the server when nobody starts the body', async () => {
    const answer = okOf(await send(testBackend(server.url), { framing: 'sse' }))
    const [request] = server.requests
    if (request === undefined) throw new Error('no request')

    const sent = await server.waitForStall(request)

    expect(sent).toBeLessThan(16 * 1024 * 1024)
    const body = new Recorder()
    answer.body.start(body)
    await body.over
    expect(body.bytes).toBe(frame.length * 4_000)
    expect(body.ended).toBe(true)
  })

  it('delivers every byte in order through any pattern of pauses', async () => {
    const text = Array.from({ length: 20_000 }, (_, at) => `data: ${at}\n\n`).join('')
    server.respondWith([
      { do: 'head', status: 200, headers: { 'content-type': 'text/event-stream' } },
      { do: 'write', bytes: text, every: 7_001 },
      { do: 'end' },
    ])
    const answer = okOf(await send(testBackend(server.url), { framing: 'sse' }))
    const body = new Recorder()
    let count = 0
    answer.body.start({
      data(chunk) {
        body.data(chunk)
        count += 1
        answer.body.pause()
        if (count % 3 === 0) answer.body.resume()
        else if (count % 3 === 1) queueMicrotask(() => answer.body.resume())
        else setImmediate(() => answer.body.resume())
      },
      end: () => body.end(),
      fail: (error) => body.fail(error),
    })

    await body.over

    expect(body.text).toBe(text)
  })

  it('lets one answer be resumed from inside the callback of another', async () => {
    const backend = testBackend(server.url)
    const one = okOf(await send(backend, { framing: 'sse' }))
    const other = okOf(await send(backend, { framing: 'sse' }))
    const waiting = new Recorder()
    other.body.start(waiting)
    await waiting.received(100_000)
    other.body.pause()
    const resumed = new Recorder()
    let armed = false
    one.body.start({
      data(chunk) {
        resumed.data(chunk)
        if (armed) other.body.resume()
      },
      end: () => resumed.end(),
      fail: (error) => resumed.fail(error),
    })
    const [, second] = server.requests
    if (second === undefined) throw new Error('no request')
    await server.waitForStall(second)
    const received = waiting.bytes
    armed = true

    await waiting.received(received + 500_000)

    one.body.cancel(answerUnwanted())
    other.body.cancel(answerUnwanted())
    expect([resumed.failure, waiting.failure]).toEqual([undefined, undefined])
  })
})

describe('streamed request bodies', () => {
  let server: FakeServer
  beforeEach(async () => {
    server = await startFakeServer(reply(200, { good: true }))
  })
  afterEach(() => server.close())

  const request = (body: BodySource, headers = {}) =>
    ({ operation: 'opaque', framing: 'opaque', body, headers }) as const

  it('are sent as they come, in chunks where no length is known', async () => {
    const source = new TestSource()
    const result = send(testBackend(server.url), request(source))
    await source.asked()
    source.receiver?.data(Buffer.from('first,'))
    source.receiver?.data(Buffer.from('second'))
    source.receiver?.end()

    okOf(await result)

    expect(server.requests[0]?.text()).toBe('first,second')
    expect(server.requests[0]?.headers['transfer-encoding']).toBe('chunked')
  })

  it('keep the length that their sender gave', async () => {
    const source = new TestSource()
    const headers = { 'content-length': '5', 'content-type': 'multipart/form-data; boundary=b' }
    const result = send(testBackend(server.url), request(source, headers))
    await source.asked()
    source.receiver?.data(Buffer.from('12345'))
    source.receiver?.end()

    okOf(await result)

    expect(server.requests[0]?.headers).toMatchObject(headers)
    expect(server.requests[0]?.headers['transfer-encoding']).toBeUndefined()
  })

  it('pause their sender while the upstream takes nothing', async () => {
    server.respondWith({ at: 'headers', steps: [{ do: 'hang' }] })
    const source = new TestSource()
    const controller = new AbortController()
    const result = send(testBackend(server.url), request(source), { signal: controller.signal })
    await source.asked()

    let given = 0
    const chunk = Buffer.alloc(64 * 1024)
    while (!source.paused && given < 64 * 1024 * 1024) {
      source.receiver?.data(chunk)
      given += chunk.length
      await turn()
    }

    expect(source.paused).toBe(true)
    controller.abort()
    failureOf(await result)
    expect(source.cancelled).toBeDefined()
  })

  it('may be slow to come: that is not the upstream’s silence', async () => {
    const clock = new FakeClock()
    const source = new TestSource()
    const timeouts = { firstByteMs: 1_000, totalMs: 0 }
    const result = send(testBackend(server.url, { clock, timeouts }), request(source))
    await source.asked()
    source.receiver?.data(Buffer.from('first,'))
    await turn()

    clock.advance(1e7)
    source.receiver?.data(Buffer.from('second'))
    source.receiver?.end()

    okOf(await result)
    expect(server.requests[0]?.text()).toBe('first,second')
  })

  it('that were sent wait no longer for an answer than others', async () => {
    server.respondWith([{ do: 'hang' }])
    const clock = new FakeClock()
    const source = new TestSource()
    const timeouts = { firstByteMs: 1_000, totalMs: 0 }
    const result = send(testBackend(server.url, { clock, timeouts }), request(source))
    await source.asked()
    source.receiver?.end()
    await server.waitForRequest(1)
    await turn()

    clock.advance(1_000)

    expect(failureOf(await result).message).toContain('timeouts.first_byte')
  })

  it('do not stop the clock of an answer that comes before their end', async () => {
    server.respondWith({
      at: 'headers',
      steps: [{ do: 'head', status: 200 }, { do: 'write', bytes: 'early' }, { do: 'hang' }],
    })
    const clock = new FakeClock()
    const source = new TestSource()
    const timeouts = { idleMs: 1_000 }
    const result = send(testBackend(server.url, { clock, timeouts }), request(source))
    await source.asked()
    source.receiver?.data(Buffer.from('first,'))
    const body = new Recorder()
    okOf(await result).body.start(body)
    await body.received(5)

    clock.advance(1_000)

    expect(body.failure?.message).toContain('timeouts.idle')
    expect(source.cancelled).toBeDefined()
  })

  it('are cancelled when there is no connection', async () => {
    await server.setListener('refuse')
    const source = new TestSource()

    failureOf(await send(testBackend(server.url), request(source)))
    await turn()

    expect(source.cancelled).toBeDefined()
  })

  it('end the request with what broke them', async () => {
    const source = new TestSource()
    const result = send(testBackend(server.url), request(source))
    await source.asked()
    const broken = answerUnwanted()
    source.receiver?.data(Buffer.from('first,'))
    source.receiver?.fail(broken)

    expect(failureOf(await result)).toBe(broken)
  })
})

function answerUnwanted(): GatewayError {
  return new GatewayError('client_closed_request', 'Enough.')
}

/** Lets pending input and promises be handled. */
async function turn(): Promise<void> {
  for (let round = 0; round < 3; round += 1) {
    await new Promise((resolve) => setImmediate(resolve))
  }
}

/** A body that a test gives piece by piece. */
class TestSource implements BodySource {
  receiver: BodyReceiver | undefined
  paused = false
  cancelled: GatewayError | undefined
  readonly #asked = Promise.withResolvers<void>()

  asked(): Promise<void> {
    return this.#asked.promise
  }

  start(receiver: BodyReceiver): void {
    this.receiver = receiver
    this.#asked.resolve()
  }

  pause(): void {
    this.paused = true
  }

  resume(): void {
    this.paused = false
  }

  cancel(reason: GatewayError): void {
    this.cancelled = reason
  }
}
