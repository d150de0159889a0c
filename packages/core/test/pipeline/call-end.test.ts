import { describe, expect, it } from 'vitest'
import type { StreamPart } from '../../src/chat/stream-part.ts'
import type { Outcome } from '../../src/outcome.ts'
import { totalUsage } from '../../src/pipeline/accounting.ts'
import { Secret } from '../../src/secret.ts'
import { FakeBody } from '../support/fake-body.ts'
import { line } from '../support/fake-dialect.ts'
import { fakeGateway } from '../support/fake-gateway.ts'
import {
  answer,
  dialectB,
  FakeProvider,
  fails,
  inTurn,
  streams,
  whole,
} from '../support/fake-provider.ts'

describe('the end of a call', () => {
  it('tells all that its log line says', async () => {
    const provider = new FakeProvider({ targets: ['K'] }, () => whole('hello', { usage: 3 }))
    const fake = await fakeGateway({
      backends: [provider.config()],
      stages: [{ name: 's', request: (call) => void call.annotate('x-note', 'ü') }],
    })

    const sink = await fake.ask({ path: '/v1/x' })

    expect(fake.events['call-start']).toMatchObject([
      { operation: 'chat', dialect: 'fake-a', principal: 'local', model: 'm', stream: false },
    ])
    expect(fake.lastEnd).toEqual({
      callId: sink.headers['x-jackfield-request-id'],
      operation: 'chat',
      dialect: 'fake-a',
      principal: 'local',
      path: '/v1/x',
      model: 'm',
      stream: false,
      route: { backend: 'fake', target: 'K', model: 'm', way: 'forward', surface: 'main' },
      status: 200,
      finishReason: 'stop',
      attempts: 1,
      ttftMs: 0,
      durationMs: 0,
      usage: { source: 'provider', usage: { outputTokens: 3 } },
      totalUsage: { source: 'provider', usage: { outputTokens: 3 } },
      attemptUsage: [
        {
          route: { backend: 'fake', target: 'K', model: 'm', way: 'forward', surface: 'main' },
          result: 'done',
          usage: { source: 'provider', usage: { outputTokens: 3 } },
        },
      ],
      decision: ['model says "m"', 'plan: fake:m', 'attempt 1: fake.K'],
      annotations: { 'x-note': 'ü' },
    })
    expect(sink.headers['x-note']).toBe('%C3%BC')
  })

  it('tells the time to the first part, and the time of all', async () => {
    const body = new FakeBody()
    const provider = new FakeProvider({}, () => answer(body))
    const fake = await fakeGateway({ backends: [provider.config()] })
    const call = await fake.stream()

    await fake.clock.advance(200)
    body.write(line({ text: 'a' }))
    await fake.clock.advance(300)
    body.write(line({ done: 'stop' })).end()
    await call.done

    expect(fake.lastEnd).toMatchObject({ ttftMs: 200, durationMs: 500 })
  })

  it('says why a target was left out', async () => {
    const provider = new FakeProvider({ targets: ['1', '2'] })
    provider.script = inTurn(
      () => fails('upstream_overloaded', { retryAfterMs: 5_000 }),
      () => whole('x'),
    )
    const fake = await fakeGateway({ backends: [provider.config()] })
    await fake.ask()

    await fake.ask()

    expect(fake.lastEnd.decision).toContain(
      'attempt 1: fake.2 (without 1: upstream_overloaded, left out for 5 s more)',
    )
  })

  it('comes once, with the status that the client saw, however the call was refused', async () => {
    const provider = new FakeProvider()
    const fake = await fakeGateway({
      backends: [provider.config('a'), provider.config('b')],
      clientKeys: [{ name: 'key', key: new Secret('k') }],
    })
    const headers = { 'x-api-key': 'k' }

    await fake.ask()
    await fake.ask({ headers: { 'x-api-key': 'other' } })
    await fake.ask({ headers, body: Buffer.from('{') })
    await fake.ask({ headers, body: { model: 7 } })
    await fake.ask({ headers, body: { model: 'unknown' } })
    await fake.ask({ headers, body: { model: 'a:x^b:y!c' } })

    expect(fake.events['call-end'].map(({ status, error }) => [status, error?.code])).toEqual([
      [401, 'unauthenticated'],
      [401, 'unauthenticated'],
      [400, 'invalid_request'],
      [400, 'invalid_request'],
      [404, 'model_not_found'],
      [400, 'invalid_request'],
    ])
    expect(fake.events['call-start']).toHaveLength(2)
    expect(provider.sent).toEqual([])
    await fake.expectRest()
  })

  it('says where the decisive failure happened', async () => {
    const provider = new FakeProvider({}, () => fails('upstream_timeout'))
    const fake = await fakeGateway({ backends: [provider.config()] })

    const sink = await fake.ask()

    expect(fake.lastEnd).toMatchObject({ status: 504, route: { backend: 'fake', target: 'one' } })
    expect(sink.headers['x-jackfield-route']).toBe('fake.one:m')
  })
})

describe('the usage of a call', () => {
  it('adds up all attempts, broken and cancelled ones too', async () => {
    const open = new FakeBody().write(line({ text: 'a' }), line({ text: 'b' }))
    const provider = new FakeProvider({ dialect: dialectB, targets: ['1', '2', '3'] })
    provider.script = inTurn(
      () => streams({ text: 'x' }, { usage: 7 }, { error: 'upstream_overloaded' }),
      () => streams({ text: 'y' }, { error: 'upstream_overloaded' }),
      () => answer(open),
    )
    const fake = await fakeGateway({ backends: [provider.config()] })
    const call = fake.call()
    await fake.clock.advance(0)

    call.leave()
    await call.done

    expect(fake.lastEnd).toMatchObject({
      attempts: 3,
      totalUsage: { source: 'estimated', usage: { outputTokens: 10 } },
      attemptUsage: [
        { route: { target: '1' }, result: 'failed', usage: { usage: { outputTokens: 7 } } },
        { route: { target: '2' }, result: 'failed', usage: { source: 'estimated' } },
        { route: { target: '3' }, result: 'cancelled', usage: { usage: { outputTokens: 2 } } },
      ],
    })
    await fake.expectRest()
  })

  it('counts the calls of a virtual backend, and not its own report of them', async () => {
    const inner = new FakeProvider({}, () => whole('hello', { usage: 5 }))
    const outer = new FakeProvider({
      backend: {
        handling: () => ({ way: 'virtual' }),
        async *chat(request, { dispatch }): AsyncGenerator<readonly StreamPart[]> {
          for await (const _ of dispatch('inner:x', request).parts);
          yield* dispatch('inner:y', request).parts
        },
      },
    })
    const fake = await fakeGateway({ backends: [outer.config('outer'), inner.config('inner')] })

    await fake.ask({ body: { model: 'outer:m' } })

    expect(fake.lastEnd).toMatchObject({
      attempts: 3,
      usage: { usage: { outputTokens: 5 } },
      totalUsage: { source: 'provider', usage: { outputTokens: 10 } },
      attemptUsage: [
        { route: { backend: 'inner', model: 'x' }, usage: { usage: { outputTokens: 5 } } },
        { route: { backend: 'inner', model: 'y' }, usage: { usage: { outputTokens: 5 } } },
      ],
    })
    expect(fake.lastEnd.attemptUsage).toHaveLength(2)
  })

  it('is unknown where nobody knows, and an estimate where one is in it', () => {
    const outcome = (usage: Outcome['usage']) => ({ usage }) as Outcome
    const told = outcome({ source: 'provider', usage: { inputTokens: 1, reasoningTokens: 2 } })
    const guessed = outcome({ source: 'estimated', usage: { outputTokens: 3 } })

    expect(totalUsage([outcome({ source: 'unknown' })])).toEqual({ source: 'unknown' })
    expect(totalUsage([told, outcome({ source: 'unknown' }), guessed, told])).toEqual({
      source: 'estimated',
      usage: { inputTokens: 2, outputTokens: 3, reasoningTokens: 4 },
    })
  })
})
