import { describe, expect, it } from 'vitest'
import { startFakeServer } from '../../src/fake/fake-server.ts'
import { eventStream, reply } from '../../src/fake/script.ts'
import { httpRequest, rawClient, turns } from '../raw-client.ts'
import { get, serve } from '../serve.ts'

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

  it('lets as many through an empty gate as were let through before they came', async () => {
    const server = await serve([{ do: 'gate', name: 'g' }, ...reply(200, 'through')])
    server.gate('g').pass(2)

    await rawClient(server.port, get).receives('through')
    await rawClient(server.port, get).receives('through')
    rawClient(server.port, get)
    await server.gate('g').arrived()

    expect(server.gate('g').waiting).toBe(1)
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

  it('can close cleanly after bytes that are not HTTP, whatever the client has sent', async () => {
    const server = await serve({
      at: 'connection',
      steps: [{ do: 'raw', bytes: 'x' }, { do: 'gate', name: 'g' }, { do: 'cut' }],
    })

    const client = rawClient(server.port, httpRequest('POST /', 'x'.repeat(300_000)))
    await client.receives('x')
    await turns(30)
    server.gate('g').open()

    expect(await client.ended).toBe('fin')
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
