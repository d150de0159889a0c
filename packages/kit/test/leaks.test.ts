import { getEventListeners } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { send, testBackend } from './doubles/backend.ts'
import { FakeClock } from './doubles/fake-clock.ts'
import { okOf, readBody } from './doubles/read-body.ts'

const calls = process.env['LONG_TESTS'] === undefined ? 600 : 10_000

describe('many calls on one signal', () => {
  // Not the recording server: what it records would look like a leak.
  let server: Server
  let url: string
  let connections = 0
  let hanging = 0
  const warnings: Error[] = []
  const onWarning = (warning: Error): void => void warnings.push(warning)
  beforeAll(async () => {
    server = createServer((request, response) => {
      if (request.url?.endsWith('/hang')) hanging += 1
      else response.end('{}')
    })
    server.on('connection', () => {
      connections += 1
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    process.on('warning', onWarning)
  })
  afterAll(async () => {
    process.off('warning', onWarning)
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })

  it('leave no listener, connection, timer or memory behind', async () => {
    const clock = new FakeClock()
    const backend = testBackend(url, { clock })
    const { signal } = new AbortController()
    const run = async (count: number): Promise<number> => {
      for (let call = 0; call < count; call += 1) {
        await readBody(okOf(await send(backend, {}, { signal })).body)
      }
      return heapUsed()
    }

    // Caches grow in one round or another; what is kept of every call grows in each.
    const used = [await run(calls), await run(calls), await run(calls), await run(calls)]
    const growth = used.slice(1).map((bytes, at) => (bytes - (used[at] ?? 0)) / calls)

    expect(getEventListeners(signal, 'abort')).toEqual([])
    expect(clock.timers).toBe(0)
    expect(connections).toBe(1)
    expect(Math.min(...growth)).toBeLessThan(200)
    await backend.dispose?.()
  }, 30_000)

  it('at once warn of nothing and end by one abort', async () => {
    const backend = testBackend(url)
    const controller = new AbortController()
    const { signal } = controller
    const results = Array.from({ length: 100 }, () => send(backend, { path: '/hang' }, { signal }))
    while (hanging < 100) await new Promise((done) => setImmediate(done))

    controller.abort()

    expect((await Promise.all(results)).every((result) => 'failed' in result)).toBe(true)
    expect(getEventListeners(signal, 'abort')).toEqual([])
    expect(warnings).toEqual([])
  })
})

/** Bytes in use after a collection. */
function heapUsed(): number {
  setFlagsFromString('--expose-gc')
  const collect: unknown = runInNewContext('gc')
  if (typeof collect === 'function') collect()
  return process.memoryUsage().heapUsed
}
