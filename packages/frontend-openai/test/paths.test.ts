import { openaiChat, openaiCompletions, openaiResponses } from '@jackfield/dialect-openai'
import { describe, expect, it } from 'vitest'
import { bytes, frontendApp } from './support/frontend-app.ts'

const body = '{"model":"m","messages":[]}'
const json = { 'content-type': 'application/json' }

describe('a call', () => {
  it.each([
    ['/v1/chat/completions', 'chat', openaiChat, 'nested'],
    ['/chat/completions', 'chat', openaiChat, 'string'],
    ['/v1/completions', 'completions', openaiCompletions, 'nested'],
    ['/completions', 'completions', openaiCompletions, 'string'],
    ['/v1/embeddings', 'embeddings', openaiChat, 'nested'],
    ['/embeddings', 'embeddings', openaiChat, 'string'],
    ['/v1/responses', 'chat', openaiResponses, 'nested'],
    ['/responses', 'chat', openaiResponses, 'string'],
    ['/v1/responses/input_tokens', 'count-tokens', openaiResponses, 'nested'],
    ['/responses/input_tokens', 'count-tokens', openaiResponses, 'string'],
    ['/v1/responses/compact', 'opaque', openaiResponses, 'nested'],
  ])('to %s is one for %s', async (url, operation, dialect, errorForm) => {
    const { app, inputs } = await frontendApp()

    const answer = await app.inject({ method: 'POST', url, headers: json, payload: body })

    expect(answer.json()).toEqual({ ok: true })
    expect(inputs[0]).toMatchObject({ operation, errorForm, method: 'POST', path: url, query: '' })
    expect(inputs[0]?.dialect).toBe(dialect)
    expect(bytes(inputs[0]).toString()).toBe(body)
  })

  it.each([
    '/v1/chat/completions/',
    '/v1//chat/completions',
    '//v1/chat/completions',
    '/v1/chat/completions?x=1',
  ])('is understood at %s', async (url) => {
    const { app, inputs } = await frontendApp()

    await app.inject({ method: 'POST', url: `http://a${url}`, headers: json, payload: body })

    expect(inputs).toHaveLength(1)
  })

  it('carries the client’s headers, credentials included', async () => {
    const { app, inputs } = await frontendApp()

    await app.inject({
      method: 'POST',
      url: '/v1/chat/completions',
      headers: { 'x-api-key': 'k', 'x-goog-api-key': 'g', authorization: 'Bearer b' },
      payload: body,
    })

    expect(inputs[0]?.headers).toMatchObject({
      'x-api-key': 'k',
      'x-goog-api-key': 'g',
      authorization: 'Bearer b',
    })
    expect(inputs[0]?.clientAddress).toBe('127.0.0.1')
  })
})

describe('a stored response', () => {
  it.each([
    ['GET', '/v1/responses/resp_1'],
    ['HEAD', '/v1/responses/resp_1'],
    ['DELETE', '/v1/responses/resp_1'],
    ['POST', '/v1/responses/resp_1/cancel'],
    ['GET', '/v1/responses/resp_1/input_items'],
    ['GET', '/responses/resp_1'],
  ] as const)('is what a call is about: %s %s', async (method, url) => {
    const { app, inputs } = await frontendApp()

    const answer = await app.inject({ method, url: `${url}?after=item_2` })

    expect(answer.statusCode).toBe(200)
    expect(inputs[0]).toMatchObject({
      operation: 'resource',
      method,
      path: url,
      query: 'after=item_2',
    })
    expect(inputs[0]?.dialect).toBe(openaiResponses)
    expect(inputs[0]?.body).toBeUndefined()
  })

  it.each([
    ['POST', '/v1/responses/resp_1', 'GET, DELETE, HEAD, OPTIONS'],
    ['GET', '/v1/responses/resp_1/cancel', 'POST, OPTIONS'],
    ['DELETE', '/v1/responses/resp_1/input_items', 'GET, HEAD, OPTIONS'],
    ['GET', '/v1/responses', 'POST, OPTIONS'],
    ['GET', '/v1/responses/compact', 'POST, OPTIONS'],
    ['DELETE', '/v1/responses/input_tokens', 'POST, OPTIONS'],
  ] as const)('takes no other methods: %s %s', async (method, url, allow) => {
    const { app, inputs } = await frontendApp()

    const answer = await app.inject({ method, url })

    expect([answer.statusCode, answer.headers['allow']]).toEqual([405, allow])
    expect(answer.json()).toHaveProperty('error.message')
    expect(inputs).toEqual([])
  })
})

describe('an opaque call', () => {
  it.each([
    ['POST', '/v1/images/generations'],
    ['POST', '/v1/audio/speech'],
    ['POST', '/v1/moderations'],
    ['POST', '/v1/rerank'],
    ['POST', '/rerank'],
    ['GET', '/v1/files'],
    ['GET', '/v1/files/file-1/content'],
    ['DELETE', '/v1/files/file-1'],
    ['HEAD', '/v1/files/file-1'],
    ['POST', '/v1/batches'],
    ['PATCH', '/v1/vector_stores/1'],
  ] as const)('is forwarded: %s %s', async (method, url) => {
    const { app, inputs } = await frontendApp()

    const answer = await app.inject({ method, url: `${url}?a=b%20c` })

    expect(answer.statusCode).toBe(200)
    expect(inputs[0]).toMatchObject({ operation: 'opaque', method, path: url, query: 'a=b%20c' })
    expect(inputs[0]?.errorForm).toBe(url.startsWith('/v1') ? 'nested' : 'string')
  })

  it.each(['/v1/files/%2e%2e%2fmodels', '/v1/files/a%00', '/v1/files/a?x=%zz', '/v1/files/%zz'])(
    'never leaves its path: %s',
    async (url) => {
      const { app, inputs } = await frontendApp()

      const answer = await app.inject(url)

      expect(answer.statusCode).toBe(400)
      expect(answer.json()).toHaveProperty('error.message')
      expect(inputs).toEqual([])
    },
  )

  it('exists only where the operator wants it', async () => {
    const { app } = await frontendApp({ frontend: { opaquePaths: ['/audio/*'] } })
    const status = async (url: string) =>
      (await app.inject({ method: 'POST', url, payload: {} })).statusCode

    expect(await status('/v1/audio/speech')).toBe(200)
    expect(await status('/v1/files')).toBe(404)
    expect(await status('/rerank')).toBe(404)
  })
})

describe('what is not offered', () => {
  it.each(['/v1/responses/resp_1/other', '/v1/chat/completions/chatcmpl-1', '/v1'])(
    'is 404 in the nested form: %s',
    async (url) => {
      const { app, inputs } = await frontendApp()

      const answer = await app.inject({ method: 'POST', url, payload: {} })

      expect(answer.statusCode).toBe(404)
      expect(answer.json()).toHaveProperty('error.message')
      expect(inputs).toEqual([])
    },
  )

  it.each(['GET', 'PUT', 'DELETE'] as const)('are other methods: %s', async (method) => {
    const { app } = await frontendApp()

    const nested = await app.inject({ method, url: '/v1/chat/completions' })
    const bare = await app.inject({ method, url: '/chat/completions' })

    expect([nested.statusCode, bare.statusCode]).toEqual([405, 405])
    expect(nested.headers['allow']).toBe('POST, OPTIONS')
    expect(nested.json()).toHaveProperty('error.message')
    expect(typeof bare.json().error).toBe('string')
  })

  it('tells OPTIONS what is', async () => {
    const { app } = await frontendApp()

    const answer = await app.inject({ method: 'OPTIONS', url: '/v1/embeddings' })

    expect([answer.statusCode, answer.headers['allow']]).toEqual([204, 'POST, OPTIONS'])
  })
})

it('serves below a prefix, and shows the gateway the path below it', async () => {
  const { app, inputs } = await frontendApp({ frontend: { prefix: '/llm' } })

  await app.inject({ method: 'POST', url: '/llm/v1/chat/completions', payload: body })
  await app.inject({ method: 'POST', url: '/llm/v1/audio/speech', payload: body })

  expect(inputs.map((input) => input.path)).toEqual(['/v1/chat/completions', '/v1/audio/speech'])
})
