import { type Explanation, GatewayError } from '@jackfield/core'
import { describe, expect, it } from 'vitest'
import { manualClock } from './support/manual-clock.ts'
import { type TestAppOptions, testApp } from './support/test-app.ts'
import { testDialect } from './support/test-dialect.ts'

const url = '/v1/jackfield/explain'

const explanation: Explanation = {
  operation: 'chat',
  dialect: 'test',
  model: 'm',
  stream: true,
  principal: 'local',
  session: 'session',
  affinityKey: 'affinity',
  promptTokens: 7,
  decision: ['model says "m"'],
  warnings: ['model, column 3: Ignored "x".'],
  branches: [
    {
      delayMs: 500,
      places: [
        {
          backend: 'a',
          target: 'k1',
          model: 'm',
          way: 'forward',
          surface: 'main',
          overrides: { temperature: 0.5, topP: 1, topK: 2 },
          defaults: { reasoningEffort: 'low', verbosity: 'high', maxOutputTokens: 9 },
          targets: [
            {
              name: 'k1',
              state: 'cooling',
              inFlight: 2,
              reason: 'told 429',
              recoversInMs: 1_100,
              models: [{ model: 'n', reason: 'gone', recoversInMs: 10 }],
            },
          ],
        },
      ],
    },
  ],
  skipped: [{ backend: 'b', model: 'm', reason: 'No.' }],
  reply: 'hello',
  error: { code: 'model_not_found', status: 404, message: 'Unknown.' },
}

const asDocument = {
  operation: 'chat',
  dialect: 'test',
  model: 'm',
  stream: true,
  principal: 'local',
  session: 'session',
  affinity_key: 'affinity',
  prompt_tokens: 7,
  decision: ['model says "m"'],
  warnings: ['model, column 3: Ignored "x".'],
  branches: [
    {
      delay_ms: 500,
      places: [
        {
          backend: 'a',
          target: 'k1',
          model: 'm',
          way: 'forward',
          surface: 'main',
          overrides: { temperature: 0.5, top_p: 1, top_k: 2 },
          defaults: { reasoning_effort: 'low', verbosity: 'high', max_output_tokens: 9 },
          targets: [
            {
              name: 'k1',
              state: 'cooling',
              in_flight: 2,
              reason: 'told 429',
              recovers_in_seconds: 2,
              models: [{ model: 'n', reason: 'gone', recovers_in_seconds: 1 }],
            },
          ],
        },
      ],
    },
  ],
  skipped: [{ backend: 'b', model: 'm', reason: 'No.' }],
  reply: 'hello',
  error: { code: 'model_not_found', status: 404, message: 'Unknown.' },
}

const keys = { mine: { id: '1', name: 'mine' }, other: { id: '2', name: 'other' } }

/** Asks an app for an explanation. */
async function explain(
  payload: object | string,
  { headers = {}, ...options }: TestAppOptions & { readonly headers?: Record<string, string> } = {},
) {
  const started = await testApp(options)
  const answer = await started.app.inject({
    method: 'POST',
    url,
    headers: { 'content-type': 'application/json', ...headers },
    payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
  })
  return { ...started, answer, input: started.gateway.inputs[0] }
}

describe('POST /v1/jackfield/explain', () => {
  it('answers with the explanation, always in the same order', async () => {
    const { answer } = await explain({ path: '/v1/call', body: {} }, { explain: () => explanation })

    expect(answer.statusCode).toBe(200)
    expect(answer.headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-store',
    })
    expect(answer.body).toBe(JSON.stringify(asDocument))
  })

  it('reads the request as its frontend does, to the byte', async () => {
    const body = '{ "model":"m",  "big": 12345678901234567890, "e": 1.0 }'
    const headers = '{"X-Session": "s", "content-length": "3", "x-jackfield-dry-run": "none"}'

    const { input } = await explain(
      `{"path": "/v1/call?beta=true", "headers": ${headers}, "body":${body}}`,
      { headers: { 'x-other': 'of the one that asks', 'user-agent': 'me' } },
    )

    expect(Buffer.from(input?.body as Uint8Array).toString()).toBe(body)
    expect(input).toMatchObject({
      operation: 'chat',
      dialect: testDialect,
      method: 'POST',
      path: '/v1/call',
      query: 'beta=true',
      errorForm: 'nested',
      clientAddress: '127.0.0.1',
    })
    expect(input?.headers).toEqual({
      'x-session': 's',
      'user-agent': 'me',
      host: 'localhost:80',
      'content-type': 'application/json',
      'content-length': String(body.length),
    })
    expect(input?.signal.aborted).toBe(false)
  })

  it('takes other methods, and requests without a body', async () => {
    const { input } = await explain({ path: '/v1/raw/x', method: 'GET' })

    expect(input).toMatchObject({ operation: 'opaque', method: 'GET', path: '/v1/raw/x' })
    expect(input).not.toHaveProperty('body')
  })

  it('has a short form for a chat completion', async () => {
    const { app, gateway } = await testApp()
    app.gateway.mount(app, {
      dialect: testDialect,
      routes: [
        {
          url: '/v1/chat/completions',
          methods: ['POST'],
          handler: (request, reply) =>
            app.gateway.serve(request, reply, { dialect: testDialect, operation: 'chat' }),
        },
      ],
    })

    const answer = await app.inject({ method: 'POST', url, payload: { model: 'a|b' } })

    expect(answer.statusCode).toBe(200)
    expect(JSON.parse(Buffer.from(gateway.inputs[0]?.body as Uint8Array).toString())).toEqual({
      model: 'a|b',
      messages: [{ role: 'user', content: 'Hello' }],
    })
  })

  it('is there below a prefix', async () => {
    const { app } = await testApp({ plugin: { prefix: '/llm' } })

    const answer = await app.inject({
      method: 'POST',
      url: `/llm${url}`,
      payload: { path: `/llm${url}`, body: {} },
    })

    expect(answer.json()).toMatchObject({
      error: { message: 'An explanation cannot be explained.' },
    })
  })

  it('calls nobody', async () => {
    const { answer } = await explain(
      { path: '/v1/call', body: {} },
      {
        handle() {
          throw new Error('was called')
        },
      },
    )

    expect(answer.statusCode).toBe(200)
  })
})

describe('who explains', () => {
  const auth = (key: string) => ({ authorization: `Bearer ${key}` })

  it('is the one who asks', async () => {
    const { input } = await explain({ path: '/v1/call', body: {} }, { keys, headers: auth('mine') })

    expect(input?.headers['authorization']).toBe('Bearer mine')
  })

  it.each([
    [{ authorization: 'Bearer other' }, '/v1/call'],
    [{ 'X-API-Key': 'other' }, '/v1/call'],
    [{}, '/v1/call?key=other'],
  ])('is whom the explained request names instead: %j %s', async (headers, path) => {
    const { input } = await explain({ path, headers, body: {} }, { keys, headers: auth('mine') })

    expect(JSON.stringify(input?.headers)).toContain('other')
    expect(JSON.stringify(input)).not.toContain('mine')
  })

  it('must have a key himself, whatever the request has', async () => {
    const { answer, gateway } = await explain(
      { path: '/v1/call', headers: auth('mine'), body: {} },
      { keys },
    )

    expect(answer.statusCode).toBe(401)
    expect(gateway.inputs).toEqual([])
  })

  it('cannot say that he calls from elsewhere', async () => {
    const headers = { 'X-Forwarded-For': '10.0.0.1', host: 'evil.example', forwarded: 'for=x' }

    const { input } = await explain(
      { path: '/v1/call', headers, body: {} },
      { headers: { host: 'good.example', 'x-forwarded-for': '10.9.9.9' } },
    )

    expect(input?.headers).toMatchObject({ host: 'good.example', 'x-forwarded-for': '10.9.9.9' })
    expect(input?.headers).not.toHaveProperty('forwarded')
  })

  it('is answered as the call would be where that is refused', async () => {
    const clock = manualClock()
    const refuse = () => {
      throw new GatewayError('unauthenticated', 'Unknown key.')
    }
    const { answer } = await explain(
      { path: '/v1/call', body: {} },
      { explain: refuse, plugin: { clock } },
    )

    expect(clock.pending()).toBe(0)
    expect(answer.statusCode).toBe(401)
    expect(answer.json()).toEqual({
      code: 'unauthenticated',
      message: 'Unknown key.',
      form: 'nested',
    })
  })
})

describe('what cannot be explained', () => {
  it.each([
    ['{', /must be a JSON object/, null],
    ['[]', /must be a JSON object/, null],
    ['', /must be a JSON object/, null],
    ['{"path": "/a", "path": "/b"}', /duplicate/, null],
    ['{}', /Say the path/, 'path'],
    ['{"path": 7}', /`path` must be a text/, 'path'],
    ['{"path": "v1/call"}', /must begin with/, 'path'],
    ['{"path": "/v1/ä"}', /printable ASCII/, 'path'],
    ['{"path": "/v1\\\\call"}', /printable ASCII/, 'path'],
    ['{"path": "/v1/a b"}', /printable ASCII/, 'path'],
    ['{"path": "/v1/raw/../call"}', /segments/, 'path'],
    ['{"path": "/v1/raw/%2e%2e/call"}', /segments/, 'path'],
    ['{"path": "/v1/raw/%zz"}', /percent-encoding/, 'path'],
    ['{"path": "/v1/call#x"}', /printable ASCII/, 'path'],
    ['{"path": "/v1/call", "method": "TRACE"}', /must be one of GET/, 'method'],
    ['{"path": "/v1/call", "headers": []}', /object of texts/, 'headers'],
    ['{"path": "/v1/call", "headers": {"a b": "c"}}', /"a b" is no name/, 'headers'],
    ['{"path": "/v1/call", "headers": {"a": 1}}', /header a must be a text/, 'headers'],
    ['{"path": "/v1/call", "headers": {"a": "b\\r\\nc: d"}}', /on one line/, 'headers'],
    ['{"path": "/v1/call", "hedaers": {}}', /no field "hedaers"/, 'hedaers'],
    ['{"model": ""}', /must not be empty/, 'model'],
    ['{"model": ["a"]}', /`model` must be a text/, 'model'],
    ['{"model": "a", "path": "/v1/call"}', /either/, 'path'],
    [`{"path": "${url}"}`, /cannot be explained/, 'path'],
    [`{"path": "/${url}/"}`, /cannot be explained/, 'path'],
  ])('%s', async (payload, message, param) => {
    const { answer, gateway } = await explain(payload)

    expect(answer.statusCode).toBe(400)
    expect(answer.json()).toMatchObject({
      error: { message: expect.stringMatching(message), param },
    })
    expect(gateway.inputs).toEqual([])
  })

  it.each([
    ['/nowhere', 'POST'],
    ['/v1/call', 'GET'],
    ['/v1/call/more', 'POST'],
    ['/health', 'GET'],
    ['/v1/chat/completions', 'POST'],
  ])('%s, which nothing that calls backends answers', async (path, method) => {
    const { answer } = await explain({ path, method, body: {} })

    expect(answer.statusCode).toBe(404)
    expect(answer.json().error.message).toBe(`Nothing answers ${method} ${path}.`)
  })

  it('a path of the host, whose handler is not run', async () => {
    const { app } = await testApp()
    let runs = 0
    app.post('/admin', () => {
      runs += 1
      return 'done'
    })

    for (const path of ['/admin', '//admin', '/v1/raw/..%2f..%2fadmin', '/%61dmin']) {
      const answer = await app.inject({ method: 'POST', url, payload: { path, body: {} } })
      expect(answer.statusCode).toBeGreaterThanOrEqual(400)
    }
    expect(runs).toBe(0)
  })

  it('a path of a frontend that answers by itself', async () => {
    const { app } = await testApp()
    app.gateway.mount(app, {
      dialect: testDialect,
      routes: [
        { url: '/own', methods: ['GET'], handler: (_request, reply) => void reply.send('hi') },
      ],
    })

    const answer = await app.inject({
      method: 'POST',
      url,
      payload: { path: '/own', method: 'GET' },
    })

    expect(answer.statusCode).toBe(400)
    expect(answer.json().error.message).toContain('GET /own goes to no backend')
  })

  it('a body that is too large', async () => {
    const { answer } = await explain(
      { path: '/v1/call', body: { text: 'x'.repeat(2_000) } },
      { plugin: { maxBodyBytes: 1_000 } },
    )

    expect(answer.statusCode).toBe(413)
  })
})

describe('a real call', () => {
  it.each(['x-jackfield-dry-run', 'X-Jackfield-Dry-Run'])(
    'cannot be made a dry run with the header %s',
    async (name) => {
      const { app, gateway } = await testApp({
        explain() {
          throw new Error('explained')
        },
      })

      const answer = await app.inject({
        method: 'POST',
        url: '/v1/call',
        headers: { [name]: 'true' },
        payload: {},
      })

      expect(answer.json()).toEqual({ ok: true })
      expect(gateway.inputs[0]?.headers).not.toHaveProperty('x-jackfield-dry-run')
    },
  )

  it('is as before on a path that only takes POST', async () => {
    const { app } = await testApp()

    const answer = await app.inject({ method: 'GET', url })

    expect(answer.statusCode).toBe(405)
    expect(answer.headers['allow']).toBe('POST, OPTIONS')
  })
})
