import { describe, expect, it } from 'vitest'
import type { WireResult } from '../../src/backend.ts'
import { GatewayError } from '../../src/errors/gateway-error.ts'
import { fixedTargets } from '../../src/pool/target.ts'
import { settle } from '../fake-clock.ts'
import { FakeBody } from '../support/fake-body.ts'
import { line } from '../support/fake-dialect.ts'
import { type FakeCall, type FakeGateway, fakeGateway } from '../support/fake-gateway.ts'
import {
  answer,
  deaf,
  dialectB,
  FakeProvider,
  fails,
  fakeTarget,
  type Script,
  silent,
  whole,
} from '../support/fake-provider.ts'

/** A client goes away: the gateway is done in the same turn of the event loop and blames nobody. */
async function leave(fake: FakeGateway, call: FakeCall): Promise<void> {
  call.leave()
  let isDone = false
  void call.done.then(() => {
    isDone = true
  })
  await new Promise((resolve) => setImmediate(resolve))
  expect(isDone, 'the call is over at once').toBe(true)
  expect(fake.events['target-state']).toEqual([])
  expect(fake.lastEnd.error?.code).toBe('client_closed_request')
  expect(fake.clock.timers, 'no timer stays').toBe(0)
  await fake.expectRest()
}

async function gatewayOf(script: Script, options = {}): Promise<[FakeGateway, FakeProvider]> {
  const provider = new FakeProvider(options, script)
  return [await fakeGateway({ backends: [provider.config()] }), provider]
}

describe('a client that goes away', () => {
  it('before the gateway begins starts nothing', async () => {
    const [fake, provider] = await gatewayOf(silent)
    const call = fake.call()
    call.leave()
    await call.done

    expect(provider.sent.length).toBe(0)
    expect(call.sink.status).toBeUndefined()
    expect(fake.lastEnd.status).toBe(499)
    await fake.expectRest()
  })

  it('while the backend connects ends the request', async () => {
    const [fake, provider] = await gatewayOf(silent)
    const call = fake.call()
    await settle()

    await leave(fake, call)

    expect(provider.sent[0]?.context.signal.aborted).toBe(true)
    expect(fake.lastEnd).toMatchObject({ status: 499, attempts: 1 })
    expect(fake.events['attempt-end'][0]).toMatchObject({ outcome: { result: 'cancelled' } })
  })

  it('while a backend does not mind is not waited for by it', async () => {
    const [fake] = await gatewayOf(deaf)
    const call = fake.call()
    await settle()

    await leave(fake, call)
  })

  it.each(['forwarded', 'translated'])(
    'while the first part of a %s stream is awaited cancels the body',
    async (way) => {
      const body = new FakeBody().write(line({ start: 'id' }))
      const options = way === 'translated' ? { dialect: dialectB } : {}
      const [fake] = await gatewayOf(() => answer(body), options)
      const call = await fake.stream()

      await leave(fake, call)

      expect(body.cancelled?.code).toBe('client_closed_request')
      expect(call.sink.status).toBeUndefined()
    },
  )

  it('while a whole answer arrives cancels the body', async () => {
    const body = new FakeBody().write('{"text":')
    const [fake] = await gatewayOf(() => answer(body, 'json'))
    const call = fake.call()
    await settle()

    await leave(fake, call)

    expect(body.cancelled).toBeDefined()
    expect(fake.lastEnd.status).toBe(499)
  })

  it.each(['forwarded', 'translated'])(
    'in the middle of a %s stream cancels the body',
    async (way) => {
      const body = new FakeBody().write(line({ text: 'a' }))
      const options = way === 'translated' ? { dialect: dialectB } : {}
      const [fake] = await gatewayOf(() => answer(body), options)
      const call = await fake.stream()

      await leave(fake, call)

      expect(call.sink.text).toBe(line({ text: 'a' }))
      expect(call.sink.over).toBe(false)
      expect(body.cancelled).toBeDefined()
      expect(fake.lastEnd).toMatchObject({ status: 200, usage: { source: 'estimated' } })
    },
  )

  it('while a backend fails the body because of the signal is still nobody’s failure', async () => {
    const body = new FakeBody().write(line({ text: 'a' }))
    const [fake] = await gatewayOf(({ context: { signal } }): WireResult => {
      signal.addEventListener('abort', () => body.fail(signal.reason))
      return answer(body)
    })
    const call = await fake.stream()

    await leave(fake, call)

    expect(fake.events['attempt-end'][0]).toMatchObject({ outcome: { result: 'cancelled' } })
  })

  it('while the gateway backs off ends the wait', async () => {
    const [fake, provider] = await gatewayOf(() =>
      fails('upstream_rate_limited', { retryAfterMs: 5_000 }),
    )
    const call = fake.call()
    await fake.clock.advance(1_000)
    fake.events['target-state'].length = 0

    await leave(fake, call)
    await fake.clock.advance(10_000)

    expect(provider.sent).toHaveLength(1)
  })

  it('while a credential is renewed ends the wait', async () => {
    const target = fakeTarget('a', '', { refresh: () => new Promise(() => {}) })
    const source = fixedTargets([target], { strategy: 'round-robin', affinity: 'none' })
    const rejected = () => fails('upstream_credentials_rejected', { recover: 'refresh' })
    const [fake] = await gatewayOf(rejected, { source })
    const call = fake.call()
    await settle()

    call.leave()
    await call.done

    expect(fake.events['target-state']).toEqual([])
    expect(fake.lastEnd.error?.code).toBe('client_closed_request')
    await fake.expectRest()
  })

  it('while model lists are awaited ends the wait', async () => {
    const slow = { models: () => new Promise<never>(() => {}) }
    const [a, b] = [new FakeProvider({ backend: slow }), new FakeProvider()]
    const fake = await fakeGateway({ backends: [a.config('a'), b.config('b')] })
    const call = fake.call()
    await settle()

    call.leave()
    await call.done

    expect(fake.lastEnd).toMatchObject({ status: 499, attempts: 0 })
  })

  it('just after the first part, before it was written, sees no answer begin', async () => {
    const body = new FakeBody()
    const [fake] = await gatewayOf(() => answer(body))
    const call = await fake.stream()

    body.write(line({ text: 'a' }))
    call.leave()
    await call.done

    expect(call.sink.status).toBeUndefined()
    expect(fake.lastEnd.status).toBe(499)
    expect(body.cancelled).toBeDefined()
    await fake.expectRest()
  })

  it.each(['forwarded', 'translated'])(
    'as soon as it has read the end of a %s stream has got its answer',
    async (way) => {
      const body = new FakeBody().write(
        line({ text: 'a' }) + line({ usage: 3 }),
        line({ done: 'stop' }),
      )
      const options = way === 'translated' ? { dialect: dialectB } : {}
      const [fake] = await gatewayOf(() => answer(body), options)
      const call = await fake.stream()

      call.leave()
      await call.done

      expect(fake.lastEnd).toMatchObject({
        status: 200,
        finishReason: 'stop',
        usage: { source: 'provider', usage: { outputTokens: 3 } },
      })
      expect(fake.lastEnd.error).toBeUndefined()
      expect(fake.events['attempt-end'][0]).toMatchObject({ outcome: { result: 'done' } })
      await fake.expectRest()
    },
  )
})

describe('an answer that comes after the client has gone', () => {
  it('has its body cancelled', async () => {
    const late = Promise.withResolvers<WireResult>()
    const body = new FakeBody().write('{"text":"x"}').end()
    const [fake] = await gatewayOf(() => late.promise)
    const call = fake.call()
    await settle()
    call.leave()
    await call.done

    late.resolve(answer(body, 'json'))
    await settle()

    expect(body.cancelled).toBeDefined()
    expect(body.started).toBe(false)
    await fake.expectRest()
  })

  it.each([
    ['a failure', () => fails('upstream_error')],
    ['nonsense', () => 'nonsense' as unknown as WireResult],
    [
      'an exception',
      () => {
        throw new Error('aborted')
      },
    ],
  ])('is nobody’s failure when it is %s', async (_, result) => {
    const late = Promise.withResolvers<void>()
    const [fake] = await gatewayOf(async () => {
      await late.promise
      return result()
    })
    const call = fake.call()
    await settle()
    call.leave()
    await call.done

    late.resolve()
    await settle()

    expect(fake.events['target-state']).toEqual([])
    expect(fake.events['backend-fault']).toEqual([])
    await fake.expectRest()
  })
})

describe('a thousand calls whose clients go away at any time', () => {
  it('leave nothing in flight', async () => {
    const [fake] = await gatewayOf(async ({ body }) => {
      await settle()
      if (body['stream'] !== true) return whole('x')
      return answer(new FakeBody().write(line({ text: 'a' })))
    })
    for (let round = 0; round < 50; round += 1) {
      const calls = Array.from({ length: 20 }, (_, index) =>
        fake.call({ body: { model: 'm', stream: index % 2 === 0 } }),
      )
      for (let turn = 0; turn < round % 5; turn += 1) await Promise.resolve()
      if (round % 3 > 0) await settle()
      for (const call of calls) call.leave()
      await Promise.all(calls.map(({ done }) => done))
    }

    await fake.expectRest()
    expect(fake.events['target-state']).toEqual([])
    expect(fake.clock.timers).toBe(0)
  })
})

describe('an error that the provider reports as the client’s leaving, with the client still there', () => {
  it('is answered', async () => {
    const [fake] = await gatewayOf(() => ({
      failed: new GatewayError('client_closed_request', 'odd'),
    }))

    expect((await fake.ask()).status).toBe(499)
  })
})
