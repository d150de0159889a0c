import { describe, expect, it } from 'vitest'
import { reply } from '../../src/fake/script.ts'
import { httpRequest, rawClient, turns } from '../raw-client.ts'
import { get, serve } from '../serve.ts'

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

    expect(abortedAt - left).toBeLessThan(250)
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

  it('counts only what the kernel has taken', async () => {
    const frame = 'x'.repeat(64 * 1024)
    const server = await serve([
      { do: 'head', status: 200 },
      { do: 'endless', frame },
    ])

    const client = rawClient(server.port, get)
    client.socket.pause()
    const sent = await server.waitForStall(await server.waitForRequest(1))
    await server.dropConnections()
    client.socket.resume()
    await client.ended

    expect(client.socket.bytesRead).toBeGreaterThanOrEqual(sent)
    expect(client.socket.bytesRead).toBeLessThan(sent + 2 * frame.length)
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
