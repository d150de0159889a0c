import { anthropicMessages } from '@jackfield/dialect-anthropic'
import { describe, expect, it } from 'vitest'
import { bytes, frontendApp } from './support/frontend-app.ts'

const body = '{"model":"m","max_tokens":8,"messages":[]}'
const json = { 'content-type': 'application/json', 'anthropic-version': '2023-06-01' }

describe('a call', () => {
  it.each([
    ['/v1/messages', '/v1/messages', 'chat'],
    ['/v1/messages/count_tokens', '/v1/messages/count_tokens', 'count-tokens'],
    ['/anthropic/v1/messages', '/v1/messages', 'chat'],
    ['/anthropic/v1/messages/count_tokens', '/v1/messages/count_tokens', 'count-tokens'],
    ['/v1/messages/', '/v1/messages/', 'chat'],
    ['//v1//messages', '/v1/messages', 'chat'],
  ])('to %s is %s, one for %s', async (url, path, operation) => {
    const { app, inputs } = await frontendApp()

    const target = `http://a${url}`
    const answer = await app.inject({ method: 'POST', url: target, headers: json, payload: body })

    expect(answer.json()).toEqual({ ok: true })
    expect(inputs[0]).toMatchObject({ operation, method: 'POST', path, query: '' })
    expect(inputs[0]?.dialect).toBe(anthropicMessages)
    expect(bytes(inputs[0]).toString()).toBe(body)
  })

  it('carries the query and the headers of the official client', async () => {
    const { app, inputs } = await frontendApp()

    await app.inject({
      method: 'POST',
      url: '/v1/messages?beta=true',
      headers: { ...json, 'anthropic-beta': 'a-1,b-2', 'x-api-key': 'k' },
      payload: body,
    })

    expect(inputs[0]?.query).toBe('beta=true')
    expect(inputs[0]?.headers).toMatchObject({
      'anthropic-version': '2023-06-01',
      'anthropic-beta': 'a-1,b-2',
      'x-api-key': 'k',
    })
  })

  it('is found below a prefix', async () => {
    const { app, inputs } = await frontendApp({ frontend: { prefix: '/llm' } })

    await app.inject({ method: 'POST', url: '/llm/v1/messages', payload: body })
    await app.inject({ method: 'POST', url: '/llm/anthropic/v1/messages', payload: body })

    expect(inputs.map(({ path }) => path)).toEqual(['/v1/messages', '/v1/messages'])
  })
})

describe('an opaque call', () => {
  it.each([
    ['POST', '/v1/messages/batches', '/v1/messages/batches'],
    ['GET', '/v1/messages/batches/b_1/results', '/v1/messages/batches/b_1/results'],
    ['DELETE', '/anthropic/v1/messages/batches/b_1', '/v1/messages/batches/b_1'],
    ['GET', '/anthropic/v1/files', '/v1/files'],
    ['HEAD', '/anthropic/v1/files/f_1/content', '/v1/files/f_1/content'],
  ] as const)('is forwarded: %s %s', async (method, url, path) => {
    const { app, inputs } = await frontendApp()

    const answer = await app.inject({ method, url: `${url}?limit=2` })

    expect(answer.statusCode).toBe(200)
    expect(inputs[0]).toMatchObject({ operation: 'opaque', method, path, query: 'limit=2' })
  })

  it('streams a file whose backend is named', async () => {
    const { app, inputs } = await frontendApp()

    await app.inject({
      method: 'POST',
      url: '/anthropic/v1/files',
      headers: {
        'x-jackfield-backend': 'anthropic',
        'content-type': 'multipart/form-data; boundary=x',
      },
      payload: '--x--',
    })

    expect(inputs[0]?.body).not.toBeInstanceOf(Uint8Array)
    expect(inputs[0]?.body).toHaveProperty('start')
  })

  it('exists only where the operator wants it', async () => {
    const { app } = await frontendApp({ frontend: { opaquePaths: ['/files'] } })
    const status = async (url: string) => (await app.inject(url)).statusCode

    expect(await status('/anthropic/v1/files')).toBe(200)
    expect(await status('/anthropic/v1/messages/batches')).toBe(404)
    expect(await status('/v1/messages/batches')).toBe(404)
    expect(await status('/v1/files')).toBe(404)
  })
})

describe('a probe', () => {
  it.each(['/', '/anthropic', '/anthropic/'])('is answered: HEAD %s', async (url) => {
    const { app, inputs } = await frontendApp({ key: 'secret' })

    const answer = await app.inject({ method: 'HEAD', url })

    expect([answer.statusCode, answer.body]).toEqual([200, ''])
    expect(inputs).toEqual([])
  })

  it('is the host’s where it has an answer', async () => {
    const { app } = await frontendApp({
      prepare: (host) => host.get('/', async () => 'mine'),
    })

    const answer = await app.inject({ method: 'HEAD', url: '/' })

    expect(answer.headers['content-length']).toBe('4')
    expect((await app.inject('/')).body).toBe('mine')
  })
})
