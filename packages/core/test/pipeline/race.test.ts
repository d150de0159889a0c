import { describe, expect, it } from 'vitest'
import { FakeBody } from '../support/fake-body.ts'
import { line } from '../support/fake-dialect.ts'
import { type FakeGatewayOptions, fakeGateway } from '../support/fake-gateway.ts'
import {
  answer,
  FakeProvider,
  fails,
  type Script,
  silent,
  streams,
  whole,
} from '../support/fake-provider.ts'

/** Three backends under one gateway. */
async function racing(
  scripts: readonly Script[],
  options: Partial<Omit<FakeGatewayOptions, 'backends'>> = {},
) {
  const providers = scripts.map((script) => new FakeProvider({}, script))
  const names = ['a', 'b', 'c']
  const fake = await fakeGateway({
    backends: providers.map((provider, at) => provider.config(names[at])),
    ...options,
  })
  return { fake, providers }
}

const good =
  (text: string): Script =>
  ({ request }) =>
    request.framing === 'json' ? whole(text) : streams({ text }, { usage: 3 }, { done: 'stop' })

describe('a race', () => {
  it('goes to the first meaningful part, and the others end at once, as nobody’s failure', async () => {
    const [slow, fast] = [new FakeBody(), new FakeBody()]
    const { fake } = await racing([() => answer(slow), () => answer(fast)])
    const call = await fake.stream({ model: 'a:m!b:m' })

    slow.write(line({ start: 'early, but says nothing' }))
    fast.write(line({ text: 'won' }))
    await fake.clock.advance(0)

    expect(slow.cancelled?.code).toBe('client_closed_request')
    fast.write(line({ done: 'stop' })).end()
    await call.done
    expect(call.sink.text).toContain('won')
    expect(call.sink.headers['x-jackfield-route']).toBe('b.one:m')
    expect(fake.events['attempt-end'].map(({ next, outcome }) => [next, outcome.result])).toEqual([
      ['lost', 'cancelled'],
      ['delivered', 'done'],
    ])
    expect(fake.events['target-state']).toEqual([])
    await fake.expectRest()
  })

  it('is won once when several are ready at the same moment', async () => {
    const { fake, providers } = await racing([good('one'), good('two'), good('three')])

    const sink = await fake.ask({ body: { model: 'a:m!b:m!c:m' } })

    expect(sink.json).toMatchObject({ text: 'one' })
    expect(providers.map(({ sent }) => sent.length)).toEqual([1, 1, 1])
    expect(fake.events['attempt-end'].map(({ next }) => next).toSorted()).toEqual([
      'delivered',
      'lost',
      'lost',
    ])
    await fake.expectRest()
  })

  it('costs what its losers have used, too', async () => {
    const loser = new FakeBody().write(line({ usage: 7 }))
    const { fake } = await racing([() => answer(loser), good('won')])

    const call = await fake.stream({ model: 'a:m!b:m' })
    await call.done

    expect(fake.lastEnd.usage).toMatchObject({ usage: { outputTokens: 3 } })
    expect(fake.lastEnd.totalUsage).toMatchObject({ usage: { outputTokens: 10 } })
    expect(fake.lastEnd.attempts).toBe(2)
  })

  it('waits for whoever is left when the others fail', async () => {
    const body = new FakeBody()
    const { fake } = await racing([() => fails('invalid_request'), () => answer(body)])
    const call = await fake.stream({ model: 'a:m!b:m' })

    body.write(line({ text: 'x' }), line({ done: 'stop' })).end()
    await call.done

    expect(call.sink.status).toBe(200)
  })

  it('that nobody wins fails as its last leg did, but not as one that could not do it', async () => {
    const { fake } = await racing([
      () => fails('upstream_quota_exhausted'),
      () => fails('upstream_model_unavailable'),
    ])

    const sink = await fake.ask({ body: { model: 'a:m!b:m' } })

    expect(sink.json).toMatchObject({ code: 'upstream_quota_exhausted' })
    await fake.expectRest()
  })

  it('tries every place of a leg that has several', async () => {
    const { fake, providers } = await racing(
      [() => fails('upstream_quota_exhausted'), silent, good('rescued')],
      { failoverRoutes: { route: { policy: 'ordered', elements: ['a:m', 'c:m'] } } },
    )

    const sink = await fake.ask({ body: { model: 'b:m!route' } })

    expect(sink.json).toMatchObject({ text: 'rescued' })
    expect(providers[1]?.sent[0]?.context.signal.aborted).toBe(true)
  })

  it('starts no more legs than the call has tries', async () => {
    const { fake, providers } = await racing([silent, silent, good('x')], {
      limits: { maxTries: 2, maxAttemptsMs: 1_000 },
    })
    const call = fake.call({ body: { model: 'a:m!b:m!c:m' } })

    await fake.clock.advance(0)
    call.leave()
    await call.done

    expect(providers.map(({ sent }) => sent.length)).toEqual([1, 1, 0])
    await fake.expectRest()
  })

  it('ends everywhere when the client leaves, whatever has started', async () => {
    const { fake, providers } = await racing([silent, silent, silent])
    const call = fake.call({ body: { model: '[handicap=1]a:m!b:m![handicap=1]c:m' } })
    await fake.clock.advance(10)

    call.leave()
    await call.done
    await fake.clock.advance(5_000)

    expect(providers.map(({ sent }) => sent.length)).toEqual([1, 0, 1])
    for (const { sent } of providers) {
      for (const { context } of sent) expect(context.signal.aborted).toBe(true)
    }
    expect(fake.events['target-state']).toEqual([])
    expect(fake.clock.timers).toBe(0)
    await fake.expectRest()
  })

  it('keeps a waiting client alive', async () => {
    const { fake } = await racing([silent, silent], { limits: { holdMs: 100, keepAliveMs: 50 } })
    const call = await fake.stream({ model: 'a:m!b:m' })

    await fake.clock.advance(210)

    expect(call.sink.status).toBe(200)
    expect(call.sink.chunks).toHaveLength(3)
    call.leave()
    await call.done
  })

  it.each(['opaque', 'resource'] as const)(
    'is none for a call that changes something: %s',
    async (operation) => {
      const { fake, providers } = await racing([good('a'), good('b')])

      await fake.ask({ operation, body: {}, headers: { 'x-jackfield-backend': 'a' } })

      expect(providers.map(({ sent }) => sent.length)).toEqual([operation === 'opaque' ? 1 : 0, 0])
    },
  )

  it('is none for an opaque call that a static route would race', async () => {
    const { fake, providers } = await racing([good('a'), good('b')], { staticRoute: 'a:m!b:m' })

    await fake.ask({ operation: 'opaque' })

    expect(providers.map(({ sent }) => sent.length)).toEqual([1, 0])
  })
})

describe('a handicap', () => {
  const selector = '[handicap=2]a:m!b:m![handicap=1.5]c:m'

  it('delays the others by what it is larger than theirs', async () => {
    const { fake, providers } = await racing([silent, silent, silent])
    const started = () => providers.map(({ sent }) => sent.length)
    const call = fake.call({ body: { model: selector } })

    await fake.clock.advance(499)
    expect(started()).toEqual([1, 0, 0])
    await fake.clock.advance(1)
    expect(started()).toEqual([1, 0, 1])
    await fake.clock.advance(1_499)
    expect(started()).toEqual([1, 0, 1])
    await fake.clock.advance(1)
    expect(started()).toEqual([1, 1, 1])

    call.leave()
    await call.done
  })

  it('spares those who would begin after the answer', async () => {
    const { fake, providers } = await racing([good('a'), good('b'), good('c')])

    await fake.ask({ body: { model: selector } })
    await fake.clock.advance(5_000)

    expect(providers.map(({ sent }) => sent.length)).toEqual([1, 0, 0])
    expect(fake.clock.timers).toBe(0)
  })

  it('is over for the next one as soon as a leg has failed', async () => {
    const { fake, providers } = await racing([
      () => fails('upstream_quota_exhausted'),
      good('b'),
      () => fails('upstream_quota_exhausted'),
    ])

    const sink = await fake.ask({ body: { model: selector } })

    expect(sink.json).toMatchObject({ text: 'b' })
    expect(fake.lastEnd.durationMs).toBe(0)
    expect(providers.map(({ sent }) => sent.length)).toEqual([1, 1, 1])
  })
})

describe('ttft_timeout', () => {
  it('loses the race for the leg, and cools its target like any other time-out', async () => {
    const { fake, providers } = await racing([silent, good('late')])
    const call = await fake.stream({ model: '[handicap=60,ttft_timeout=2]a:m!b:m' })

    await fake.clock.advance(2_000)
    await call.done

    expect(call.sink.text).toContain('late')
    expect(providers[0]?.sent[0]?.context.signal.aborted).toBe(true)
    expect(fake.events['attempt-end'][0]?.outcome.error).toMatchObject({ code: 'upstream_timeout' })
  })
})
