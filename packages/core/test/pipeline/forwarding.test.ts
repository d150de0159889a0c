import { describe, expect, it } from 'vitest'
import type { Backend, Handling } from '../../src/backend.ts'
import type { GatewayConfig } from '../../src/config.ts'
import type { Stage } from '../../src/pipeline/stage.ts'
import type { CallOptions } from '../support/fake-gateway.ts'
import { fakeGateway } from '../support/fake-gateway.ts'
import { dialectA, dialectB, FakeProvider, streams, whole } from '../support/fake-provider.ts'

interface Setup extends CallOptions {
  readonly config?: Partial<GatewayConfig>
  readonly stages?: readonly Stage[]
  readonly handling?: Partial<Handling>
  readonly translated?: boolean
}

/** What the provider sees of one call, and what the client sees of the answer. */
async function send({ config, stages = [], handling, translated = false, ...call }: Setup) {
  const dialect = translated ? dialectB : dialectA
  const way = translated ? 'translate' : 'forward'
  const backend: Partial<Backend> = {
    handling: () =>
      ({ way, surface: 'main', dialect, streaming: 'as-asked', ...handling }) as Handling,
  }
  const provider = new FakeProvider({ dialect, backend })
  const fake = await fakeGateway({ backends: [provider.config()], stages, ...config })
  const { sink, done } = fake.call(call)
  await fake.clock.advance(10_000)
  await done
  return { sink, fake, request: provider.sent[0]?.request, body: provider.sent[0]?.body }
}

describe('a forwarded request', () => {
  it('has the very bytes of the client where nothing changes', async () => {
    const body = Buffer.from('{ "model" :"m",\n"x": 1.0 , "stream":false}')

    const { request } = await send({ body })

    expect(request?.body).toBe(body)
  })

  it('names the model as the provider does', async () => {
    expect((await send({ body: { model: 'fake:m' } })).body).toEqual({ model: 'm' })
    expect((await send({ handling: { model: 'p' } })).body).toMatchObject({ model: 'p' })
  })

  it('carries what the operator forces, and defaults below the body', async () => {
    const parameters = { forced: { temperature: 0 }, defaults: { topP: 1, topK: 3 } }
    const body = { model: 'm?temperature=0.7&top_k=9', topP: 0.5 }

    expect((await send({ body, config: { parameters } })).body).toEqual({
      model: 'm',
      temperature: 0,
      topP: 0.5,
      topK: 9,
    })
  })

  it('carries what a stage sets above the selector, and the texts that it edits', async () => {
    const stage: Stage = {
      name: 's',
      request: (call) => {
        call.set({ temperature: 0.1 })
        call.edit({ message: 0, text: 0, start: 0, end: 1, insert: 'edited' })
        return undefined
      },
    }

    const { body } = await send({ body: { model: 'm?temperature=0.7' }, stages: [stage] })

    expect(body).toEqual({ model: 'm', temperature: 0.1, texts: ['edited'] })
  })

  it('carries the patches of the backend, and names what they take out', async () => {
    const patches = [{ set: 'a', value: 1 }, { remove: 'b' }, { remove: 'c' }]

    const { body, sink } = await send({ body: { model: 'm', b: 2 }, handling: { patches } })

    expect(body).toMatchObject({ a: 1 })
    expect(sink.headers['x-jackfield-dropped']).toBe('b')
  })

  it('asks for the usage of a stream where that is wanted, and keeps it from the client', async () => {
    const provider = new FakeProvider({}, () =>
      streams({ text: 'a' }, { usage: 5 }, { done: 'stop' }),
    )
    const fake = await fakeGateway({ backends: [provider.config()], ensureUsage: true })

    const call = await fake.stream()
    await call.done
    const told = await fake.stream({ usage: true })
    await told.done

    expect(provider.sent[0]?.body['usage']).toBe(true)
    expect(call.sink.text).toBe('{"text":"a"}\n{"done":"stop"}\n')
    expect(fake.events['call-end'][0]?.usage).toEqual({
      source: 'provider',
      usage: { outputTokens: 5 },
    })
    expect(told.sink.text).toContain('usage')
  })

  it('has the headers that the dialect allows, and never a credential', async () => {
    const headers = {
      'x-request': '1',
      'x-vendor-beta': ['2', '3'],
      authorization: 'Bearer secret',
      'x-api-key': 'secret',
      cookie: 'secret',
      host: 'gateway',
    }

    const { request } = await send({ headers })

    expect(request?.headers).toEqual({ 'x-request': '1', 'x-vendor-beta': ['2', '3'] })
  })

  it.each([
    ['a=1&b=2', '/chat?a=1&b=2'],
    ['key=secret', '/chat'],
    ['a=1&KEY=secret&api_key=secret&alt=sse', '/chat?a=1&alt=sse'],
    ['', '/chat'],
  ])('has the query %j of the client without its key', async (query, path) => {
    expect((await send({ query })).request?.path).toBe(path)
  })
})

describe('a translated request', () => {
  it('is encoded anew, with all settings', async () => {
    const { body, request } = await send({
      translated: true,
      body: { model: 'm?temperature=0.5', text: 'hello', unknown: 1 },
      headers: { 'x-request': '1' },
    })

    expect(body).toEqual({
      model: 'm',
      stream: false,
      text: 'hello',
      usage: true,
      temperature: 0.5,
    })
    expect(request).toMatchObject({ operation: 'chat', framing: 'json', headers: {} })
  })

  it('names what could not be expressed', async () => {
    const { sink } = await send({
      translated: true,
      body: { model: 'm', text: 'drop' },
      handling: { patches: [{ remove: 'text' }] },
    })

    expect(sink.headers['x-jackfield-dropped']).toBe('na%C3%AFve, text')
  })

  it.each([
    ['never', false, 'json'],
    ['always', true, 'sse'],
  ] as const)('streams %s, whatever the client asks', async (streaming, stream, framing) => {
    for (const asked of [true, false]) {
      const { request, body, sink } = await send({
        translated: true,
        handling: { streaming } as Partial<Handling>,
        body: { model: 'm', stream: asked },
      })

      expect(request?.framing).toBe(framing)
      expect(body).toMatchObject({ stream })
      expect(sink.status).toBe(200)
      expect(sink.text).toContain(asked ? '{"text":"hello"}\n' : '{"text":"hello","done":"stop"}')
    }
  })

  it('asks for usage that a client who does not stream would get', async () => {
    const { body } = await send({
      translated: true,
      handling: { streaming: 'always' } as Partial<Handling>,
    })

    expect(body).toMatchObject({ usage: true })
  })

  it('has the texts that a stage edits', async () => {
    const stage: Stage = {
      name: 's',
      request: (call) => call.edit({ message: 0, text: 0, start: 0, end: 1, insert: 'edited' }),
    } as Stage

    expect((await send({ translated: true, stages: [stage] })).body).toMatchObject({
      text: 'edited',
    })
  })

  it('is refused where it asks for several answers', async () => {
    const { sink, request } = await send({ translated: true, body: { model: 'm', candidates: 2 } })

    expect(sink.json).toMatchObject({ code: 'unsupported_capability' })
    expect(request).toBeUndefined()
  })
})

describe('a client’s own mistake', () => {
  const raw = {
    status: 422,
    headers: { 'content-type': 'application/problem+json', 'x-limit-a': '1', 'set-cookie': 'x' },
    body: Buffer.from('{"detail":"as the provider says"}'),
  }
  const refused = async (way: 'forward' | 'translate') => {
    const dialect = way === 'forward' ? dialectA : dialectB
    const { fails } = await import('../support/fake-provider.ts')
    const provider = new FakeProvider({ dialect }, () => fails('invalid_request', {}, raw))
    const fake = await fakeGateway({ backends: [provider.config()] })
    return await fake.ask()
  }

  it('is answered as the provider said it, on the forward way', async () => {
    const sink = await refused('forward')

    expect(sink.status).toBe(422)
    expect(sink.text).toBe('{"detail":"as the provider says"}')
    expect(sink.headers).toMatchObject({
      'content-type': 'application/problem+json',
      'x-limit-a': '1',
      'content-length': '33',
    })
    expect(sink.headers).not.toHaveProperty('set-cookie')
  })

  it('is answered in the client’s protocol where it was translated', async () => {
    const sink = await refused('translate')

    expect(sink.status).toBe(400)
    expect(sink.json).toMatchObject({ code: 'invalid_request' })
  })
})

describe('an answer', () => {
  it('has the provider’s headers that the dialect allows, where it was forwarded', async () => {
    const headers = { 'x-response': '1', 'x-limit-tokens': '2', 'set-cookie': 'x', server: 'y' }
    const provider = new FakeProvider({}, () => {
      const result = whole('hello')
      return 'ok' in result ? { ok: { ...result.ok, headers } } : result
    })
    const fake = await fakeGateway({ backends: [provider.config()] })

    const sink = await fake.ask()

    expect(sink.headers).toMatchObject({ 'x-response': '1', 'x-limit-tokens': '2' })
    expect(sink.headers).not.toHaveProperty('server')
    expect(sink.headers).not.toHaveProperty('set-cookie')
  })
})
