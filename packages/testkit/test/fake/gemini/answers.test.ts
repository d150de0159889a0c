import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type GeminiFake,
  type GeminiFakeOptions,
  startGeminiFake,
} from '../../../src/fake/gemini.ts'
import { startOpenAIChatFake } from '../../../src/fake/openai-chat.ts'
import type { ScriptStep } from '../../../src/fake/script.ts'
import { type HttpAnswer, httpCall } from '../../http-call.ts'
import { type Body, call, hi, model, response, secret, signed, user } from './good-request.ts'

let fake: GeminiFake

beforeAll(async () => {
  fake = await startGeminiFake({ secret })
})
afterAll(() => fake.close())

const key = { headers: { 'x-goog-api-key': 'sk-fake' } }
const hello = user({ text: 'hello there' })

function post(path: string, body: unknown, on = fake): Promise<HttpAnswer> {
  return httpCall(`${on.baseUrl}/models/${path}`, { ...key, body })
}

function generate(members: Body = {}, on = fake): Promise<HttpAnswer> {
  return post('fake-chat:generateContent', { contents: [hello], ...members }, on)
}

interface Answer {
  readonly candidates: readonly {
    readonly content: { readonly parts: readonly Body[] }
    readonly finishReason?: string
  }[]
}
const candidate = (answer: HttpAnswer) => (answer.json() as Answer).candidates[0]
const parts = (answer: HttpAnswer): readonly Body[] => candidate(answer)?.content.parts ?? []
const said = (answer: HttpAnswer): string =>
  parts(answer)
    .map((part) => part['text'])
    .join('')
const called = (answer: HttpAnswer): readonly unknown[] =>
  parts(answer).flatMap((part) => (part['functionCall'] as Body | undefined)?.['name'] ?? [])

const declared = (...names: string[]) => [{ functionDeclarations: names.map((name) => ({ name })) }]
const chunksOf = (body: string): readonly Answer[] =>
  body
    .split('\r\n\r\n')
    .filter(Boolean)
    .map((frame) => JSON.parse(frame.replace(/^data: /, '')))

describe('the default model', () => {
  it('repeats the last user text and counts words as tokens', async () => {
    const answer = await generate()

    expect(answer.headers['content-type']).toBe('application/json; charset=UTF-8')
    expect(answer.json()).toMatchObject({
      candidates: [
        {
          content: { parts: [{ text: 'You said: hello there' }], role: 'model' },
          finishReason: 'STOP',
          index: 0,
        },
      ],
      usageMetadata: { promptTokenCount: 2, candidatesTokenCount: 4, totalTokenCount: 6 },
      modelVersion: 'fake-chat',
      responseId: expect.stringMatching(/^response-[0-9a-f]{12}$/),
    })
  })

  it('answers the same conversation with the same bytes', async () => {
    expect((await generate()).body).toBe((await generate()).body)
  })

  it('streams what it would have answered unstreamed, as events and as an array', async () => {
    const body = { contents: [hello] }
    const unary = await generate()
    const sse = await post('fake-chat:streamGenerateContent?alt=sse', body)
    const array = await post('fake-chat:streamGenerateContent', body)

    const chunks = chunksOf(sse.body)
    const texts = chunks.map((chunk) => chunk.candidates[0]?.content.parts[0]?.['text'])
    expect(sse.headers['content-type']).toBe('text/event-stream')
    expect(sse.body).not.toContain('[DONE]')
    expect(sse.body.replaceAll('\r\n', '')).not.toContain('\n')
    expect(array.headers['content-type']).toBe('application/json; charset=UTF-8')
    expect(array.json()).toEqual(chunks)
    expect(texts).toEqual(['You', ' said:', ' hello', ' there', ''])
    expect(texts.join('')).toBe(said(unary))
    expect(chunks.map((chunk) => chunk.candidates[0]?.finishReason)).toEqual([
      ...texts.slice(1).map(() => undefined),
      'STOP',
    ])
  })

  it.each([
    ['the first when none is named', {}, ['alpha']],
    ['all that are named', { ask: 'use alpha and beta' }, ['alpha', 'beta']],
    ['an allowed one', { mode: 'ANY', allowed: ['beta'] }, ['beta']],
    ['none when told so', { mode: 'NONE' }, []],
  ] as const)('calls %s', async (_, given, names) => {
    const {
      ask = 'hi',
      mode = 'AUTO',
      allowed,
    }: { ask?: string; mode?: string; allowed?: readonly string[] } = given
    const answer = await generate({
      contents: [user({ text: ask })],
      tools: declared('alpha', 'beta'),
      toolConfig: {
        functionCallingConfig: { mode, ...(allowed && { allowedFunctionNames: allowed }) },
      },
    })

    expect(called(answer)).toEqual(names)
    expect(candidate(answer)?.finishReason).toBe('STOP')
  })

  it('makes arguments that fit either kind of schema, and none where there are none', async () => {
    const properties = { city: { type: 'STRING' }, days: { type: 'INTEGER', minimum: 3 } }
    const functionDeclarations = [
      { name: 'upper', parameters: { type: 'OBJECT', properties } },
      { name: 'json', parametersJsonSchema: { type: 'object', properties: { a: { const: 1 } } } },
      { name: 'bare' },
    ]
    const contents = [user({ text: 'upper json bare' })]

    const answer = await generate({ contents, tools: [{ functionDeclarations }] })

    expect(parts(answer).map((part) => part['functionCall'])).toEqual([
      { name: 'upper', args: { city: 'text', days: 3 } },
      { name: 'json', args: { a: 1 } },
      { name: 'bare' },
    ])
  })

  it('repeats function responses instead of calling again', async () => {
    const ask = (value: unknown) =>
      generate({
        contents: [hi, model(signed(call())), user(response(value))],
        tools: declared('f'),
      })

    expect(said(await ask({ output: 'sun' }))).toBe('Tool results: sun')
    expect(said(await ask({ error: 'rain' }))).toBe('Tool results: rain')
    expect(said(await ask({ sky: 'blue' }))).toBe('Tool results: {"sky":"blue"}')
  })

  it('gives an example of a schema, an object when any will do, a word of an enumeration', async () => {
    const responseMimeType = 'application/json'
    const schema = { type: 'OBJECT', properties: { ok: { type: 'BOOLEAN' } } }
    const ask = (generationConfig: Body) => generate({ generationConfig })

    const subset = await ask({ responseMimeType, responseSchema: schema })
    const json = await ask({ responseMimeType, responseJsonSchema: { const: [1] } })
    const free = await ask({ responseMimeType })
    const word = await ask({
      responseMimeType: 'text/x.enum',
      responseSchema: { type: 'STRING', enum: ['red', 'blue'] },
    })

    expect(said(subset)).toBe('{"ok":true}')
    expect(said(json)).toBe('[1]')
    expect(said(free)).toBe('{"said":"hello there"}')
    expect(said(word)).toBe('red')
  })

  it('thinks when its thoughts are wanted', async () => {
    const think = (thinkingConfig: Body) => generate({ generationConfig: { thinkingConfig } })

    const wanted = await think({ includeThoughts: true })
    const off = await think({ includeThoughts: true, thinkingBudget: 0 })
    const silent = await think({ thinkingLevel: 'HIGH' })

    expect(parts(wanted)[0]).toEqual({ text: 'Thinking about: hello there', thought: true })
    expect(wanted.json()).toMatchObject({
      usageMetadata: { thoughtsTokenCount: 4, totalTokenCount: 10 },
    })
    expect([parts(off).length, parts(silent).length]).toEqual([1, 1])
  })

  it('sees images, stops at stop sequences and at the token limit, and makes several candidates', async () => {
    const image = { inlineData: { mimeType: 'image/png', data: 'AAAA' } }
    const file = { fileData: { mimeType: 'image/png', fileUri: 'https://example.com/a' } }
    const limit = (generationConfig: Body) => generate({ generationConfig })

    const images = await generate({ contents: [user({ text: 'look' }, image, file)] })
    const stopped = await limit({ stopSequences: ['there'] })
    const limited = await limit({ maxOutputTokens: 2 })
    const several = await limit({ candidateCount: 2 })

    expect(said(images)).toBe('You said: look (images: 2)')
    expect(said(stopped)).toBe('You said: hello')
    expect(said(limited)).toBe('You said:')
    expect(candidate(limited)?.finishReason).toBe('MAX_TOKENS')
    expect((several.json() as Answer).candidates).toHaveLength(2)
  })

  it('says what the fake OpenAI says to the same conversation', async () => {
    await using other = await startOpenAIChatFake()
    const tools = [{ type: 'function', function: { name: 'alpha' } }]
    const ask = async (extra: Body): Promise<unknown> => {
      const messages = [{ role: 'user', content: 'hello there' }]
      const body = { model: 'fake-chat', messages, ...extra }
      const headers = { authorization: 'Bearer sk-fake' }
      const answer = await httpCall(`${other.baseUrl}/chat/completions`, { body, headers })
      const { choices } = answer.json() as { choices: { message: Body }[] }
      return choices[0]?.message
    }

    expect(await ask({})).toMatchObject({ content: said(await generate()) })
    expect(await ask({ tools })).toMatchObject({
      tool_calls: called(await generate({ tools: declared('alpha') })).map((name) => ({
        function: { name },
      })),
    })
  })
})

describe('other operations', () => {
  const get = (path: string, on = fake) => httpCall(`${on.baseUrl}${path}`, key)

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

    const one = await post('fake-embed:embedContent', input('a'))
    const batch = await post('fake-embed:batchEmbedContents', {
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
    const plain = await post('fake-chat:countTokens', { contents: [hello, model({ text: 'x' })] })
    const whole = await post('fake-chat:countTokens', {
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
    ['POST', '/v1beta/models', 404],
    ['POST', '/v1beta/models/:generateContent', 404],
    ['GET', '/v1/models', 404],
    ['GET', '/v1beta', 404],
  ])('answers %s %s with %i', async (method, path, status) => {
    const url = `${fake.server.url}${path}`
    const body = method === 'POST' ? { contents: [hi] } : undefined

    const answer = await httpCall(url, { ...key, method, body })

    expect(answer.json()).toMatchObject({ error: { code: status, status: 'NOT_FOUND' } })
  })

  it('takes models with slashes and colons in their names, and only methods that they have', async () => {
    const embedder = { id: 'only', supportedGenerationMethods: ['embedContent'] }
    await using own = await startGeminiFake({ models: ['vendor/a:free', embedder] })
    const body = { contents: [hi] }

    const plain = await post('vendor/a:free:generateContent', body, own)
    const encoded = await post('vendor%2Fa%3Afree:generateContent', body, own)
    const other = await post('only:generateContent', body, own)

    expect([plain.status, encoded.status, other.status]).toEqual([200, 200, 404])
  })

  it('refuses thinking for a model that does not think', async () => {
    const models = [{ id: 'fake-chat', thinking: false }]
    await using plain = await startGeminiFake({ models })
    await using lenient = await startGeminiFake({ models, withoutRules: ['thinking-model'] })
    const members = { generationConfig: { thinkingConfig: { thinkingBudget: 1 } } }

    expect((await generate(members, plain)).status).toBe(400)
    expect((await generate({}, plain)).status).toBe(200)
    expect((await generate(members, lenient)).status).toBe(200)
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

    expect((await generate({ service_tier: 'flex' }, picky)).status).toBe(400)
    expect((await generate({}, picky)).status).toBe(200)
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

    const refused = await generate({}, blocking)
    const spoken = await generate({ service_tier: 'flex' }, own)

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

    const answer = post('fake-chat:streamGenerateContent', { contents: [hi] }, own)
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
    expect((await httpCall(url, { ...key, body: {} })).status).toBe(201)
    expect((await httpCall(url, { body: {} })).status).toBe(403)
  })
})
