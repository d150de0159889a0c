import { describe, expect, it } from 'vitest'
import { settle } from './fake-clock.ts'
import { fakeGateway } from './support/fake-gateway.ts'
import { FakeProvider, fails, inTurn, silent, whole } from './support/fake-provider.ts'

describe('health', () => {
  it('shows what is ready, open and in flight', async () => {
    const fake = await fakeGateway({
      backends: [
        new FakeProvider({ targets: ['1', '2'] }, silent).config('a'),
        new FakeProvider().config('b'),
      ],
    })
    await fake.clock.advance(5_000)
    const call = fake.call({ body: { model: 'a:m' } })
    await settle()

    expect(fake.gateway.health()).toEqual({
      backends: [
        {
          name: 'a',
          type: 'fake',
          state: 'ready',
          targets: [
            { name: '1', state: 'ready', inFlight: 1 },
            { name: '2', state: 'ready', inFlight: 0 },
          ],
        },
        {
          name: 'b',
          type: 'fake',
          state: 'ready',
          targets: [{ name: 'one', state: 'ready', inFlight: 0 }],
        },
      ],
      readyTargets: 3,
      totalTargets: 3,
      uptimeMs: 5_000,
      openCalls: 1,
    })
    call.leave()
    await call.done
  })

  it('says why a target gets no calls, and for how long', async () => {
    const provider = new FakeProvider({ targets: ['1', '2', '3'] })
    provider.script = inTurn(
      () => fails('upstream_overloaded', { retryAfterMs: 8_000 }),
      () => fails('upstream_credentials_rejected'),
      () => fails('upstream_rate_limited', { retryAfterMs: 9_000 }),
    )
    const fake = await fakeGateway({ backends: [provider.config()], limits: { maxTries: 3 } })
    await fake.ask()
    await fake.clock.advance(1_000)

    const { backends, readyTargets } = fake.gateway.health()

    expect(backends[0]).toMatchObject({
      state: 'ready',
      targets: [
        { state: 'cooling', reason: 'upstream_overloaded', recoversInMs: 7_000 },
        { state: 'down', reason: 'upstream_credentials_rejected', recoversInMs: 59_000 },
        {
          state: 'ready',
          models: [{ model: 'm', reason: 'upstream_rate_limited', recoversInMs: 8_000 }],
        },
      ],
    })
    expect(readyTargets).toBe(1)
  })

  it.each([
    ['cooling', 'upstream_overloaded'],
    ['down', 'upstream_credentials_rejected'],
  ] as const)('is %s where no target is ready', async (state, code) => {
    const provider = new FakeProvider({}, () => fails(code, { final: true }))
    const fake = await fakeGateway({ backends: [provider.config()] })
    await fake.ask()

    expect(fake.gateway.health().backends[0]?.state).toBe(state)
  })

  it('is down where there is no target at all, and the call is told so', async () => {
    const fake = await fakeGateway({ backends: [new FakeProvider({ targets: [] }).config()] })

    const sink = await fake.ask()

    expect(fake.gateway.health().backends[0]?.state).toBe('down')
    expect(sink.status).toBe(503)
    expect(sink.text).toContain('there is no target')
  })

  it('is ready again when the time is over, before anybody has tried', async () => {
    const provider = new FakeProvider()
    provider.script = inTurn(
      () => fails('upstream_error', { final: true }),
      () => whole('x'),
    )
    const fake = await fakeGateway({ backends: [provider.config()] })
    await fake.ask()

    await fake.clock.advance(1_000)

    expect(fake.gateway.health().backends[0]?.targets[0]).toEqual({
      name: 'one',
      state: 'ready',
      inFlight: 0,
    })
  })
})
