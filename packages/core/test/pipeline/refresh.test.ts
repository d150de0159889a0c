import { describe, expect, it } from 'vitest'
import { fixedTargets, type Target } from '../../src/pool/target.ts'
import { settle } from '../fake-clock.ts'
import { fakeGateway } from '../support/fake-gateway.ts'
import { FakeProvider, fails, fakeTarget, inTurn, whole } from '../support/fake-provider.ts'

/** An account whose token is good for the provider once it has been renewed as often as `needed`. */
class Account {
  renewals = 0
  readonly #needed: number
  readonly #renew: () => Promise<void>
  /** Tokens with which the provider was called. */
  readonly used: number[] = []

  constructor(needed: number, renew: () => Promise<void> = async () => {}) {
    this.#needed = needed
    this.#renew = renew
  }

  async gateway(limits = {}) {
    const target: Target = fakeTarget('account', '', {
      refresh: async () => {
        await this.#renew()
        this.renewals += 1
      },
    })
    const source = fixedTargets([target], { strategy: 'round-robin', affinity: 'none' })
    const provider = new FakeProvider({ source }, async () => {
      const token = this.renewals
      this.used.push(token)
      return token >= this.#needed
        ? whole('hello')
        : fails('upstream_credentials_rejected', { recover: 'refresh' })
    })
    return await fakeGateway({ backends: [provider.config()], limits })
  }
}

describe('a rejected credential that can be renewed', () => {
  it('is renewed once and the request repeated, without anybody noticing', async () => {
    const account = new Account(1)
    const fake = await account.gateway()

    const sink = await fake.ask()

    expect(sink.status).toBe(200)
    expect(account.used).toEqual([0, 1])
    expect(fake.events['target-state']).toEqual([])
    expect(fake.events['attempt-end'].map(({ attempt, next }) => [attempt, next])).toEqual([
      [1, 'retry'],
      [2, 'delivered'],
    ])
    await fake.expectRest()
  })

  it('is renewed once for fifty calls at a time', async () => {
    const gate = Promise.withResolvers<void>()
    const account = new Account(1, () => gate.promise)
    const fake = await account.gateway()
    const calls = Array.from({ length: 50 }, () => fake.call())
    await settle()
    await fake.clock.advance(1_000)

    gate.resolve()
    await Promise.all(calls.map(({ done }) => done))

    expect(account.renewals).toBe(1)
    expect(calls.map(({ sink }) => sink.status)).toEqual(Array.from({ length: 50 }, () => 200))
    await fake.expectRest()
  })

  it('is not renewed again for a call whose old token is rejected after the renewal', async () => {
    const answers = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    let sent = 0
    let renewals = 0
    const target = fakeTarget('account', '', {
      refresh: async () => {
        renewals += 1
      },
    })
    const source = fixedTargets([target], { strategy: 'round-robin', affinity: 'none' })
    const provider = new FakeProvider({ source }, async () => {
      const turn = answers[sent]
      sent += 1
      if (turn === undefined) return whole('hello')
      await turn.promise
      return fails('upstream_credentials_rejected', { recover: 'refresh' })
    })
    const fake = await fakeGateway({ backends: [provider.config()] })
    const [first, second] = [fake.call(), fake.call()]
    await fake.clock.advance(10)

    answers[0]?.resolve()
    await first.done
    answers[1]?.resolve()
    await second.done

    expect([first.sink.status, second.sink.status, renewals]).toEqual([200, 200, 1])
  })

  it('is given up when the new one is rejected too', async () => {
    const account = new Account(99)
    const fake = await account.gateway()

    const sink = await fake.ask()

    expect(account.used).toEqual([0, 1])
    expect(sink.json).toMatchObject({ code: 'upstream_credentials_rejected' })
    expect(fake.events['target-state']).toMatchObject([{ target: 'account', state: 'down' }])
    await fake.expectRest()
  })

  it.each([
    [
      'fails',
      async () => {
        throw new Error('refused')
      },
    ],
    [
      'throws',
      () => {
        throw new Error('broken')
      },
    ],
  ])('is given up when the renewal %s', async (_, renew) => {
    const account = new Account(1, renew)
    const fake = await account.gateway()

    const sink = await fake.ask()

    expect(account.used).toEqual([0])
    expect(sink.json).toMatchObject({ code: 'upstream_credentials_rejected' })
    await fake.expectRest()
  })

  it('is given up when the renewal never ends, and tried again by a later call', async () => {
    let renewals = 0
    const account = new Account(1, () => {
      renewals += 1
      return new Promise(() => {})
    })
    const fake = await account.gateway()
    const first = fake.call()
    await fake.clock.advance(30_000)
    await first.done

    const second = fake.call()
    await fake.clock.advance(60_000)
    await second.done
    const third = fake.call()
    await fake.clock.advance(60_000)
    await third.done

    expect(first.sink.status).toBe(502)
    expect(renewals).toBe(2)
  })

  it('is renewed for the next call when no try is left for this one', async () => {
    const account = new Account(1)
    const fake = await account.gateway({ maxTries: 1 })

    const [first, second] = [await fake.ask(), await fake.ask()]

    expect(account.renewals).toBe(1)
    expect([first.status, second.status]).toEqual([502, 200])
    expect(fake.events['target-state']).toEqual([])
  })

  it('is used within the tries of a call whose places all renew it at the same time', async () => {
    const gate = Promise.withResolvers<void>()
    const target = fakeTarget('account', '', { refresh: () => gate.promise })
    const source = fixedTargets([target], { strategy: 'round-robin', affinity: 'none' })
    const provider = new FakeProvider({ source }, () =>
      fails('upstream_credentials_rejected', { recover: 'refresh' }),
    )
    const fake = await fakeGateway({ backends: [provider.config()], limits: { maxTries: 3 } })
    const { done } = fake.call({ body: { model: 'fake:m!fake:n' } })
    await settle()

    gate.resolve()
    await done

    expect(provider.sent).toHaveLength(3)
    await fake.expectRest()
  })

  it('is not used for a client that goes away in any of the moments around its renewal', async () => {
    for (let turns = 0; turns < 40; turns += 1) {
      const gate = Promise.withResolvers<void>()
      const account = new Account(1, () => gate.promise)
      const fake = await account.gateway()
      const call = fake.call()
      await settle()

      gate.resolve()
      for (let turn = 0; turn < turns; turn += 1) await undefined
      const before = account.used.length
      call.leave()
      await call.done

      expect(account.used.length, `after ${turns} turns`).toBe(before)
      await fake.expectRest()
    }
  })

  it('is not used at once where the provider has told meanwhile to wait', async () => {
    const gate = Promise.withResolvers<void>()
    const target = fakeTarget('account', '', { refresh: () => gate.promise })
    const source = fixedTargets([target], { strategy: 'round-robin', affinity: 'none' })
    const provider = new FakeProvider(
      { source },
      inTurn(
        () => fails('upstream_credentials_rejected', { recover: 'refresh' }),
        () => fails('upstream_overloaded', { retryAfterMs: 60_000 }),
      ),
    )
    const fake = await fakeGateway({ backends: [provider.config()] })
    const first = fake.call()
    await settle()
    await fake.ask()

    gate.resolve()
    await first.done

    expect(provider.sent).toHaveLength(2)
    expect(fake.events['target-state']).toMatchObject([{ reason: 'upstream_overloaded' }])
    await fake.expectRest()
  })

  it('is not renewed where the error does not ask for it', async () => {
    const provider = new FakeProvider(
      {
        source: fixedTargets([fakeTarget('a', '', { refresh: () => Promise.reject('asked') })], {
          strategy: 'round-robin',
          affinity: 'none',
        }),
      },
      () => fails('upstream_credentials_rejected'),
    )
    const fake = await fakeGateway({ backends: [provider.config()] })

    const sink = await fake.ask()

    expect(sink.status).toBe(502)
    expect(provider.sent).toHaveLength(1)
  })
})
