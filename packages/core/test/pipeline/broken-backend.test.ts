import { describe, expect, it } from 'vitest'
import type { Parts } from '../../src/attempt/answer-flow.ts'
import type { Backend, WireResult } from '../../src/backend.ts'
import { FakeBody } from '../support/fake-body.ts'
import { fakeGateway } from '../support/fake-gateway.ts'
import { answer, deaf, FakeProvider, type Script, whole } from '../support/fake-provider.ts'

const nonsense = (value: unknown) => () => value as WireResult

describe('a backend whose send()', () => {
  const cases: [string, Script][] = [
    [
      'throws',
      () => {
        throw new Error('secret detail')
      },
    ],
    ['rejects with an error', () => Promise.reject(new TypeError('secret detail'))],
    ['rejects with nothing', () => Promise.reject(undefined)],
    ['rejects with a text', () => Promise.reject('secret detail')],
    ['resolves to nothing', nonsense(undefined)],
    ['resolves to null', nonsense(null)],
    ['resolves to a text', nonsense('ok')],
    ['resolves to neither answer nor failure', nonsense({})],
    ['resolves to a failure that is none', nonsense({ failed: new Error('secret detail') })],
    [
      'resolves to an answer without body',
      nonsense({ ok: { status: 200, headers: {}, framing: 'sse' } }),
    ],
    ['resolves to an answer that is none', nonsense({ ok: true })],
  ]

  it.each(cases)('%s is a named failure of the backend, and told', async (_, script) => {
    const provider = new FakeProvider({}, script)
    const fake = await fakeGateway({ backends: [provider.config('broken')] })

    const sink = await fake.ask()

    expect(sink.status).toBe(502)
    expect(sink.text).toContain('The backend \\"broken\\" failed unexpectedly')
    expect(sink.text).not.toContain('secret detail')
    expect(fake.events['backend-fault']).toMatchObject([{ backend: 'broken' }])
    expect(fake.gateway.health().backends[0]?.state).toBe('faulty')
    await fake.expectRest()
  })

  it.each(cases)('%s does not keep another backend from answering', async (_, script) => {
    const [broken, good] = [new FakeProvider({}, script), new FakeProvider()]
    const fake = await fakeGateway({ backends: [broken.config('broken'), good.config('good')] })

    const sink = await fake.ask({ body: { model: 'broken:m|good:m' } })

    expect(sink.status).toBe(200)
    expect(broken.sent).toHaveLength(1)
    await fake.expectRest()
  })

  it('works again after a good answer', async () => {
    const provider = new FakeProvider({}, () => Promise.reject(new Error('x')))
    const fake = await fakeGateway({ backends: [provider.config()] })
    await fake.ask()
    provider.script = () => whole('hello')

    await fake.ask()

    expect(fake.gateway.health().backends[0]?.state).toBe('ready')
  })

  it('never settles is given up by a guard beyond its own limits', async () => {
    const provider = new FakeProvider({}, deaf)
    const timeouts = {
      connectMs: 1_000,
      firstByteMs: 20_000,
      firstTokenMs: 0,
      idleMs: 1,
      totalMs: 30_000,
    }
    const fake = await fakeGateway({ backends: [provider.config()], network: { timeouts } })
    const { sink, done } = fake.call()

    await fake.clock.advance(35_999)
    const before = sink.status
    await fake.clock.advance(1)
    await done

    expect(before).toBeUndefined()
    expect(sink.status).toBe(504)
    expect(provider.sent[0]?.context.signal.aborted).toBe(true)
    await fake.expectRest()
  })

  it('never settles is given up later where the backend has longer limits of its own', async () => {
    const provider = new FakeProvider({ backend: { timeouts: { totalMs: 900_000 } } }, deaf)
    const fake = await fakeGateway({ backends: [provider.config()] })
    const { sink, done } = fake.call()

    await fake.clock.advance(900_000)
    const before = sink.status
    await fake.clock.advance(15_000)
    await done

    expect(before).toBeUndefined()
    expect(sink.status).toBe(504)
  })

  it('is waited for without end where the operator switched a limit off', async () => {
    const provider = new FakeProvider({}, deaf)
    const timeouts = { connectMs: 1, firstByteMs: 1, firstTokenMs: 0, idleMs: 1, totalMs: 0 }
    const network = { timeouts }
    const fake = await fakeGateway({ backends: [provider.config()], network })
    const call = fake.call()

    await fake.clock.advance(10_000_000)

    expect(call.sink.status).toBeUndefined()
    call.leave()
    await call.done
  })

  it('settles with a body that a guard has given up before has the body cancelled', async () => {
    const late = Promise.withResolvers<WireResult>()
    const provider = new FakeProvider({}, () => late.promise)
    const fake = await fakeGateway({ backends: [provider.config()] })
    const { done } = fake.call()
    await fake.clock.advance(1_000_000)
    await done
    const body = new FakeBody()

    late.resolve(answer(body, 'json'))
    await fake.clock.advance(0)

    expect(body.cancelled).toBeDefined()
  })
})

describe('a backend whose handling()', () => {
  it('throws is left out, and told', async () => {
    const provider = new FakeProvider({
      backend: {
        handling: () => {
          throw new Error('broken')
        },
      },
    })
    const fake = await fakeGateway({ backends: [provider.config()] })

    const sink = await fake.ask()

    expect(sink.status).toBe(502)
    expect(fake.events['backend-fault']).toHaveLength(1)
  })

  it('wants to translate what has no canonical form is refused', async () => {
    const provider = new FakeProvider({ streaming: 'never' })
    const fake = await fakeGateway({ backends: [provider.config()] })

    const sink = await fake.ask({ operation: 'embeddings' })

    expect(sink.json).toMatchObject({ code: 'unsupported_capability' })
    expect(provider.sent).toEqual([])
  })
})

describe('a virtual backend whose chat()', () => {
  const virtual = (chat: unknown) =>
    new FakeProvider({
      backend: { handling: () => ({ way: 'virtual' }), chat: chat as NonNullable<Backend['chat']> },
    })

  const cases: [string, unknown][] = [
    ['is missing', undefined],
    [
      'throws',
      () => {
        throw new Error('x')
      },
    ],
    ['returns nothing', () => undefined],
    ['returns a list instead of an iterable', () => []],
    [
      'throws before its first part',
      async function* (): AsyncGenerator<Parts> {
        await Promise.resolve()
        if (Math.random() >= 0) throw new Error('x')
        yield []
      },
    ],
    [
      'iterates nonsense',
      () => ({ [Symbol.asyncIterator]: () => ({ next: async () => undefined }) }),
    ],
    [
      'has an iterator that throws',
      () => ({
        [Symbol.asyncIterator]: () => ({
          next: () => {
            throw new Error('x')
          },
          return: () => {
            throw new Error('y')
          },
        }),
      }),
    ],
  ]

  it.each(cases)('%s is a named failure of the backend, and told', async (_, chat) => {
    const fake = await fakeGateway({ backends: [virtual(chat).config('broken')] })

    const sink = await fake.ask()

    expect(sink.text).toContain('The backend \\"broken\\" failed unexpectedly')
    expect(fake.events['backend-fault']).toHaveLength(1)
    await fake.expectRest()
  })

  it.each([
    ['a text', 'x'],
    ['nothing', undefined],
    ['parts that are none', [undefined]],
  ])('yields %s gives an answer that cannot be understood', async (_, batch) => {
    const fake = await fakeGateway({
      backends: [
        virtual(async function* () {
          yield batch
        }).config(),
      ],
    })

    expect((await fake.ask()).json).toMatchObject({ code: 'upstream_invalid_response' })
    await fake.expectRest()
  })

  it('never yields is given up in the end', async () => {
    const chat = () => ({ [Symbol.asyncIterator]: () => ({ next: deaf }) })
    const fake = await fakeGateway({ backends: [virtual(chat).config()] })
    const { sink, done } = fake.call()

    await fake.clock.advance(710_000)
    await done

    expect(sink.status).toBe(504)
  })
})
