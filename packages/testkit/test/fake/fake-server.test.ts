import { describe, expect, it, onTestFinished } from 'vitest'
import {
  type FakeServer,
  type FakeServerOptions,
  startFakeServer,
} from '../../src/fake/fake-server.ts'
import { eventStream, type Responder, reply } from '../../src/fake/script.ts'
import { httpRequest, rawClient, turns } from '../raw-client.ts'

const get = httpRequest('GET /')

async function serve(responder: Responder, options?: FakeServerOptions): Promise<FakeServer> {
  const server = await startFakeServer(responder, options)
  onTestFinished(() => server.close())
  return server
}

describe('recording', () => {
  it('keeps method, path, query, headers in their spelling and the body bytes as received', async () => {
    const server = await serve(reply(200, 'ok'))
    const body = '{"a" :1.0,\t"b":"\\u00e9"}'

    const client = rawClient(
      server.port,
      httpRequest('POST /v1/a%20b?x=1&x=2?', body, { 'X-Odd': 'A', 'x-odd': 'b' }),
    )
    const request = await server.waitForRequest(1)
    await client.receives('ok')

    expect(request).toMatchObject({ method: 'POST', path: '/v1/a%20b', query: 'x=1&x=2?' })
    expect(request.rawHeaders).toContainEqual(['X-Odd', 'A'])
    expect(request.headers['x-odd']).toBe('A, b')
    expect(Buffer.from(request.body).toString()).toBe(body)
    expect(request.json()).toEqual({ a: 1, b: 'é' })
    expect(request.receivedAt).toBeLessThanOrEqual(performance.now())
  })

  it('joins a chunked body that came in pieces, bytes that are not UTF-8 included', async () => {
    const server = await serve(reply(200, 'ok'))

    const client = rawClient(
      server.port,
      httpRequest('POST /', '', { 'transfer-encoding': 'chunked' }),
    )
    client.socket.write(Buffer.from([0x32, 0x0d, 0x0a, 0xff, 0x00, 0x0d, 0x0a]))
    client.socket.write('1\r\nz\r\n0\r\n\r\n')
    const request = await server.waitForRequest(1)

    expect([...request.body]).toEqual([0xff, 0x00, 0x7a])
  })

  it('tells which requests shared a connection', async () => {
    const server = await serve(reply(200, 'ok'))

    const first = rawClient(server.port, get)
    await first.receives('ok')
    first.socket.write(get)
    await server.waitForRequest(2)
    rawClient(server.port, get)
    await server.waitForRequest(3)

    expect(server.requests.map((request) => request.connection)).toEqual([1, 1, 2])
    expect(server.connections).toHaveLength(2)
  })

  it('keeps requests that are not HTTP apart', async () => {
    const server = await serve(reply(200, 'ok'))

    const client = rawClient(server.port, 'POST / HTTP/1.1\r\nhost: a\r\ncontent-length: x\r\n\r\n')
    await client.ended

    expect(client.received()).toContain('HTTP/1.1 400 ')
    expect(server.requests).toEqual([])
    expect(server.malformedRequests).toHaveLength(1)
  })
})

describe('scripts', () => {
  it('sends each write as a read of its own', async () => {
    const server = await serve(eventStream(['data: 1\n\n', 'data: 2\n\n', 'data: 3\n\n']))

    const client = rawClient(server.port, httpRequest('GET /', '', { connection: 'close' }))
    await client.ended

    expect(client.reads.slice(1, 4)).toEqual([
      '9\r\ndata: 1\n\n\r\n',
      '9\r\ndata: 2\n\n\r\n',
      '9\r\ndata: 3\n\n\r\n0\r\n\r\n',
    ])
  })

  it('cuts a body at every n bytes, in the middle of characters too', async () => {
    const head = { 'content-length': '5' }
    const server = await serve([
      { do: 'head', status: 200, headers: head },
      { do: 'write', bytes: 'aéü', every: 2 },
    ])

    const client = rawClient(server.port, httpRequest('GET /', '', { connection: 'close' }))
    await client.ended

    expect(client.reads.slice(1)).toEqual(['a\xc3', '\xa9\xc3', '\xbc'])
  })

  it('sends nothing past a closed gate, and each pass lets one write through', async () => {
    const server = await serve([
      { do: 'head', status: 200, headers: {} },
      { do: 'write', bytes: 'one' },
      { do: 'gate', name: 'g' },
      { do: 'write', bytes: 'two' },
      { do: 'gate', name: 'g' },
      { do: 'write', bytes: 'three' },
    ])

    const client = rawClient(server.port, get)
    await server.gate('g').arrived()
    await turns(5)
    const before = client.received()
    server.gate('g').pass()
    await client.receives('two')
    await server.gate('g').arrived()
    await turns(5)
    const between = client.received()
    server.gate('g').open()
    await client.receives('three')

    expect(before).toMatch(/one\r\n$/)
    expect(between).toMatch(/two\r\n$/)
  })

  it('waits for the injected timer only', async () => {
    const waiting: { ms: number; callback: () => void }[] = []
    const timer = {
      after: (ms: number, callback: () => void) => {
        waiting.push({ ms, callback })
        return () => {}
      },
    }
    const server = await serve([{ do: 'delay', ms: 86_400_000 }, ...reply(200, 'late')], { timer })

    const client = rawClient(server.port, get)
    await server.waitForRequest(1)
    await turns(3)
    waiting[0]?.callback()
    await client.receives('late')

    expect(waiting.map((entry) => entry.ms)).toEqual([86_400_000])
  })

  it('resets with RST in mid-body after the client has read what was written', async () => {
    const server = await serve([
      { do: 'head', status: 200 },
      { do: 'write', bytes: 'part' },
      { do: 'reset' },
    ])

    const client = rawClient(server.port, get)

    expect(await client.ended).toBe('ECONNRESET')
    expect(client.received()).toContain('part')
    expect(server.requests[0]?.state).toBe('broken')
  })

  it('cuts with FIN and no final chunk', async () => {
    const server = await serve([
      { do: 'head', status: 200 },
      { do: 'write', bytes: 'part' },
      { do: 'cut' },
    ])

    const client = rawClient(server.port, get)

    expect(await client.ended).toBe('fin')
    expect(client.received()).toMatch(/part\r\n$/)
  })

  it('half-closes: FIN from us while the client may still write', async () => {
    const server = await serve([{ do: 'head', status: 200 }, { do: 'half-close' }])

    const client = rawClient(server.port, get, { allowHalfOpen: true })
    await client.ended
    await turns(3)

    expect(server.connections[0]?.closedAt).toBeUndefined()
    expect(server.requests[0]?.state).toBe('broken')
  })

  it('sends bytes that are not HTTP', async () => {
    const server = await serve([{ do: 'raw', bytes: 'HTTP/1.1 abc\r\n\r\n' }])

    const client = rawClient(server.port, httpRequest('POST /', 'unread'))

    expect(await client.ended).toBe('fin')
    expect(client.received()).toBe('HTTP/1.1 abc\r\n\r\n')
  })

  it('answers before it has read the body when told so', async () => {
    const server = await serve({ at: 'headers', steps: reply(413, 'too large') })
    const head = httpRequest('POST /', '', { 'content-length': '1000000' })

    const client = rawClient(server.port, head)
    await client.receives('too large')

    expect(server.requests[0]?.body).toHaveLength(0)
  })

  it('acts on a connection before a byte is read', async () => {
    const server = await serve({ at: 'connection', steps: [{ do: 'reset' }] })

    const client = rawClient(server.port, get)
    await client.ended

    expect(server.connections).toHaveLength(1)
    expect(server.requests).toEqual([])
  })

  it('runs one-time scripts in order, then the standing one again', async () => {
    const server = await serve(reply(200, 'standing'))
    server.respondOnce({ at: 'connection', steps: [{ do: 'reset' }] })
    server.respondOnce(reply(429, 'once'))

    const first = await rawClient(server.port, get).ended
    const second = rawClient(server.port, get)
    await second.receives('once')
    const third = rawClient(server.port, get)
    await third.receives('standing')

    expect(first).toBe('ECONNRESET')
  })

  it('answers from the request, with steps made while it runs', async () => {
    const server = await serve(async function* (request) {
      yield { do: 'head', status: 200 }
      yield { do: 'write', bytes: `you asked ${request.path}` }
    })

    const client = rawClient(server.port, httpRequest('GET /here'))

    await client.receives('you asked /here')
  })

  it('reports a faulty script to the client and to who closes it', async () => {
    const server = await startFakeServer([{ do: 'write', bytes: 'no head' }])

    const client = rawClient(server.port, get)
    await client.receives('body before its head')

    expect(client.received()).toContain('HTTP/1.1 500 ')
    await expect(server.close()).rejects.toThrow('body before its head')
  })
})

describe('disconnects', () => {
  it.each([
    ['while it hangs', [{ do: 'hang' }]],
    ['between writes', [{ do: 'head', status: 200 }, { do: 'write', bytes: 'x' }, { do: 'hang' }]],
    ['at a gate', [{ do: 'gate', name: 'never' }]],
  ] as const)('are noticed within milliseconds %s', async (_, steps) => {
    const server = await serve(steps)

    const client = rawClient(server.port, get)
    const request = await server.waitForRequest(1)
    if (steps.at(-1)?.do === 'hang') await server.waitForState(request, 'hanging')
    else await server.gate('never').arrived()
    const left = performance.now()
    client.socket.destroy()
    const abortedAt = await server.waitForAbort(request)

    expect(abortedAt - left).toBeLessThan(50)
    expect(server.gate('never').waiting).toBe(0)
  })

  it('are noticed while the body is still coming', async () => {
    const server = await serve(reply(200, 'ok'))

    const client = rawClient(server.port, httpRequest('POST /', '', { 'content-length': '9' }))
    client.socket.write('1234')
    await server.waitForConnection(1)
    await turns(4)
    client.socket.resetAndDestroy()
    const request = await server.waitForRequest(1)

    expect(request.state).toBe('aborted')
    expect(request.text()).toBe('1234')
  })

  it('after a complete answer are no abort', async () => {
    const server = await serve(reply(200, 'ok'))

    const client = rawClient(server.port, get)
    await client.receives('ok')
    client.socket.destroy()
    const request = await server.waitForRequest(1)

    await expect(server.waitForAbort(request)).rejects.toThrow('ended as answered')
  })
})

describe('back-pressure', () => {
  it('stops writing when the client stops reading, and counts what was taken', async () => {
    const frame = 'x'.repeat(64 * 1024)
    const server = await serve([
      { do: 'head', status: 200 },
      { do: 'endless', frame },
    ])

    const client = rawClient(server.port, get)
    client.socket.pause()
    const request = await server.waitForRequest(1)
    const first = await server.waitForStall(request)
    await turns(20)
    const second = request.bytesSent
    client.socket.resume()
    await new Promise<void>((resolve) => {
      client.socket.on('data', () => {
        if (client.socket.bytesRead > first * 2) resolve()
      })
    })

    expect(second).toBe(first)
    expect(first).toBeGreaterThan(frame.length)
    expect(request.bytesSent).toBeGreaterThan(first * 2)
  })

  it('ends an endless body at its limit', async () => {
    const server = await serve([
      { do: 'head', status: 200 },
      { do: 'endless', frame: 'abc', maxBytes: 7 },
    ])

    const client = rawClient(server.port, httpRequest('GET /', '', { connection: 'close' }))
    await client.ended

    expect(client.received().replace(/^[\s\S]*?\r\n\r\n/, '')).toBe(
      '3\r\nabc\r\n3\r\nabc\r\n1\r\na\r\n0\r\n\r\n',
    )
  })
})

describe('listening', () => {
  it('refuses, and accepts again on the same port', async () => {
    const server = await serve(reply(200, 'ok'))
    const { port } = server

    await server.setListener('refuse')
    const refused = await rawClient(port, get).ended
    await server.setListener('accept')
    await rawClient(port, get).receives('ok')

    expect(refused).toBe('ECONNREFUSED')
    expect(server.port).toBe(port)
  })

  it('stalls: a connect neither succeeds nor fails', async () => {
    const server = await serve(reply(200, 'ok'))
    const control = rawClient(server.port, get)
    await turns(5)

    await server.setListener('stall')
    const client = rawClient(server.port, get)
    await turns(200)
    const connecting = client.socket.connecting
    await server.setListener('refuse')

    expect(control.socket.connecting).toBe(false)
    expect(connecting).toBe(true)
    expect(server.connections).toHaveLength(1)
  })

  it('drops open connections on demand', async () => {
    const server = await serve([{ do: 'hang' }])

    const client = rawClient(server.port, get)
    const request = await server.waitForRequest(1)
    await server.dropConnections()

    expect(await client.ended).toBe('fin')
    expect(request.state).toBe('broken')
  })
})

describe('close', () => {
  it('ends connections, scripts and waits, and leaves no handle', async () => {
    const before = process.getActiveResourcesInfo().filter(isOurs).length
    const server = await startFakeServer([{ do: 'gate', name: 'never' }])

    const client = rawClient(server.port, get)
    const request = await server.waitForRequest(1)
    await server.setListener('stall')
    const abort = server.waitForAbort(request)
    const next = server.waitForRequest()
    const arrival = server.gate('other').arrived()
    await Promise.all([server.close(), server.close()])
    await client.ended
    client.socket.destroy()
    await turns(3)

    await expect(abort).rejects.toThrow('ended as closed')
    await expect(next).rejects.toThrow('was closed')
    await expect(arrival).rejects.toThrow('was closed')
    await expect(server.setListener('accept')).rejects.toThrow('was closed')
    expect(process.getActiveResourcesInfo().filter(isOurs)).toHaveLength(before)
  })
})

function isOurs(resource: string): boolean {
  return /TCP|Timeout|Worker|MessagePort/.test(resource)
}
