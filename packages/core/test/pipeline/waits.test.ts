import { describe, expect, it } from 'vitest'
import type { CallLimits } from '../../src/config.ts'
import { fakeGateway } from '../support/fake-gateway.ts'
import {
  type Exchange,
  FakeProvider,
  fails,
  inTurn,
  type Script,
  whole,
} from '../support/fake-provider.ts'

/** One backend whose provider plays these scripts; tells at which milliseconds it was called, and on which target. */
async function calledAt(
  scripts: readonly Script[],
  options: {
    readonly targets?: readonly string[]
    readonly limits?: Partial<CallLimits>
    readonly random?: () => number
  } = {},
) {
  const { targets = ['1'], limits = {}, random = () => 0.5 } = options
  const at: string[] = []
  const script = inTurn(...scripts)
  const provider = new FakeProvider({ targets }, (exchange: Exchange) => {
    at.push(`${exchange.target}@${fake.clock.monotonic()}`)
    return script(exchange)
  })
  const fake = await fakeGateway({ backends: [provider.config()], limits, random })
  const { sink, done } = fake.call()
  await fake.clock.advance(200_000)
  await done
  await fake.expectRest()
  return { at, sink, fake }
}

const limited = (retryAfterMs: number) => () => fails('upstream_rate_limited', { retryAfterMs })
const overloaded = () => fails('upstream_overloaded')
const broken = () => fails('upstream_error')
const good = () => whole('hello')

describe('before the same target is used again, the gateway waits', () => {
  it('100 ms after a failure that is repeated once', async () => {
    expect((await calledAt([broken])).at).toEqual(['1@0', '1@100'])
  })

  it('500 ms, then a second, where the provider is overloaded', async () => {
    expect((await calledAt([overloaded])).at).toEqual(['1@0', '1@500', '1@1500'])
  })

  it('a fifth less or more, as chance has it', async () => {
    expect((await calledAt([overloaded], { random: () => 0 })).at).toEqual([
      '1@0',
      '1@400',
      '1@1200',
    ])
    expect((await calledAt([overloaded], { random: () => 1 })).at).toEqual([
      '1@0',
      '1@600',
      '1@1800',
    ])
  })

  it('as long as the provider says', async () => {
    const { at, sink } = await calledAt([limited(3_000), good])

    expect(at).toEqual(['1@0', '1@3000'])
    expect(sink.status).toBe(200)
  })

  it.each([Number.NaN, -1])('its own time where the provider says %d', async (hint) => {
    expect((await calledAt([limited(hint), good])).at).toEqual(['1@0', '1@500'])
  })

  it('not at all when another target is there', async () => {
    const { at, sink } = await calledAt([limited(3_000), good], { targets: ['1', '2'] })

    expect(at).toEqual(['1@0', '2@0'])
    expect(sink.status).toBe(200)
  })

  it('for the target that comes back first', async () => {
    const scripts = [limited(5_000), limited(2_000), good]

    expect((await calledAt(scripts, { targets: ['1', '2'] })).at).toEqual(['1@0', '2@0', '2@2000'])
  })

  it('no longer than the patience of a call, and says how long it takes', async () => {
    const { at, sink } = await calledAt([limited(10_001)])

    expect(at).toEqual(['1@0'])
    expect(sink.status).toBe(429)
    expect(sink.headers['retry-after']).toBe('11')
  })

  it('and tells the shortest time of all targets', async () => {
    const { sink } = await calledAt([limited(90_000), limited(40_000), limited(70_000)], {
      targets: ['1', '2', '3'],
    })

    expect(sink.headers['retry-after']).toBe('40')
  })

  it('and tells the time that is left of it at the end', async () => {
    const scripts = [limited(30_000), overloaded, overloaded, limited(60_000)]
    const { at, sink } = await calledAt(scripts, { targets: ['1', '2'] })

    expect(at).toEqual(['1@0', '2@0', '2@500', '2@1500'])
    expect(sink.headers['retry-after']).toBe('29')
  })
})

describe('a call', () => {
  it('is tried as often as the limits say, over all targets', async () => {
    const targets = ['1', '2', '3', '4', '5', '6']

    expect((await calledAt([broken], { targets })).at).toHaveLength(4)
    expect((await calledAt([broken], { targets, limits: { maxTries: 2 } })).at).toHaveLength(2)
  })

  it('starts no attempt after its time is up', async () => {
    const { at, sink } = await calledAt([limited(4_000)], {
      limits: { maxAttemptsMs: 9_000, maxTries: 99 },
    })

    expect(at).toEqual(['1@0', '1@4000', '1@8000'])
    expect(sink.status).toBe(429)
  })

  it('does not wait for what comes after its time', async () => {
    const { at, fake } = await calledAt([limited(4_000)], { limits: { maxAttemptsMs: 3_999 } })

    expect(at).toEqual(['1@0'])
    expect(fake.lastEnd.durationMs).toBe(0)
  })

  it('that finds everything taken waits for a provider’s hint, if that is short', async () => {
    const provider = new FakeProvider()
    const fake = await fakeGateway({ backends: [provider.config()], limits: { maxTries: 1 } })
    provider.script = inTurn(limited(6_000), good)
    await fake.ask()

    const { sink, done } = fake.call()
    await fake.clock.advance(6_000)
    await done

    expect(sink.status).toBe(200)
    expect(fake.lastEnd.decision).toContain('waits 6000 ms')
  })

  it('that finds everything taken for long is told 429 with the time left', async () => {
    const provider = new FakeProvider()
    const fake = await fakeGateway({ backends: [provider.config()] })
    provider.script = limited(60_000)
    await fake.ask()
    await fake.clock.advance(15_000)

    const sink = await fake.ask()

    expect(sink.status).toBe(429)
    expect(sink.json).toMatchObject({ code: 'no_available_target' })
    expect(sink.headers['retry-after']).toBe('45')
    expect(provider.sent).toHaveLength(1)
  })

  it('that finds only softly excluded targets uses the one that recovers first', async () => {
    const provider = new FakeProvider({ targets: ['1', '2'] })
    const fake = await fakeGateway({ backends: [provider.config()], limits: { maxTries: 1 } })
    provider.script = inTurn(() => fails('upstream_quota_exhausted'), broken, good)
    await fake.ask()
    await fake.ask()

    const sink = await fake.ask()

    expect(provider.used).toEqual(['1', '2', '2'])
    expect(sink.status).toBe(200)
  })

  it('cools at most two targets, and the same one counts once', async () => {
    const targets = ['1', '2', '3', '4']
    const { fake } = await calledAt([broken], { targets, limits: { maxTries: 4 } })
    const one = await calledAt([overloaded], { targets: ['1'] })

    expect(fake.events['target-state'].map(({ target }) => target)).toEqual(['1', '2'])
    expect(one.fake.events['target-state']).toHaveLength(3)
  })

  it('takes out every target whose credential is rejected', async () => {
    const rejected = () => fails('upstream_credentials_rejected')
    const { fake, sink } = await calledAt([rejected], { targets: ['KEY_1', 'KEY_2', 'KEY_3'] })

    expect(fake.events['target-state'].map(({ state }) => state)).toEqual(['down', 'down', 'down'])
    expect(sink.status).toBe(502)
    expect(sink.text).toContain('Check fake.KEY_1, fake.KEY_2, fake.KEY_3.')
  })
})

describe('when every credential has been rejected', () => {
  it('the next call is refused with the names, and not with a time to wait for', async () => {
    const provider = new FakeProvider({ targets: ['KEY_1', 'KEY_2'] })
    const fake = await fakeGateway({ backends: [provider.config()] })
    provider.script = () => fails('upstream_credentials_rejected')
    await fake.ask()

    const sink = await fake.ask()

    expect(sink.status).toBe(503)
    expect(sink.text).toContain('Check fake.KEY_1, fake.KEY_2.')
    expect(provider.sent).toHaveLength(2)
  })
})
