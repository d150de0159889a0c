import { expect, it } from 'vitest'
import { createMemoryStateStore } from '../src/memory-state-store.ts'
import { FakeClock, settle } from './fake-clock.ts'
import { fakeGateway } from './support/fake-gateway.ts'
import { FakeProvider, fails, whole } from './support/fake-provider.ts'

it('two gateways on one store leave out what either was told to leave out', async () => {
  const clock = new FakeClock()
  const store = createMemoryStateStore({ clock })
  const providers = [0, 1].map(
    () =>
      new FakeProvider({ targets: ['1', '2'] }, ({ target }) =>
        target === '1' ? fails('upstream_overloaded', { retryAfterMs: 5_000 }) : whole('hello'),
      ),
  )
  const [one, other] = await Promise.all(
    providers.map((provider) => fakeGateway({ backends: [provider.config()], store, clock })),
  )
  await one?.ask()
  await settle()

  const during = await other?.ask()
  const usedDuring = providers[1]?.used
  await clock.advance(5_000)
  await other?.ask()

  expect(during?.status).toBe(200)
  expect(usedDuring).toEqual(['2'])
  expect(providers[1]?.used).toEqual(['2', '1', '2'])
  expect(other?.events['target-state']).toMatchObject([
    { target: '1', state: 'cooling', forMs: 5_000 },
    { target: '1', state: 'cooling', forMs: 5_000 },
  ])
})

it('a gateway that is closed hears and tells nothing more', async () => {
  const clock = new FakeClock()
  const store = createMemoryStateStore({ clock })
  const provider = new FakeProvider({ targets: ['1'] }, () => fails('upstream_overloaded'))
  const [one, other] = await Promise.all(
    [0, 1].map(() => fakeGateway({ backends: [provider.config()], store, clock })),
  )
  await other?.gateway.close({ graceMs: 0 })

  const call = one?.call()
  await clock.advance(10_000)
  await call?.done

  expect(one?.events['target-state'].length).toBeGreaterThan(0)
  expect(other?.events['target-state']).toEqual([])
  expect(clock.timers).toBe(0)
})
