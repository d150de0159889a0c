import { describe, expect, it } from 'vitest'
import type { Parts } from '../../src/attempt/answer-flow.ts'
import type { Dispatched, VirtualContext } from '../../src/backend.ts'
import type { ChatRequest } from '../../src/chat/request.ts'
import { isGatewayError } from '../../src/errors/gateway-error.ts'
import type { Outcome } from '../../src/outcome.ts'
import { settle } from '../fake-clock.ts'
import { FakeBody } from '../support/fake-body.ts'
import { line } from '../support/fake-dialect.ts'
import { type FakeGatewayOptions, fakeGateway } from '../support/fake-gateway.ts'
import {
  answer,
  FakeProvider,
  fails,
  type Script,
  streams,
  whole,
} from '../support/fake-provider.ts'

type Chat = (request: ChatRequest, context: VirtualContext) => AsyncGenerator<Parts>

/** A gateway with a virtual backend `outer` that does as the test says, and a plain backend `inner`. */
async function nested(chat: Chat, script: Script, options: Partial<FakeGatewayOptions> = {}) {
  const inner = new FakeProvider({ targets: ['1', '2'] }, script)
  const outer = new FakeProvider({ backend: { handling: () => ({ way: 'virtual' }), chat } })
  const fake = await fakeGateway({
    backends: [outer.config('outer'), inner.config('inner')],
    defaultBackend: 'outer',
    ...options,
  })
  return { fake, inner }
}

const hello: Script = () => streams({ text: 'hel' }, { text: 'lo' }, { done: 'stop' })

describe('a call to another backend', () => {
  it('starts at once, and its answer passes part by part', async () => {
    const body = new FakeBody()
    const { fake, inner } = await nested(
      async function* (request, { dispatch }) {
        yield* dispatch('inner:x', request).parts
      },
      () => answer(body),
    )
    const call = await fake.stream()

    body.write(line({ text: 'a' }))
    await settle()
    const early = call.sink.text
    body.write(line({ done: 'stop' })).end()
    await call.done

    expect(early).toBe('{"text":"a"}\n')
    expect(inner.sent[0]?.body).toMatchObject({ model: 'x', stream: true, text: 'hi' })
    expect(fake.lastEnd).toMatchObject({ attempts: 2, route: { backend: 'outer', way: 'virtual' } })
    await fake.expectRest()
  })

  it('is one answer: several are refused before the backend is asked', async () => {
    let asked = false
    const { fake } = await nested(async function* () {
      asked = true
      yield []
    }, hello)

    const sink = await fake.ask({ body: { model: 'm', text: 'hi', candidates: 2 } })

    expect(sink.json).toMatchObject({ code: 'unsupported_capability' })
    expect(asked).toBe(false)
  })

  it('is refused when the call that it belongs to has ended', async () => {
    let again: (() => Dispatched) | undefined
    const { fake, inner } = await nested(async function* (request, { dispatch }) {
      again = () => dispatch('inner:x', request)
      yield [
        { type: 'start' },
        { type: 'text-start', id: 't' },
        { type: 'text-delta', id: 't', text: 'done' },
        { type: 'text-end', id: 't' },
        { type: 'finish', reason: 'stop' },
      ]
    }, hello)
    await fake.ask()

    const late = again?.()

    expect((await late?.outcome)?.error?.code).toBe('client_closed_request')
    expect(inner.sent).toHaveLength(0)
    await fake.expectRest()
  })

  it('goes through the whole machinery: next targets, cooldowns, decisions', async () => {
    const { fake, inner } = await nested(
      async function* (request, { dispatch }) {
        yield* dispatch('inner:x', request).parts
      },
      ({ target }) => (target === '1' ? fails('upstream_overloaded') : whole('hello')),
    )

    const sink = await fake.ask()

    expect(sink.json).toMatchObject({ text: 'hello' })
    expect(inner.used).toEqual(['1', '2'])
    expect(fake.events['target-state']).toMatchObject([{ backend: 'inner', target: '1' }])
    expect(fake.lastEnd.decision).toEqual(
      expect.arrayContaining(['inner.1: upstream_overloaded', 'plan: inner:x']),
    )
  })

  it('tells its outcome, good or bad', async () => {
    const outcomes: Outcome[] = []
    const { fake } = await nested(
      async function* (request, { dispatch }) {
        const bad = dispatch('inner:bad', request)
        await expect(bad.parts[Symbol.asyncIterator]().next()).rejects.toMatchObject({
          code: 'invalid_request',
        })
        const good = dispatch('inner:good', request)
        yield* good.parts
        outcomes.push(await good.outcome, await bad.outcome)
      },
      ({ request }) => (request.model === 'good' ? whole('x') : fails('invalid_request')),
    )

    await fake.ask()
    await settle()

    expect(outcomes).toMatchObject([
      { result: 'done', route: { backend: 'inner', model: 'good' } },
      { result: 'failed', error: { code: 'invalid_request' } },
    ])
    await fake.expectRest()
  })

  it.each([
    ['a bad selector', '[', 'invalid_request'],
    ['an unknown model', 'nobody-has-it^', 'invalid_request'],
    ['a backend that does not exist', 'nowhere:[a,b]', 'invalid_request'],
  ])('of %s fails as an error that can be caught, with an outcome', async (_, selector, code) => {
    const seen: unknown[] = []
    const { fake } = await nested(async function* (request, { dispatch }) {
      const call = dispatch(selector, request)
      try {
        yield* call.parts
      } catch (error) {
        seen.push(isGatewayError(error) && error.code, (await call.outcome).result)
      }
      yield [{ type: 'finish', reason: 'stop' }]
    }, hello)

    const sink = await fake.ask()

    expect(seen).toEqual([code, 'failed'])
    expect(sink.status).toBe(200)
  })

  it('that nobody reads starts all the same, and ends with the call', async () => {
    const body = new FakeBody()
    let ignored: Dispatched | undefined
    const { fake } = await nested(
      async function* (request, { dispatch }) {
        ignored = dispatch('inner:x', request)
        yield [{ type: 'finish', reason: 'stop' }]
      },
      () => answer(body),
    )

    await fake.ask()

    expect(await ignored?.outcome).toMatchObject({ result: 'failed' })
    await fake.expectRest()
  })

  it('that the backend stops reading is cancelled at the provider', async () => {
    const body = new FakeBody().write(line({ text: 'a' }))
    const { fake } = await nested(
      async function* (request, { dispatch }) {
        for await (const _ of dispatch('inner:x', request).parts) break
        yield [{ type: 'finish', reason: 'stop' }]
      },
      () => answer(body),
    )

    const call = await fake.stream()
    await call.done

    expect(body.cancelled).toBeDefined()
    expect(fake.events['attempt-end'].map(({ outcome }) => outcome.result)).toEqual([
      'cancelled',
      'done',
    ])
    await fake.expectRest()
  })

  it('can be cancelled while nothing of its answer has come', async () => {
    const body = new FakeBody()
    const { fake } = await nested(
      async function* (request, { dispatch }) {
        const call = dispatch('inner:x', request)
        const first = call.parts[Symbol.asyncIterator]().next()
        await settle()
        call.cancel()
        call.cancel()
        await expect(first).rejects.toMatchObject({ code: 'client_closed_request' })
        yield [{ type: 'finish', reason: 'stop' }]
      },
      () => answer(body),
    )

    const sink = await fake.ask()

    expect(sink.status).toBe(200)
    expect(body.cancelled?.code).toBe('client_closed_request')
    expect(fake.events['target-state']).toEqual([])
    await fake.expectRest()
  })

  it('that fails is held against its target, and not against the backend that called', async () => {
    const { fake } = await nested(
      async function* (request, { dispatch }) {
        yield* dispatch('inner:x', request).parts
      },
      () => fails('upstream_credentials_rejected'),
    )

    const sink = await fake.ask()

    expect(sink.json).toMatchObject({ code: 'upstream_credentials_rejected' })
    expect(fake.events['target-state'].map(({ backend }) => backend)).toEqual(['inner', 'inner'])
    expect(fake.lastEnd.attempts).toBe(3)
  })

  it('is not repeated with the backend that called, when that has given up', async () => {
    let calls = 0
    const { fake, inner } = await nested(
      async function* (request, { dispatch }) {
        calls += 1
        yield* dispatch('inner.1:x', request).parts
      },
      () => fails('upstream_error'),
      { limits: { maxTries: 99, maxWaitMs: 60_000 } },
    )
    const call = fake.call()

    await fake.clock.advance(60_000)
    await call.done

    expect(call.sink.json).toMatchObject({ code: 'upstream_error' })
    expect([calls, inner.sent.length]).toEqual([1, 2])
  })

  it('is cancelled at the provider when the client goes away', async () => {
    const body = new FakeBody().write(line({ text: 'a' }))
    const { fake } = await nested(
      async function* (request, { dispatch }) {
        yield* dispatch('inner:x', request).parts
      },
      () => answer(body),
    )
    const call = await fake.stream()

    call.leave()
    await call.done

    expect(body.cancelled?.code).toBe('client_closed_request')
    expect(fake.events['target-state']).toEqual([])
    await fake.expectRest()
  })

  it('is slowed down by a backend that reads slowly', async () => {
    const body = new FakeBody()
    const gate = Promise.withResolvers<void>()
    const { fake } = await nested(
      async function* (request, { dispatch }) {
        const { parts } = dispatch('inner:x', request)
        await gate.promise
        yield* parts
      },
      () => answer(body),
    )
    const call = await fake.stream()
    for (let index = 0; index < 50; index += 1) body.write(line({ text: `${index}` }))
    body.write(line({ done: 'stop' })).end()
    await settle()

    const before = body.waiting
    gate.resolve()
    await call.done

    expect(before).toBeGreaterThan(40)
    expect(call.sink.text.match(/"text"/g)).toHaveLength(50)
    await fake.expectRest()
  })

  it('may run beside another', async () => {
    const { fake, inner } = await nested(async function* (request, { dispatch }) {
      const calls = ['inner:x', 'inner:y'].map((selector) => dispatch(selector, request))
      const [first, second] = calls
      for await (const _ of first?.parts ?? []);
      yield* second?.parts ?? []
    }, hello)

    const sink = await fake.ask()

    expect(sink.json).toMatchObject({ text: 'hello' })
    expect(inner.used).toEqual(['1', '2'])
    await fake.expectRest()
  })
})

describe('what calls to other backends share with the call', () => {
  it('are its tries', async () => {
    let dispatched = 0
    const { fake, inner } = await nested(
      async function* (request, { dispatch }) {
        while (dispatched < 99) {
          dispatched += 1
          for await (const _ of dispatch(`inner:${dispatched}`, request).parts);
        }
        yield [{ type: 'finish', reason: 'stop' }]
      },
      hello,
      { limits: { maxTries: 5 } },
    )

    const sink = await fake.ask()

    expect(inner.sent).toHaveLength(5)
    expect(sink.json).toMatchObject({ code: 'no_available_target' })
    expect(sink.text).toContain('no time or tries are left')
    expect(fake.lastEnd.attempts).toBe(6)
  })

  it('are not the tries that one of them leaves to the others', async () => {
    const { fake, inner } = await nested(
      async function* (request, { dispatch }) {
        const first = dispatch('inner:first', request, { reserve: 1 })
        await expect(first.parts[Symbol.asyncIterator]().next()).rejects.toThrow('overloaded')
        yield* dispatch('inner:second', request).parts
      },
      ({ request }) => (request.model === 'first' ? fails('upstream_overloaded') : whole('x')),
      { limits: { maxTries: 2 } },
    )

    const sink = await fake.ask()

    expect(sink.json).toMatchObject({ text: 'x' })
    expect(inner.sent.map(({ request }) => request.model)).toEqual(['first', 'second'])
  })

  it('is no time in which the first of its calls took long', async () => {
    const { fake } = await nested(
      async function* (request, { dispatch, clock }) {
        await new Promise<void>((resolve) => void clock.after(200_000, resolve))
        yield* dispatch('inner:x', request).parts
      },
      () => whole('late'),
      { limits: { maxAttemptsMs: 90_000 } },
    )
    const call = fake.call()

    await fake.clock.advance(200_000)
    await call.done

    expect(call.sink.json).toMatchObject({ text: 'late' })
  })

  it('are its permissions', async () => {
    const { Secret } = await import('../../src/secret.ts')
    const { fake, inner } = await nested(
      async function* (request, { dispatch }) {
        yield* dispatch('inner:x', request).parts
      },
      hello,
      { clientKeys: [{ name: 'k', key: new Secret('k'), backends: ['outer'] }] },
    )

    const sink = await fake.ask({ headers: { 'x-api-key': 'k' } })

    expect(sink.json).toMatchObject({ code: 'permission_denied' })
    expect(inner.sent).toEqual([])
  })

  it('is its depth, at most three', async () => {
    let deepest = 0
    const { fake } = await nested(
      async function* (request, { dispatch, model }) {
        deepest = Math.max(deepest, Number(model))
        yield* dispatch(`outer:${Number(model) + 1}`, request).parts
      },
      hello,
      { limits: { maxTries: 99 } },
    )

    const sink = await fake.ask({ body: { model: '0' } })

    expect(deepest).toBe(3)
    expect(sink.text).toContain('more than 3 deep')
    await fake.expectRest()
  })

  it('are not a static route and a forced model: they decide where clients go', async () => {
    const { fake, inner } = await nested(
      async function* (request, { dispatch, model }) {
        yield* dispatch(`inner:${model}-x`, request).parts
      },
      hello,
      { staticRoute: 'outer', forceModel: 'forced' },
    )

    await fake.ask({ body: { model: 'inner:y' } })

    expect(inner.sent[0]?.body['model']).toBe('forced-x')
  })

  it('is not the change that a stage makes: that happens once, on the way to the client', async () => {
    const { fake } = await nested(
      async function* (request, { dispatch }) {
        yield* dispatch('inner:x', request).parts
      },
      hello,
      {
        stages: [
          {
            name: 'double',
            response: () => (parts) =>
              parts.map((part) =>
                part.type === 'text-delta' ? { ...part, text: part.text.repeat(2) } : part,
              ),
          },
        ],
      },
    )

    expect((await fake.ask()).json).toMatchObject({ text: 'helhellolo' })
  })
})
