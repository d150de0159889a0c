import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { send, testBackend } from './doubles/backend.ts'
import { type ProxyServer, startProxy } from './doubles/proxy-server.ts'
import { okOf, readBody } from './doubles/read-body.ts'

describe('a forward proxy', () => {
  let proxy: ProxyServer
  beforeEach(async () => {
    proxy = await startProxy(0)
  })
  afterEach(async () => {
    vi.unstubAllEnvs()
    await proxy[Symbol.asyncDispose]()
  })

  it('is asked for the whole URL of plain requests, with its own credential', async () => {
    const proxyUrl = `http://me:secret@127.0.0.1:${proxy.port}`
    const backend = testBackend('http://upstream.example/v1', { network: { proxyUrl } })

    const answer = okOf(await send(backend))

    expect((await readBody(answer.body)).text).toBe('{"host":"upstream.example"}')
    const basic = Buffer.from('me:secret').toString('base64')
    expect(proxy.asked).toEqual([`POST http://upstream.example/v1/chat/completions Basic ${basic}`])
  })

  it('of a backend stands above the gateway’s', async () => {
    const backend = testBackend('http://upstream.example', {
      network: { proxyUrl: 'http://127.0.0.1:1' },
      definition: { proxy: `http://127.0.0.1:${proxy.port}` },
    })

    okOf(await send(backend))

    expect(proxy.asked.length).toBe(1)
  })

  it('is not used by a backend that goes direct', async () => {
    const direct = await startProxy(0)
    const backend = testBackend(`http://127.0.0.1:${direct.port}`, {
      network: { proxyUrl: `http://127.0.0.1:${proxy.port}` },
      definition: { proxy: 'direct' },
    })

    okOf(await send(backend))

    expect(proxy.asked).toEqual([])
    expect(direct.asked).toEqual(['POST /chat/completions -'])
    await direct[Symbol.asyncDispose]()
  })

  it('is never taken from the environment', async () => {
    const direct = await startProxy(0)
    for (const name of ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'ALL_PROXY']) {
      vi.stubEnv(name, `http://127.0.0.1:${proxy.port}`)
    }
    vi.stubEnv('NODE_USE_ENV_PROXY', '1')

    okOf(await send(testBackend(`http://127.0.0.1:${direct.port}`)))

    expect(proxy.asked).toEqual([])
    await direct[Symbol.asyncDispose]()
  })

  it('with a URL that is none is a mistake in the configuration', () => {
    expect(() => testBackend('http://a.example', { definition: { proxy: 'socks5://x' } })).toThrow(
      /backends\.acme\.upstream_proxy is not an http/,
    )
  })
})
