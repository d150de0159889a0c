import { gemini } from '@jackfield/dialect-gemini'
import { describe, expect, it } from 'vitest'
import { bytes, frontendApp } from './support/frontend-app.ts'

const body = '{"contents":[]}'
const json = { 'content-type': 'application/json' }

describe('a call', () => {
  it.each([
    ['generateContent', 'chat'],
    ['streamGenerateContent', 'chat'],
    ['countTokens', 'count-tokens'],
    ['embedContent', 'embeddings'],
    ['batchEmbedContents', 'embeddings'],
  ])('%s is one for %s, below every version', async (method, operation) => {
    const { app, inputs } = await frontendApp()

    for (const base of ['/v1', '/v1beta', '/v1alpha', '/gemini/v1', '/gemini/v1beta']) {
      const url = `${base}/models/m:${method}`
      const answer = await app.inject({ method: 'POST', url, headers: json, payload: body })
      expect(answer.json()).toEqual({ ok: true })
    }

    expect(inputs.map((input) => [input.operation, input.path])).toEqual(
      ['/v1', '/v1beta', '/v1alpha', '/v1', '/v1beta'].map((base) => [
        operation,
        `${base}/models/m:${method}`,
      ]),
    )
    expect(inputs.every(({ dialect }) => dialect === gemini)).toBe(true)
    expect(bytes(inputs[0]).toString()).toBe(body)
  })

  it.each([
    '/v1beta/models/openai/gpt-5:generateContent',
    '/v1beta/models/openai%2Fgpt-5:generateContent',
    '/v1beta/models/openai:gpt-5:generateContent',
    '/v1beta/models/m%3AgenerateContent',
    '/v1/models/openai/gpt-5:generateContent',
    '/v1/models/ft:gpt-4o:org::id:generateContent',
    '/v1/models/m%3agenerateContent',
  ])('may name any model: %s', async (url) => {
    const { app, inputs } = await frontendApp()

    await app.inject({ method: 'POST', url, headers: json, payload: body })

    expect(inputs[0]).toMatchObject({ operation: 'chat', path: url })
  })

  it('carries the key wherever a client puts it', async () => {
    const { app, inputs } = await frontendApp()
    const url = '/v1beta/models/m:streamGenerateContent?alt=sse'

    await app.inject({ method: 'POST', url, headers: { 'x-goog-api-key': 'a' }, payload: body })
    await app.inject({ method: 'POST', url: `${url}&key=b`, payload: body })
    await app.inject({ method: 'POST', url, headers: { authorization: 'Bearer c' }, payload: body })

    const keys = inputs.map(({ headers }) => headers['x-goog-api-key'] ?? headers['authorization'])
    expect(keys).toEqual(['a', 'b', 'Bearer c'])
    expect(inputs.map(({ query }) => query)).toEqual(['alt=sse', 'alt=sse', 'alt=sse'])
  })

  it('gets errors in an array where its stream is one', async () => {
    const { app, inputs } = await frontendApp()
    const url = '/v1beta/models/m:streamGenerateContent'

    await app.inject({ method: 'POST', url, headers: json, payload: body })
    await app.inject({ method: 'POST', url: `${url}?alt=sse`, headers: json, payload: body })

    expect(inputs.map(({ errorForm }) => errorForm)).toEqual(['array', undefined])
  })

  it('of a method that the gateway does not know is forwarded', async () => {
    const { app, inputs } = await frontendApp()

    await app.inject({ method: 'POST', url: '/v1beta/models/imagen-4:predict', payload: '{}' })

    expect(inputs[0]).toMatchObject({
      operation: 'opaque',
      path: '/v1beta/models/imagen-4:predict',
    })
  })

  it('is found below a prefix', async () => {
    const { app, inputs } = await frontendApp({ frontend: { prefix: '/llm' } })
    const call = 'v1beta/models/m:countTokens'

    await app.inject({ method: 'POST', url: `/llm/${call}`, payload: body })
    await app.inject({ method: 'POST', url: `/llm/gemini/${call}`, payload: body })

    expect(inputs.map(({ path }) => path)).toEqual([`/${call}`, `/${call}`])
  })
})

describe('an opaque call', () => {
  it.each([
    ['POST', '/v1beta/cachedContents', '/v1beta/cachedContents'],
    ['GET', '/v1alpha/files/f1', '/v1alpha/files/f1'],
    ['DELETE', '/gemini/v1beta/files/f1', '/v1beta/files/f1'],
    ['GET', '/gemini/v1/operations/o1', '/v1/operations/o1'],
  ] as const)('is forwarded: %s %s', async (method, url, path) => {
    const { app, inputs } = await frontendApp()

    const answer = await app.inject({ method, url: `${url}?pageSize=2` })

    expect(answer.statusCode).toBe(200)
    expect(inputs[0]).toMatchObject({ operation: 'opaque', method, path, query: 'pageSize=2' })
  })

  it('exists only where the operator wants it', async () => {
    const { app } = await frontendApp({ frontend: { opaquePaths: [] } })

    expect((await app.inject('/v1beta/files')).statusCode).toBe(404)
  })
})

describe('what is not offered', () => {
  it.each([
    ['POST', '/v1beta/models/m', 404],
    ['POST', '/v1beta/models/:generateContent', 404],
    ['POST', '/v1beta/models/m:', 404],
    ['PUT', '/v1beta/models/m:generateContent', 405],
    ['POST', '/v1beta/models', 405],
    ['GET', '/v1beta/nothing', 404],
    ['GET', '/v1beta', 404],
    ['GET', '/gemini/nothing', 404],
  ] as const)('is refused in Google’s form: %s %s', async (method, url, status) => {
    const { app, inputs } = await frontendApp()

    const answer = await app.inject({ method, url })

    expect(answer.statusCode).toBe(status)
    expect(answer.json()).toMatchObject({ error: { code: status } })
    expect(typeof answer.json().error.status).toBe('string')
    expect(inputs).toEqual([])
  })

  it('is refused in OpenAI’s form where the path is shared', async () => {
    const { app } = await frontendApp()

    const answer = await app.inject({ method: 'POST', url: '/v1/models/m:other', payload: '{}' })

    expect(answer.statusCode).toBe(405)
    expect(answer.json()).toHaveProperty('error.type', 'invalid_request_error')
  })
})

describe('an error before the call has Google’s form', () => {
  it.each(['/v1beta/models/m:generateContent', '/v1/models/m:generateContent'])(
    'for a body that is too large: %s',
    async (url) => {
      const { app } = await frontendApp({ gateway: { maxBodyBytes: 100 } })

      const answer = await app.inject({ method: 'POST', url, payload: ' '.repeat(101) })

      expect(answer.statusCode).toBe(413)
      expect(answer.json()).toMatchObject({ error: { code: 413 } })
    },
  )

  it('for a coding that nobody knows', async () => {
    const { app } = await frontendApp()

    const answer = await app.inject({
      method: 'POST',
      url: '/v1beta/models/m:generateContent',
      headers: { ...json, 'content-encoding': 'lzma' },
      payload: '{}',
    })

    expect(answer.statusCode).toBe(415)
    expect(answer.json()).toMatchObject({ error: { code: 415 } })
  })
})
