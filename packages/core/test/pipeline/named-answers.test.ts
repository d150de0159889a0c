import { describe, expect, it } from 'vitest'
import { GatewayError } from '../../src/errors/gateway-error.ts'
import { Secret } from '../../src/secret.ts'
import { settle } from '../fake-clock.ts'
import { FakeBody } from '../support/fake-body.ts'
import { line } from '../support/fake-dialect.ts'
import { fakeGateway } from '../support/fake-gateway.ts'
import { answer, dialectB, FakeProvider, streams, whole } from '../support/fake-provider.ts'
import { ask, resource, storing } from '../support/storing-dialect.ts'

describe('an answer of a provider that keeps none', () => {
  async function setUp() {
    const provider = new FakeProvider({ dialect: dialectB })
    const fake = await fakeGateway({ backends: [provider.config()] })
    return { fake, provider, dialect: storing() }
  }

  it('is kept here, and completes the call that continues it', async () => {
    const { fake, provider, dialect } = await setUp()
    await fake.ask(ask(dialect, { text: 'one' }))
    await fake.ask(ask(dialect, { text: 'two', previous: 'resp_1' }))

    expect(provider.sent.map(({ body }) => body['text'])).toEqual(['one', 'one then two'])
    await fake.expectRest()
  })

  it('goes on with what the one before went on with', async () => {
    const { fake, provider, dialect } = await setUp()
    await fake.ask(ask(dialect, { text: 'one' }))
    await fake.ask(ask(dialect, { text: 'two', previous: 'resp_1' }))
    await fake.ask(ask(dialect, { text: 'three', previous: 'resp_1' }))

    expect(provider.sent.at(-1)?.body['text']).toBe('one then two then three')
  })

  it('gives what is named of it to a call that names it, beside what that continues', async () => {
    const { fake, provider, dialect } = await setUp()
    await fake.ask(ask(dialect, { text: 'one' }))

    await fake.ask(ask(dialect, { text: 'two', names: ['resp_1'] }))
    await fake.ask(ask(dialect, { text: 'three', previous: 'resp_1', names: ['resp_1'] }))
    const sink = await fake.ask(ask(dialect, { text: 'four', names: ['resp_1', 'resp_2'] }))

    expect(provider.sent.slice(1).map(({ body }) => body['text'])).toEqual([
      'one and two',
      'one and two and one and two then three',
    ])
    expect(sink.json).toEqual({ code: 'invalid_request', message: 'Nobody knows resp_2.' })
    await fake.expectRest()
  })

  it('can be read and deleted, once', async () => {
    const { fake, provider, dialect } = await setUp()
    await fake.ask(ask(dialect, { text: 'one' }))
    const read = () => fake.ask({ ...resource('resp_1', dialect), body: new Uint8Array() })

    expect((await read()).json).toEqual({ kept: { id: 'resp_1', echo: 'one' } })
    await fake.ask({ ...resource('resp_1', dialect, 'DELETE'), body: new Uint8Array() })
    expect((await read()).json).toMatchObject({ message: 'Nobody knows resp_1.' })
    expect(provider.sent).toHaveLength(1)
    await fake.expectRest()
  })

  it('is not kept for who does not want it', async () => {
    const { fake, dialect } = await setUp()
    await fake.ask(ask(dialect, { text: 'one', store: false }))

    const sink = await fake.ask(ask(dialect, { text: 'two', previous: 'resp_1' }))

    expect(sink.json).toEqual({ code: 'invalid_request', message: 'Nobody knows resp_1.' })
  })

  it('echoes the client’s own request, not the completed one', async () => {
    const { fake, dialect } = await setUp()
    await fake.ask(ask(dialect, { text: 'one' }))
    await fake.ask(ask(dialect, { text: 'two', previous: 'resp_1' }))

    const sink = await fake.ask({ ...resource('resp_1', dialect), body: new Uint8Array() })

    expect(sink.json).toEqual({ kept: { id: 'resp_1', echo: 'two' } })
  })
})

describe('an answer that its provider keeps', () => {
  async function setUp(dialect = storing()) {
    const provider = new FakeProvider({
      dialect,
      targets: ['one', 'two', 'three'],
      operations: ['chat', 'resource'],
      backend: {
        handling: (head) =>
          head.operation === 'resource'
            ? { way: 'relay', surface: 's', dialect }
            : { way: 'forward', surface: 's', dialect },
      },
    })
    const other = new FakeProvider({ dialect })
    const clientKeys = ['key-of-ann-000', 'key-of-bob-000'].map((key) => ({
      name: key,
      key: new Secret(key),
    }))
    const fake = await fakeGateway({
      backends: [other.config('other'), provider.config('main')],
      defaultBackend: 'other',
      clientKeys,
    })
    const as = (key: string) => ({ headers: { authorization: `Bearer ${key}` } })
    return {
      fake,
      provider,
      other,
      dialect,
      clientKeys,
      ann: as('key-of-ann-000'),
      bob: as('key-of-bob-000'),
    }
  }

  it('pins what continues it, and what is about it, to its backend and target', async () => {
    const { fake, provider, other, dialect, ann } = await setUp()
    await fake.ask({ ...ann, ...ask(dialect, { model: 'main.two:m', text: 'one' }) })
    for (const text of ['two', 'three']) {
      await fake.ask({ ...ann, ...ask(dialect, { text, previous: 'resp_provider' }) })
    }
    await fake.ask({ ...ann, ...resource('resp_provider', dialect), body: new Uint8Array() })

    expect(provider.used).toEqual(['two', 'two', 'two', 'two'])
    expect(other.sent).toHaveLength(0)
    expect(provider.sent[1]?.body).toMatchObject({ previous: 'resp_provider', text: 'two' })
    expect(provider.sent[3]?.request).toMatchObject({ operation: 'resource', method: 'GET' })
  })

  it('is named to the provider as the client names it', async () => {
    const { fake, provider, dialect, ann, bob } = await setUp()
    await fake.ask({ ...ann, ...ask(dialect, { model: 'main:m', text: 'one' }) })
    const naming = ask(dialect, { model: 'main:m', text: 'two', names: ['resp_provider'] })

    await fake.ask({ ...ann, ...naming })
    const sink = await fake.ask({ ...bob, ...naming })

    expect(provider.sent[1]?.body).toMatchObject({ text: 'two', names: ['resp_provider'] })
    expect(sink.json).toMatchObject({ message: 'Nobody knows resp_provider.' })
    expect(provider.sent).toHaveLength(2)
  })

  it('does not exist for anybody else', async () => {
    const { fake, provider, dialect, ann, bob } = await setUp()
    await fake.ask({ ...ann, ...ask(dialect, { model: 'main:m', text: 'one' }) })

    const sink = await fake.ask({
      ...bob,
      ...ask(dialect, { text: 'two', previous: 'resp_provider' }),
    })

    expect(sink.json).toMatchObject({ message: 'Nobody knows resp_provider.' })
    expect(provider.sent).toHaveLength(1)
  })

  it('is an error with a name when its target is gone, never another account', async () => {
    const { fake, provider, other, dialect, clientKeys, ann } = await setUp()
    await fake.ask({ ...ann, ...ask(dialect, { model: 'main.two:m', text: 'one' }) })
    await fake.gateway.apply({ backends: [other.config('other')], clientKeys })

    const sink = await fake.ask({
      ...ann,
      ...ask(dialect, { text: 'two', previous: 'resp_provider' }),
    })

    expect(sink.status).toBe(503)
    expect(sink.json).toEqual({
      code: 'no_available_target',
      message: expect.stringContaining('The backend "main"'),
    })
    expect(provider.sent).toHaveLength(1)
    expect(other.sent).toHaveLength(0)
  })

  it('is not asked of another target while its own is out', async () => {
    const { fake, provider, dialect, ann } = await setUp()
    await fake.ask({ ...ann, ...ask(dialect, { model: 'main.two:m', text: 'one' }) })
    provider.script = ({ request }) =>
      request.framing === 'json'
        ? { failed: new GatewayError('upstream_credentials_rejected', 'No.') }
        : streams({ text: 'x' }, { done: 'stop' })

    await fake.ask({ ...ann, ...ask(dialect, { text: 'two', previous: 'resp_provider' }) })
    await settle()

    expect(new Set(provider.used)).toEqual(new Set(['two']))
  })

  it('can be named while it is still streamed, and stays deleted when it is deleted then', async () => {
    const { fake, provider, dialect, ann } = await setUp()
    const body = new FakeBody().write(line({ text: 'x' }))
    provider.script = () => answer(body, 'sse')
    const streamed = fake.call({ ...ann, ...ask(dialect, { model: 'main.two:m', stream: true }) })
    await settle()
    provider.script = () => whole('fine')
    const about = (method: string) =>
      fake.ask({
        ...ann,
        ...resource('resp_provider', dialect, method),
        body: new Uint8Array(),
      })

    const found = await about('GET')
    await about('DELETE')
    body.write(line({ done: 'stop' })).end()
    await streamed.done
    const gone = await about('GET')

    expect(found.status).toBe(200)
    expect(provider.used).toEqual(['two', 'two', 'two'])
    expect(gone.json).toMatchObject({ message: 'Nobody knows resp_provider.' })
  })

  it('is forgotten when its provider deleted it, not before', async () => {
    const { fake, provider, dialect, ann } = await setUp()
    await fake.ask({ ...ann, ...ask(dialect, { model: 'main:m', text: 'one' }) })
    const remove = () =>
      fake.ask({ ...ann, ...resource('resp_provider', dialect, 'DELETE'), body: new Uint8Array() })
    provider.script = () => ({ failed: new GatewayError('invalid_request', 'Not now.') })
    await remove()
    provider.script = () => whole('gone')

    expect((await remove()).status).toBe(200)
    expect((await remove()).json).toMatchObject({ message: 'Nobody knows resp_provider.' })
  })

  it('is pinned only after it was given', async () => {
    const { fake, provider, dialect, ann } = await setUp()
    provider.script = () => ({ failed: new GatewayError('invalid_request', 'Bad.') })
    await fake.ask({ ...ann, ...ask(dialect, { model: 'main:m', text: 'one' }) })
    provider.script = () => whole('fine')

    const sink = await fake.ask({
      ...ann,
      ...ask(dialect, { text: 'two', previous: 'resp_provider' }),
    })

    expect(sink.json).toMatchObject({ code: 'invalid_request' })
  })
})

describe('a reply of the gateway’s own', () => {
  async function setUp(kind: 'provider' | 'here') {
    const dialect = storing()
    const provider = new FakeProvider({ dialect: kind === 'provider' ? dialect : dialectB })
    const fake = await fakeGateway({
      backends: [provider.config()],
      stages: [
        {
          name: 'replies',
          request: (call) =>
            String(call.field('text')).includes('!')
              ? { content: ['a', 'b'].map((text) => ({ type: 'text', text })) }
              : undefined,
        },
      ],
    })
    return { fake, provider, dialect }
  }

  it('stands for what its call continued: here the answer of a provider', async () => {
    const { fake, provider, dialect } = await setUp('provider')
    await fake.ask(ask(dialect, { text: 'one' }))
    await fake.ask(ask(dialect, { text: '!set', previous: 'resp_provider' }))
    await fake.ask(ask(dialect, { text: 'two', previous: 'resp_2' }))

    expect(provider.sent.map(({ body }) => [body['text'], body['previous']])).toEqual([
      ['one', undefined],
      ['two', 'resp_provider'],
    ])
    await fake.expectRest()
  })

  it('stands for what its call continued: here an answer that is kept', async () => {
    const { fake, provider, dialect } = await setUp('here')
    await fake.ask(ask(dialect, { text: 'one' }))
    await fake.ask(ask(dialect, { text: '!set', previous: 'resp_1' }))
    await fake.ask(ask(dialect, { text: 'two', previous: 'resp_2' }))

    expect(provider.sent.map(({ body }) => body['text'])).toEqual(['one', 'one then two'])
  })

  it('stands for nothing where its call began the conversation', async () => {
    const { fake, provider, dialect } = await setUp('provider')
    await fake.ask(ask(dialect, { text: '!set' }))
    await fake.ask(ask(dialect, { text: 'one', previous: 'resp_2' }))

    expect(provider.sent.map(({ body }) => [body['text'], body['previous']])).toEqual([
      ['one', undefined],
    ])
  })

  it('can be read and deleted', async () => {
    const { fake, provider, dialect } = await setUp('provider')
    await fake.ask(ask(dialect, { text: '!set' }))
    const read = () => fake.ask({ ...resource('resp_2', dialect), body: new Uint8Array() })

    expect((await read()).json).toEqual({ kept: { id: 'resp_2', echo: '!set' } })
    await fake.ask({ ...resource('resp_2', dialect, 'DELETE'), body: new Uint8Array() })
    expect((await read()).json).toMatchObject({ message: 'Nobody knows resp_2.' })
    expect(provider.sent).toHaveLength(0)
  })

  it('is not kept for who does not want it', async () => {
    const { fake, dialect } = await setUp('provider')
    await fake.ask(ask(dialect, { text: '!set', store: false }))

    const sink = await fake.ask(ask(dialect, { text: 'one', previous: 'resp_2' }))

    expect(sink.json).toMatchObject({ message: 'Nobody knows resp_2.' })
  })
})
