import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { reply } from '../../src/fake/script.ts'
import { httpRequest, rawClient, turns } from '../raw-client.ts'
import { get, serve } from '../serve.ts'

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
  it('rejects what is still waited for', async () => {
    const server = await serve([{ do: 'gate', name: 'never' }])
    rawClient(server.port, get)
    const request = await server.waitForRequest(1)
    const abort = server.waitForAbort(request)
    const next = server.waitForRequest()
    const arrival = server.gate('other').arrived()

    await Promise.all([server.close(), server.close()])

    await expect(abort).rejects.toThrow('ended as closed')
    await expect(next).rejects.toThrow('was closed')
    await expect(arrival).rejects.toThrow('was closed')
    await expect(server.setListener('accept')).rejects.toThrow('was closed')
  })

  it('leaves nothing that keeps a process alive', async () => {
    const program = fileURLToPath(new URL('process-that-closes.ts', import.meta.url))

    const { stdout } = await promisify(execFile)(process.execPath, [program], { timeout: 20_000 })

    expect(stdout).toBe('gate, hang, delay, flood, never read, stall\n')
  }, 30_000)
})
