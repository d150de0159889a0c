import { describe, expect, it } from 'vitest'
import { FakePool, failure } from './fake-pool.ts'

const minute = 60_000

describe('an exclusion', () => {
  it.each([
    ['upstream_overloaded', {}],
    ['upstream_timeout', {}],
    ['upstream_unreachable', {}],
    ['upstream_error', {}],
    ['upstream_invalid_response', {}],
    ['stream_interrupted', {}],
  ] as const)('by %s is soft and starts at one second', async (code, options) => {
    const pool = new FakePool(['1'])
    pool.fail('1', code, options)

    const early = pool.refusal()
    const soft = pool.use({ allowSoft: true })
    pool.fail('1', code, options)
    await pool.clock.advance(1_000)

    expect(early.reasons).toEqual([`1: ${code}, left out for 1 s more`])
    expect(early.retryAfterMs).toBeUndefined()
    expect(soft).toBe('1')
    expect(pool.use()).toBe('1')
  })

  it.each([
    'invalid_request',
    'context_length_exceeded',
    'content_filtered',
    'client_closed_request',
    'unsupported_capability',
    'internal',
    'no_available_target',
  ] as const)('does not follow from %s', (code) => {
    const pool = new FakePool(['1'])

    pool.fail('1', code)

    expect(pool.use()).toBe('1')
    expect(pool.changes).toEqual([])
  })

  it('doubles with every failure in a row, up to a minute', async () => {
    const pool = new FakePool(['1'])
    const lengths: number[] = []

    for (let failures = 0; failures < 9; failures += 1) {
      pool.fail('1', 'upstream_error')
      const until = pool.changes.at(-1)?.exclusion?.until ?? 0
      lengths.push((until - pool.clock.now()) / 1_000)
      await pool.clock.advance(until - pool.clock.now())
    }

    expect(lengths).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60])
  })

  it('starts small again after a call ended well', async () => {
    const pool = new FakePool(['1'])
    pool.fail('1', 'upstream_error')
    await pool.clock.advance(1_000)
    pool.fail('1', 'upstream_error')
    await pool.clock.advance(2_000)
    pool.use()

    pool.fail('1', 'upstream_error')

    expect(pool.changes.at(-1)?.exclusion?.until).toBe(pool.clock.now() + 1_000)
  })

  it('is spread by up to a fifth, so that replicas do not come back together', () => {
    const least = new FakePool(['1'], { random: () => 0 })
    const most = new FakePool(['1'], { random: () => 1 })
    least.fail('1', 'upstream_error')
    most.fail('1', 'upstream_error')

    expect(least.changes[0]?.exclusion?.until).toBe(least.clock.now() + 800)
    expect(most.changes[0]?.exclusion?.until).toBe(most.clock.now() + 1_200)
  })

  it('counts calls that fail together as one failure', () => {
    const pool = new FakePool(['1'])
    const leases = Array.from({ length: 20 }, () => pool.take())

    for (const lease of leases) lease.release(failure('upstream_error'))

    expect(pool.pool.health()[0]?.exclusions[0]?.exclusion.until).toBe(pool.clock.now() + 1_000)
    expect(pool.changes).toHaveLength(1)
  })

  it('follows a provider’s hint exactly, and is hard then', async () => {
    const pool = new FakePool(['1'])
    pool.fail('1', 'upstream_overloaded', { retryAfterMs: 7_000 })

    const refusal = pool.refusal({ allowSoft: true })
    await pool.clock.advance(6_999)
    const late = pool.refusal({ allowSoft: true })
    await pool.clock.advance(1)

    expect(refusal.retryAfterMs).toBe(7_000)
    expect(late.retryAfterMs).toBe(1)
    expect(pool.use()).toBe('1')
  })

  it('believes no hint beyond a day', () => {
    const pool = new FakePool(['1'])

    pool.fail('1', 'upstream_quota_exhausted', { retryAfterMs: 400 * 86_400_000 })

    expect(pool.refusal().retryAfterMs).toBe(86_400_000)
  })

  it.each([Number.NaN, -1])('takes a hint of %d for none', (retryAfterMs) => {
    const pool = new FakePool(['1'])

    pool.fail('1', 'upstream_overloaded', { retryAfterMs })

    expect(pool.use({ allowSoft: true })).toBe('1')
  })

  it('by exhausted quota without a hint is long', async () => {
    const pool = new FakePool(['1'])
    pool.fail('1', 'upstream_quota_exhausted')

    await pool.clock.advance(15 * minute - 1)
    const before = pool.refusal()
    await pool.clock.advance(1)

    expect(before.reasons).toEqual(['1: upstream_quota_exhausted, left out for 1 s more'])
    expect(pool.use()).toBe('1')
  })

  it.each([
    ['upstream_rate_limited', { retryAfterMs: 5_000 }],
    ['upstream_model_unavailable', {}],
  ] as const)('by %s concerns one model of the target', (code, options) => {
    const pool = new FakePool(['1', '2'])

    pool.fail('1', code, { ...options, model: 'x' })

    expect([pool.use({ model: 'x' }), pool.use({ model: 'x' })]).toEqual(['2', '2'])
    expect([pool.use({ model: 'y' }), pool.use({ model: 'y' })]).toEqual(['1', '2'])
    expect(pool.changes).toMatchObject([{ state: 'cooling', model: 'x' }])
  })

  it('by an unavailable model lasts five minutes', async () => {
    const pool = new FakePool(['1'])
    pool.fail('1', 'upstream_model_unavailable')

    await pool.clock.advance(5 * minute - 1)
    const before = pool.refusal()
    await pool.clock.advance(1)

    expect(before.reasons).toHaveLength(1)
    expect(pool.use()).toBe('1')
  })

  it('is not shortened by a weaker one that comes later', () => {
    const pool = new FakePool(['1'])
    const [slow, other] = [pool.take(), pool.take()]

    other.release(failure('upstream_quota_exhausted', { retryAfterMs: 60_000 }))
    slow.release(failure('upstream_error'))

    expect(pool.refusal({ allowSoft: true }).retryAfterMs).toBe(60_000)
  })

  it('that is hard and over does not hide a soft one that holds', async () => {
    const pool = new FakePool(['1', '2'])
    const [general, specific] = [pool.take({ targetName: '1' }), pool.take({ targetName: '1' })]
    general.release(failure('upstream_overloaded', { retryAfterMs: 1_000 }))
    specific.release(failure('upstream_model_unavailable'))

    await pool.clock.advance(1_000)

    expect(pool.use({ model: 'm' })).toBe('2')
    expect(pool.use({ model: 'm' })).toBe('2')
  })

  it('does not remember models with names that no provider has', () => {
    const pool = new FakePool(['1'])
    const model = 'x'.repeat(10_000)

    pool.fail('1', 'upstream_model_unavailable', { model })

    expect(pool.use({ model })).toBe('1')
  })
})

describe('a softly excluded target', () => {
  it('is left alone while another is ready', () => {
    const pool = new FakePool(['1', '2'])
    pool.fail('1', 'upstream_error')

    expect([1, 2, 3].map(() => pool.use({ allowSoft: true }))).toEqual(['2', '2', '2'])
  })

  it('gives way when nothing else is left, the one that recovers first', () => {
    const pool = new FakePool(['1', '2', '3'])
    pool.fail('1', 'upstream_quota_exhausted')
    pool.fail('2', 'upstream_error')
    pool.fail('3', 'upstream_overloaded', { retryAfterMs: 100 })

    expect(() => pool.take()).toThrow('left out')
    expect(pool.take({ allowSoft: true }).target.name).toBe('2')
  })

  it('is not used twice by one call', () => {
    const pool = new FakePool(['1'])
    pool.fail('1', 'upstream_error')

    expect(() => pool.take({ allowSoft: true, tried: ['id--1'] })).toThrow(
      'every target has been tried',
    )
  })

  it('is back for all when it works', () => {
    const pool = new FakePool(['1', '2'])
    pool.fail('1', 'upstream_error')

    pool.use({ targetName: '1', allowSoft: true })

    expect(pool.changes.map(({ state }) => state)).toEqual(['cooling', 'ready'])
    expect([pool.use(), pool.use()].toSorted()).toEqual(['1', '2'])
  })
})

describe('a call that began before an exclusion', () => {
  it('does not end it by succeeding', () => {
    const pool = new FakePool(['1'])
    const old = pool.take()
    pool.fail('1', 'upstream_overloaded', { retryAfterMs: 60_000 })

    old.firstPart()
    old.release('done')

    expect(pool.refusal({ allowSoft: true }).retryAfterMs).toBe(60_000)
  })
})

describe('the reasons why there is no target', () => {
  it('name an unknown target, a missing one, and a model that none serves', () => {
    const none = new FakePool([])
    const one = new FakePool([
      { id: 'i', name: '1', weight: 1, stateScope: '', serves: (model) => model === 'x' },
    ])

    expect(none.refusal().reasons).toEqual(['there is no target'])
    expect(one.refusal({ targetName: '9' }).reasons).toEqual(['no target is named "9"'])
    expect(one.refusal({ model: 'y' }).reasons).toEqual(['no target serves the model "y"'])
  })
})
