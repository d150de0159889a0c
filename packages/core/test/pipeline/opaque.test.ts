import { describe, expect, it } from 'vitest'
import { settle } from '../fake-clock.ts'
import { FakeBody } from '../support/fake-body.ts'
import { type FakeGateway, fakeGateway } from '../support/fake-gateway.ts'
import { failure } from '../support/fake-pool.ts'
import { answer, FakeProvider, fails, inTurn, type Script } from '../support/fake-provider.ts'

const opaque = { operation: 'opaque', path: '/images', method: 'PUT' } as const
const named = (name = 'fake') => ({ ...opaque, headers: { 'x-jackfield-backend': name } })

async function gatewayOf(
  script: Script,
  targets = ['1', '2'],
): Promise<[FakeGateway, FakeProvider]> {
  const provider = new FakeProvider({ targets }, script)
  return [await fakeGateway({ backends: [provider.config()] }), provider]
}

/** A provider that reads the whole request and says what it got. */
const echoes: Script = async ({ request }) => {
  const { body } = request
  if (body === undefined || body instanceof Uint8Array) {
    return answer(new FakeBody().write(String(body)).end(), 'opaque')
  }
  const text = await new Promise<string>((resolve) => {
    let all = ''
    body.start({
      data: (chunk) => {
        all += Buffer.from(chunk).toString()
      },
      end: () => resolve(all),
      fail: (error) => resolve(error.code),
    })
  })
  return answer(new FakeBody().write(text).end(), 'opaque')
}

describe('a call that nobody looks into', () => {
  it('is streamed up and down as it comes', async () => {
    const [fake, provider] = await gatewayOf(echoes)
    const body = new FakeBody().write('one ')

    const call = fake.call({ ...named(), body })
    await settle()
    body.write('two').end()
    await call.done

    expect(call.sink.text).toBe('one two')
    expect(provider.sent[0]?.request).toMatchObject({ method: 'PUT', path: '/opaque', model: '' })
    await fake.expectRest()
  })

  it('keeps the provider’s status and document headers', async () => {
    const headers = {
      'content-type': 'image/png',
      'content-length': '3',
      etag: 'e',
      'content-encoding': 'gzip',
      'set-cookie': 'x',
    }
    const [fake] = await gatewayOf(() => ({
      ok: {
        status: 206,
        headers,
        framing: 'opaque',
        body: new FakeBody().write('png').end(),
      },
    }))

    const sink = await fake.ask(named())

    expect(sink.status).toBe(206)
    const { 'set-cookie': _, ...kept } = headers
    expect(sink.headers).toMatchObject(kept)
    expect(sink.headers).not.toHaveProperty('set-cookie')
  })

  it('goes to another target as long as the body has not begun', async () => {
    const [fake, provider] = await gatewayOf(inTurn(() => fails('upstream_unreachable'), echoes))

    const sink = await fake.ask({ ...named(), body: new FakeBody().write('body').end() })

    expect(provider.used).toEqual(['1', '2'])
    expect(sink.text).toBe('body')
  })

  it('is not sent again when its body has begun', async () => {
    const [fake, provider] = await gatewayOf(async (exchange) => {
      await echoes(exchange)
      return fails('upstream_overloaded')
    })

    const sink = await fake.ask({ ...named(), body: new FakeBody().write('body').end() })

    expect(provider.used).toEqual(['1'])
    expect(sink.status).toBe(503)
    await fake.expectRest()
  })

  it('is sent again where the gateway has its bytes', async () => {
    const [fake, provider] = await gatewayOf(inTurn(() => fails('upstream_timeout'), echoes))

    const sink = await fake.ask({ ...named(), body: Buffer.from('bytes') })

    expect(provider.used).toEqual(['1', '2'])
    expect(sink.text).toBe('bytes')
  })

  it('that breaks is cut off, and never ends as if it were whole', async () => {
    const body = new FakeBody().write('half')
    const [fake] = await gatewayOf(() => answer(body, 'opaque'))
    const call = fake.call(named())
    await settle()

    body.fail(failure('upstream_unreachable'))
    await call.done

    expect(call.sink.text).toBe('half')
    expect(call.sink.destroyed).toBe(true)
    expect(fake.lastEnd.error?.code).toBe('stream_interrupted')
    await fake.expectRest()
  })

  it('that is still open when the gateway ends is cut off too', async () => {
    const body = new FakeBody().write('half')
    const [fake] = await gatewayOf(() => answer(body, 'opaque'))
    const call = fake.call(named())
    await settle()

    const closed = fake.gateway.close({ graceMs: 1_000 })
    await fake.clock.advance(1_000)
    await closed

    expect(call.sink.destroyed).toBe(true)
    expect(call.sink.text).toBe('half')
  })

  it('is answered as the provider refused it, unless that is about our account', async () => {
    const raw = { status: 404, headers: {}, body: Buffer.from('no such file') }
    const upstream = { backend: 'fake', status: 404 }
    const [fake] = await gatewayOf(
      inTurn(
        () => fails('not_found', { upstream }, raw),
        () => fails('upstream_credentials_rejected', { upstream }, raw),
      ),
    )

    const relayed = await fake.ask(named())
    const ours = await fake.ask(named())

    expect([relayed.status, relayed.text]).toEqual([404, 'no such file'])
    expect(ours.text).not.toContain('no such file')
  })

  it('names its backend in a header, and is refused with the choices otherwise', async () => {
    const [fake] = await gatewayOf(echoes)

    const sink = await fake.ask(named('other'))

    expect(sink.status).toBe(400)
    expect(sink.text).toContain('x-jackfield-backend names no configured backend. Backends: fake.')
  })

  it('may not go where the key does not allow', async () => {
    const { Secret } = await import('../../src/secret.ts')
    const [a, b] = [new FakeProvider(), new FakeProvider()]
    const fake = await fakeGateway({
      backends: [a.config('a'), b.config('b')],
      clientKeys: [{ name: 'k', key: new Secret('k'), backends: ['a'] }],
    })

    const sink = await fake.ask({
      ...opaque,
      headers: { 'x-jackfield-backend': 'b', 'x-api-key': 'k' },
    })

    expect(sink.status).toBe(403)
    expect(b.sent).toEqual([])
  })

  it('is taken over from the body’s model by the header', async () => {
    const [a, b] = [new FakeProvider(), new FakeProvider()]
    const fake = await fakeGateway({ backends: [a.config('a'), b.config('b')] })

    await fake.ask({
      body: { model: 'a:m?temperature=1' },
      headers: { 'x-jackfield-backend': 'b' },
    })

    expect(a.sent).toEqual([])
    expect(b.sent[0]?.body).toEqual({ model: 'm', temperature: 1 })
  })
})
