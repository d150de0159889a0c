import { GatewayError } from '@jackfield/core'
import { eventStream, type FakeServer, reply, startFakeServer } from '@jackfield/testkit'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Envelope } from '../src/surface.ts'
import { urlTargets } from '../src/targets/url-targets.ts'
import { send, testBackend } from './doubles/backend.ts'
import { failureOf, okOf, readBody } from './doubles/read-body.ts'

const defaults = { strategy: 'round-robin', affinity: 'none' } as const

/** `{"request": …}` around requests, `{"response": …}` around answers and events. */
const envelope: Envelope = {
  wrapBody: (body, { model }) => Buffer.from(`{"model":"${model}","request":${Buffer.from(body)}}`),
  unwrapBody: (body) =>
    Buffer.from(JSON.stringify(JSON.parse(Buffer.from(body).toString()).response)),
  unwrapStream() {
    let text = ''
    return {
      push(chunk) {
        text += Buffer.from(chunk).toString()
        const end = text.lastIndexOf('\n\n') + 2
        if (end < 2) return Buffer.alloc(0)
        const whole = text.slice(0, end)
        text = text.slice(end)
        if (whole.includes('broken')) throw new SyntaxError('not an envelope')
        return Buffer.from(whole.replaceAll(/\{"response":(.*)\}/g, '$1'))
      },
      end: () => Buffer.from(text.replace(/\{"response":(.*)\}/, '$1')),
    }
  },
}

describe('surfaces', () => {
  let server: FakeServer
  beforeEach(async () => {
    server = await startFakeServer(reply(200, { good: true }))
  })
  afterEach(() => server.close())

  it('replace paths by operation, with the model in them', async () => {
    const backend = testBackend(`${server.url}/openai?api-version=7`, {
      surface: {
        paths: { chat: '/deployments/{model}/chat', embeddings: '/embed?kind=x' },
      },
    })

    okOf(await send(backend, { model: 'gpt 4/x', path: '/chat/completions?beta=true' }))
    okOf(await send(backend, { operation: 'embeddings', path: '/embeddings?beta=true' }))

    expect(server.requests.map(({ path, query }) => `${path}?${query}`)).toEqual([
      '/openai/deployments/gpt%204%2Fx/chat?beta=true&api-version=7',
      '/openai/embed?kind=x&api-version=7',
    ])
  })

  it('are asked at the address of the target where it has one', async () => {
    const targets = urlTargets(
      [{ url: server.url }, { url: `${server.url}/other/v2/`, name: 'second', weight: 3 }],
      { type: 'acme', defaults },
    )
    const backend = testBackend('http://127.0.0.1:1', {
      surface: { defaultPath: '/v1' },
      definition: { targets },
    })

    for (const target of targets.current()) okOf(await send(backend, {}, { target }))

    expect(server.requests.map(({ path }) => path)).toEqual([
      '/v1/chat/completions',
      '/other/v2/chat/completions',
    ])
    expect(targets.current().map(({ name, weight }) => [name, weight])).toEqual([
      [`127.0.0.1:${server.port}`, 1],
      ['second', 3],
    ])
  })

  it('put an envelope around requests and take it off whole answers', async () => {
    server.respondWith(reply(200, { response: { good: true } }))
    const backend = testBackend(server.url, { surface: { envelope } })

    const answer = okOf(await send(backend))

    expect((await readBody(answer.body)).text).toBe('{"good":true}')
    expect(answer.headers).not.toHaveProperty('content-length')
    expect(server.requests[0]?.text()).toBe('{"model":"m","request":{"model":"m"}}')
  })

  it('take the envelope off each event, and off the last one without its blank line', async () => {
    const text =
      'data: {"response":{"a":1}}\n\ndata: {"response":{"a":2}}\n\ndata: {"response":{"a":3}}'
    server.respondWith(eventStream([text.slice(0, 40), text.slice(40)]))
    const backend = testBackend(server.url, { surface: { envelope } })

    const body = await readBody(okOf(await send(backend, { framing: 'sse' })).body)

    expect(body.text).toBe('data: {"a":1}\n\ndata: {"a":2}\n\ndata: {"a":3}')
    expect(body.ended).toBe(true)
  })

  it.each([
    ['a whole answer', 'json', reply(200, 'no json', { 'content-type': 'application/json' })],
    ['an event', 'sse', eventStream(['data: broken\n\n'])],
  ] as const)('fail where the envelope of %s cannot be understood', async (_, framing, steps) => {
    server.respondWith(steps)
    const backend = testBackend(server.url, { surface: { envelope } })

    const body = await readBody(okOf(await send(backend, { framing })).body)

    expect(body.failure?.code).toBe('upstream_invalid_response')
    expect(body.failure?.message).toContain('envelope cannot be understood')
  })

  it('let an envelope say what is wrong', async () => {
    const told = new GatewayError('upstream_overloaded', 'Too much.')
    const backend = testBackend(server.url, {
      surface: {
        envelope: {
          ...envelope,
          unwrapBody: () => {
            throw told
          },
        },
      },
    })

    expect((await readBody(okOf(await send(backend)).body)).failure).toBe(told)
  })

  it('pass on what a credential cannot do', async () => {
    const backend = testBackend(server.url)
    const [key] = backend.targets.current()
    if (key === undefined) throw new Error('no target')
    const expired = new GatewayError('upstream_credentials_rejected', 'Log in again.')
    const failing = { ...key, credential: () => Promise.reject(expired) }
    const broken = { ...key, credential: () => Promise.reject(new TypeError('bug')) }
    const aborting = {
      ...key,
      credential: (signal: AbortSignal) => Promise.reject(signal.reason),
    }

    expect(failureOf(await send(backend, {}, { target: failing }))).toBe(expired)
    await expect(send(backend, {}, { target: broken })).rejects.toThrow('bug')
    const signal = AbortSignal.abort()
    expect(failureOf(await send(backend, {}, { target: aborting, signal })).code).toBe(
      'client_closed_request',
    )
  })

  it('that do not exist are a bug of the caller', async () => {
    await expect(send(testBackend(server.url), { surface: 'other' })).rejects.toThrow(/no surface/)
  })

  it('with a bad address are a mistake in the configuration', () => {
    expect(() => testBackend('sk-some-key')).toThrow(/^backends\.acme\.base_url is not an http/)
  })
})
