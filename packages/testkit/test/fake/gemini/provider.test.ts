import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type GeminiFake,
  type GeminiFakeOptions,
  startGeminiFake,
} from '../../../src/fake/gemini.ts'
import type { ScriptStep } from '../../../src/fake/script.ts'
import { type HttpAnswer, httpCall } from '../../http-call.ts'
import { candidate, generate, hello, key, post } from './asking.ts'
import { type Body, hi, model, secret, user } from './good-request.ts'

let fake: GeminiFake

beforeAll(async () => {
  fake = await startGeminiFake({ secret })
})
afterAll(() => fake.close())

describe('other operations', () => {
  const get = (path: string, on = fake) => httpCall(`${on.baseUrl}${path}`, { headers: key })

  it('lists models in pages and shows one', async () => {
    await using many = await startGeminiFake({ models: ['a', { id: 'b', thinking: false }, 'c'] })
    const ids = (answer: HttpAnswer) =>
      (answer.json() as { models: { name: string }[] }).models.map(({ name }) => name)

    const all = await get('/models', many)
    const first = await get('/models?pageSize=2', many)
    const { nextPageToken } = first.json() as { nextPageToken: string }
    const second = await get(`/models?pageSize=2&pageToken=${nextPageToken}`, many)
    const one = await get('/models/b', many)

    expect(ids(all)).toEqual(['models/a', 'models/b', 'models/c'])
    expect(ids(first)).toEqual(['models/a', 'models/b'])
    expect(ids(second)).toEqual(['models/c'])
    expect(second.json()).not.toHaveProperty('nextPageToken')
    expect(one.json()).toMatchObject({
      name: 'models/b',
      displayName: 'b',
      inputTokenLimit: expect.any(Number),
      supportedGenerationMethods: expect.arrayContaining(['generateContent']),
      thinking: false,
    })
    expect((await get('/models/none', many)).status).toBe(404)
    expect((await get('/models?pageToken=x', many)).status).toBe(400)
    expect((await get('/models?pageSize=x', many)).status).toBe(400)
  })

  it('embeds the same text as the same vector, alone and in a batch', async () => {
    const input = (text: string) => ({
      model: 'models/fake-embed',
      content: { parts: [{ text }] },
      output_dimensionality: 3,
    })

    const one = await post(fake, '/models/fake-embed:embedContent', input('a'))
    const batch = await post(fake, '/models/fake-embed:batchEmbedContents', {
      requests: [input('b'), input('a')],
    })

    const { embedding } = one.json() as { embedding: { values: number[] } }
    const { embeddings } = batch.json() as { embeddings: { values: number[] }[] }
    expect(embedding.values).toHaveLength(3)
    expect(embeddings[1]).toEqual(embedding)
    expect(embeddings[0]).not.toEqual(embedding)
  })

  it('counts the words of the whole request', async () => {
    const counted = { contents: [hello], systemInstruction: user({ text: 'be brief' }) }
    const plain = await post(fake, '/models/fake-chat:countTokens', {
      contents: [hello, model({ text: 'x' })],
    })
    const whole = await post(fake, '/models/fake-chat:countTokens', {
      generate_content_request: { model: 'models/fake-chat', ...counted },
    })

    expect(plain.json()).toEqual({
      totalTokens: 3,
      promptTokensDetails: [{ modality: 'TEXT', tokenCount: 3 }],
    })
    expect(whole.json()).toMatchObject({ totalTokens: 4 })
  })

  it.each([
    ['GET', '/v1beta/models/fake-chat:generateContent', 404],
    ['POST', '/v1beta/models/fake-chat:predict', 404],
    ['POST', '/v1beta/models/fake-chat:constructor', 404],
    ['POST', '/v1beta/models', 404],
    ['POST', '/v1beta/models/:generateContent', 404],
    ['GET', '/v1/models', 404],
    ['GET', '/v1beta', 404],
  ])('answers %s %s with %i', async (method, path, status) => {
    const url = `${fake.server.url}${path}`
    const body = method === 'POST' ? { contents: [hi] } : undefined

    const answer = await httpCall(url, { headers: key, method, body })

    expect(answer.json()).toMatchObject({ error: { code: status, status: 'NOT_FOUND' } })
  })

  it('refuses a path that cannot be decoded', async () => {
    const answer = await post(fake, '/models/%E0%A4:generateContent', { contents: [hi] })

    expect(answer.json()).toMatchObject({ error: { code: 400, status: 'INVALID_ARGUMENT' } })
  })

  it('takes models with slashes and colons in their names, and only methods that they have', async () => {
    const embedder = { id: 'only', supportedGenerationMethods: ['embedContent'] }
    await using own = await startGeminiFake({ models: ['vendor/a:free', embedder] })
    const body = { contents: [hi] }

    const plain = await post(own, '/models/vendor/a:free:generateContent', body)
    const encoded = await post(own, '/models/vendor%2Fa%3Afree:generateContent', body)
    const other = await post(own, '/models/only:generateContent', body)

    const shown = await httpCall(`${own.baseUrl}/models/vendor/a:free`, { headers: key })
    expect([plain.status, encoded.status, other.status]).toEqual([200, 200, 404])
    expect(shown.json()).toMatchObject({ name: 'models/vendor/a:free' })
  })

  it('refuses thinking for a model that does not think', async () => {
    const models = [{ id: 'fake-chat', thinking: false }]
    await using plain = await startGeminiFake({ models })
    await using lenient = await startGeminiFake({ models, withoutRules: ['thinking-model'] })
    const members = { generationConfig: { thinkingConfig: { thinkingBudget: 1 } } }

    expect((await generate(plain, members)).status).toBe(400)
    expect((await generate(plain)).status).toBe(200)
    expect((await generate(lenient, members)).status).toBe(200)
  })
})

describe('errors', () => {
  const keys = {
    slow: { status: 429, retryAfter: 7 },
    dated: { status: 503, retryAfter: 'Thu, 01 Jan 1970 00:00:21 GMT' },
    spent: { status: 429, code: 'QUOTA_EXHAUSTED', message: 'Come back tomorrow.' },
    old: { status: 400 },
  } satisfies GeminiFakeOptions['keys']
  const ask = (on: GeminiFake, name: string, method = 'generateContent') =>
    httpCall(`${on.baseUrl}/models/fake-chat:${method}`, {
      headers: { 'x-goog-api-key': name },
      body: { contents: [hi] },
    })

  it('say when to come back in a detail, and a date in the header', async () => {
    await using own = await startGeminiFake({ keys })

    const slow = await ask(own, 'slow')
    const dated = await ask(own, 'dated')

    expect(slow.json()).toMatchObject({
      error: {
        code: 429,
        status: 'RESOURCE_EXHAUSTED',
        details: [
          { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'RATE_LIMIT_EXCEEDED' },
          { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '7s' },
        ],
      },
    })
    expect(slow.headers).not.toHaveProperty('retry-after')
    expect(dated.json()).toMatchObject({ error: { status: 'UNAVAILABLE' } })
    expect(dated.headers['retry-after']).toBe(keys.dated.retryAfter)
  })

  it('call a bad key a bad request', async () => {
    await using own = await startGeminiFake({ keys })
    const invalid = { error: { code: 400, details: [{ reason: 'API_KEY_INVALID' }] } }

    expect((await ask(own, 'unknown')).json()).toMatchObject(invalid)
    expect((await ask(own, 'old')).json()).toMatchObject(invalid)
    expect((await ask(own, 'spent')).json()).toMatchObject({
      error: { message: 'Come back tomorrow.', details: [{ reason: 'QUOTA_EXHAUSTED' }] },
    })
  })

  it('are in an array where a stream would be one', async () => {
    const array = await ask(fake, 'unknown', 'streamGenerateContent')
    const events = await ask(fake, 'unknown', 'streamGenerateContent?alt=sse')

    expect(array.json()).toMatchObject([{ error: { code: 400 } }])
    expect(events.json()).toMatchObject({ error: { code: 400 } })
  })

  it('can be spelled by the test', async () => {
    await using own = await startGeminiFake({ renderError: ({ message }) => ({ oops: message }) })

    expect((await ask(own, 'unknown')).json()).toEqual({ oops: expect.any(String) })
  })
})

describe('options', () => {
  it('tells which keys came, from the header and the query', async () => {
    await using own = await startGeminiFake({ keys: { k1: 'ok', k2: { status: 403 } } })
    const ask = (query: string, headers = {}) =>
      httpCall(`${own.baseUrl}/models/fake-chat:generateContent${query}`, {
        headers,
        body: { contents: [hi] },
      })

    const before = [await ask('?key=k1'), await ask('', { 'x-goog-api-key': 'k2' }), await ask('')]
    own.setKey('k2', 'ok')
    const after = await ask('?key=k2')
    await httpCall(`${own.baseUrl}/models?key=k1`)

    expect(before.map(({ status }) => status)).toEqual([200, 403, 403])
    expect(after.status).toBe(200)
    expect(own.keysUsed()).toEqual(['k1', 'k2', undefined, 'k2'])
    expect(own.keysUsed('/models')).toEqual(['k1'])
  })

  it('holds extra rules, which see camelCase', async () => {
    const noise = {
      cites: 'a test',
      check: (body: Body) =>
        'serviceTier' in body ? { at: 'serviceTier', message: 'is never right' } : undefined,
    }
    await using picky = await startGeminiFake({ extraRules: { noise } })

    expect((await generate(picky, { service_tier: 'flex' })).status).toBe(400)
    expect((await generate(picky)).status).toBe(200)
  })

  it('answers as told, in the style that is told, signed unless told otherwise', async () => {
    const answer = (request: Body, name: string) => ({
      parts: [{ text: `${name} ${Object.keys(request)}` }],
      blocked: { reason: 'SAFETY' },
    })
    const { blocked: _, ...open } = answer({}, '')
    await using blocking = await startGeminiFake({ answer })
    await using own = await startGeminiFake({
      answer: (request, name) => ({ ...open, parts: answer(request, name).parts }),
      style: { withoutIndex: true, sign: () => 'own' },
    })

    const refused = await generate(blocking)
    const spoken = await generate(own, { service_tier: 'flex' })

    expect(refused.json()).toMatchObject({ promptFeedback: { blockReason: 'SAFETY' } })
    expect(candidate(spoken)).toEqual({
      content: {
        parts: [{ text: 'fake-chat contents,serviceTier', thoughtSignature: 'own' }],
        role: 'model',
      },
      finishReason: 'STOP',
    })
  })

  it('plays an answer with gates of the test in it', async () => {
    await using own = await startGeminiFake({
      answer: () => ({ parts: [{ text: ['one', 'two'] }] }),
      play: (steps) =>
        steps.flatMap((step): ScriptStep[] =>
          step.do === 'write' ? [{ do: 'gate', name: 'g' }, step] : [step],
        ),
    })
    const gate = own.server.gate('g')

    const answer = post(own, '/models/fake-chat:streamGenerateContent', { contents: [hi] })
    for (let frame = 0; frame < 4; frame += 1) {
      await gate.arrived()
      gate.pass()
    }

    expect((await answer).json()).toHaveLength(3)
  })

  it('serves routes of the test below its base path, for good keys only', async () => {
    const routes = { 'POST /cachedContents': () => [{ do: 'head', status: 201 } as const] }
    await using own = await startGeminiFake({ basePath: '/x', routes })
    const url = `${own.baseUrl}/cachedContents`

    expect(own.baseUrl).toBe(`${own.server.url}/x`)
    expect((await httpCall(url, { headers: key, body: {} })).status).toBe(201)
    expect((await httpCall(url, { body: {} })).status).toBe(403)
  })
})
