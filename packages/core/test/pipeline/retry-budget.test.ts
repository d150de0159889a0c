import { describe, expect, it } from 'vitest'
import { type ErrorCode, errorPolicies } from '../../src/errors/codes.ts'
import { type FakeGateway, fakeGateway } from '../support/fake-gateway.ts'
import { FakeProvider, fails, whole } from '../support/fake-provider.ts'
import { codes } from '../support/pool-parts.ts'

const targets = ['1', '2', '3', '4']

async function gatewayOf(
  provider: FakeProvider,
  options: { readonly spare?: FakeProvider; readonly retryBudget?: object } = {},
): Promise<FakeGateway> {
  const { spare, retryBudget } = options
  return await fakeGateway({
    backends: [provider.config('a'), ...(spare === undefined ? [] : [spare.config('b')])],
    breaker: false,
    ...(retryBudget === undefined ? {} : { retryBudget }),
  })
}

/** Makes calls one after the other. */
async function askOften(fake: FakeGateway, calls: number, model = 'a:m'): Promise<void> {
  for (let call = 0; call < calls; call += 1) {
    const { done } = fake.call({ body: { model } })
    await fake.clock.until(done)
  }
}

const failing = (code: ErrorCode) =>
  new FakeProvider({ targets }, () => fails(code, { final: true }))

describe('a provider in trouble', () => {
  it('gets ten retries, and then only first attempts', async () => {
    const provider = failing('upstream_overloaded')
    const fake = await gatewayOf(provider)

    await askOften(fake, 20)

    // Three retries for each of the first calls, until all ten are spent.
    expect(provider.sent).toHaveLength(20 + 10)
    expect(fake.lastEnd).toMatchObject({ attempts: 1, error: { code: 'upstream_overloaded' } })
    expect(fake.lastEnd.decision.at(-1)).toBe('a: no retry, its retry budget is spent')
    await fake.expectRest()
  })

  it('gets more where it has much to do', async () => {
    const provider = new FakeProvider({ targets }, () => whole('hello'))
    const fake = await gatewayOf(provider)
    await askOften(fake, 480)
    provider.sent = []
    provider.script = () => fails('upstream_error', { final: true })

    await askOften(fake, 20)

    expect(provider.sent).toHaveLength(20 + 60)
  })

  it('gets them again when ten seconds have gone by', async () => {
    const provider = failing('upstream_timeout')
    const fake = await gatewayOf(provider)
    await askOften(fake, 20)
    await fake.clock.advance(11_000)
    provider.sent = []

    await askOften(fake, 1)

    expect(provider.sent).toHaveLength(4)
  })

  it('leaves other backends to serve', async () => {
    const [provider, spare] = [failing('upstream_error'), new FakeProvider()]
    const fake = await gatewayOf(provider, { spare, retryBudget: { ratio: 0, minimum: 0 } })

    await askOften(fake, 4, 'a:m|b:m')

    expect([provider.sent.length, spare.sent.length]).toEqual([4, 4])
    expect(fake.events['call-end'].every(({ status }) => status === 200)).toBe(true)
  })

  it('is not asked for another model either', async () => {
    const [provider, spare] = [failing('upstream_error'), new FakeProvider()]
    const fake = await gatewayOf(provider, { spare, retryBudget: { ratio: 0, minimum: 0 } })

    await askOften(fake, 1, 'a:m|a:n|b:m')

    expect([provider.sent.length, spare.sent.length]).toEqual([1, 1])
  })

  it('is not waited for', async () => {
    const provider = new FakeProvider({}, () => fails('upstream_overloaded'))
    const fake = await gatewayOf(provider, { retryBudget: { ratio: 0, minimum: 0 } })

    await askOften(fake, 1)

    expect(provider.sent).toHaveLength(1)
    expect(fake.clock.monotonic()).toBe(0)
  })

  const others = codes.filter((code) => {
    const { cools, fallback } = errorPolicies[code]
    return fallback === 'target' && cools !== 'target'
  })

  it.each(others)('is not what %s says: the next target is tried', async (code) => {
    const provider = failing(code)
    const fake = await gatewayOf(provider, { retryBudget: { ratio: 0, minimum: 0 } })

    await askOften(fake, 1)

    expect(provider.sent).toHaveLength(4)
  })

  it('is spared a burst of calls that all fail at the same time', async () => {
    const provider = new FakeProvider({ targets: ['1', '2'] }, () =>
      fails('upstream_unreachable', { final: true }),
    )
    const fake = await gatewayOf(provider)

    const calls = Array.from({ length: 40 }, () => fake.call({ body: { model: 'a:m' } }))
    await Promise.all(calls.map(({ done }) => done))

    expect(provider.sent).toHaveLength(40 + 10)
  })
})
