import { describe, expect, it } from 'vitest'
import { decisive, defaultCooldownRules, type Exclusion } from '../../src/pool/exclusion.ts'
import { poolRules } from '../../src/pool/pool-rules.ts'
import {
  asks,
  exclusionOf,
  failure,
  leased,
  poolOf,
  unavailable,
  use,
} from '../support/pool-parts.ts'

const { cooldown: withoutBreaker } = poolRules({ breaker: false })

const hinted = (ms: number) => failure('upstream_overloaded', { retryAfterMs: ms })

describe('an excluded target', () => {
  it('gives way only when allowed if the reason is our own guess', () => {
    const { pool } = poolOf(['1'])
    use(pool, {}, failure('upstream_overloaded'))

    expect(unavailable(pool.select(asks()))).toMatchObject({ rejected: [] })
    expect(use(pool, { allowSoft: true })).toBe('1')
  })

  it('never gives way to a call if the provider told how long', async () => {
    const { pool, clock } = poolOf(['1', '2'])
    use(pool, {}, hinted(5_000))
    use(pool, {}, hinted(3_000))
    await clock.advance(1_000)

    expect(unavailable(pool.select(asks({ allowSoft: true })))).toEqual({
      reasons: [
        '1: upstream_overloaded, left out for 4 s more',
        '2: upstream_overloaded, left out for 2 s more',
      ],
      rejected: [],
      retryAfterMs: 2_000,
    })
  })

  it('is taken first if it recovers first', () => {
    const { pool } = poolOf(['1', '2', '3'])
    use(pool, {}, failure('upstream_quota_exhausted'))
    use(pool, {}, failure('upstream_overloaded'))
    use(pool, {}, failure('upstream_quota_exhausted'))

    expect(use(pool, { allowSoft: true })).toBe('2')
    expect(use(pool, { allowSoft: true, tried: ['2'] })).toBe('1')
  })

  it('comes back with one trial at a time', async () => {
    const { pool, clock } = poolOf(['1'])
    use(pool, {}, hinted(1_000))
    await clock.advance(1_000)

    const selections = Array.from({ length: 100 }, () => pool.select(asks()))
    const leases = selections.flatMap((one) => ('lease' in one ? [one.lease] : []))
    expect(leases).toHaveLength(1)

    leases[0]?.release('done')
    expect(pool.health()).toMatchObject([{ inFlight: 0 }])
    expect(
      Array.from({ length: 100 }, () => pool.select(asks())).every((one) => 'lease' in one),
    ).toBe(true)
  })

  it('keeps its one trial while calls that had no choice come and go', async () => {
    const { pool, clock } = poolOf(['1'])
    use(pool, {}, failure('upstream_overloaded'))
    await clock.advance(2_000)
    const trial = leased(pool.select(asks()))

    use(pool, { allowSoft: true }, 'cancelled')

    expect('unavailable' in pool.select(asks())).toBe(true)
    trial.release('cancelled')
    expect('lease' in pool.select(asks())).toBe(true)
  })

  it('stays out longer after every trial that fails, up to the limit', async () => {
    const { pool, clock } = poolOf(['1'], { rules: withoutBreaker })
    const pauses: number[] = []
    for (let trial = 0; trial < 9; trial += 1) {
      use(pool, {}, failure('upstream_overloaded'))
      const until = exclusionOf(pool)?.until ?? 0
      pauses.push(until - clock.now())
      await clock.advance(until - clock.now())
    }

    expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60].map((seconds) => seconds * 1_000))
  })

  it('starts from the beginning after a trial that succeeds', async () => {
    const { pool, clock, changes } = poolOf(['1'])
    use(pool, {}, failure('upstream_overloaded'))
    await clock.advance(1_000)
    use(pool, {}, failure('upstream_overloaded'))
    await clock.advance(2_000)
    use(pool, {}, 'done')
    use(pool, {}, failure('upstream_overloaded'))

    expect((changes.at(-1)?.exclusion?.until ?? 0) - clock.now()).toBe(1_000)
    expect(changes.map(({ state }) => state)).toEqual(['cooling', 'cooling', 'ready', 'cooling'])
  })

  it('counts calls that broke together as one failure', () => {
    const { pool, clock } = poolOf(['1'], { rules: withoutBreaker })
    const leases = Array.from({ length: 50 }, () => leased(pool.select(asks())))

    for (const lease of leases) lease.release(failure('upstream_unreachable'))

    expect((exclusionOf(pool)?.until ?? 0) - clock.now()).toBe(1_000)
  })

  it('is not excused by an answer that had begun before', () => {
    const { pool } = poolOf(['1'])
    const early = leased(pool.select(asks()))
    use(pool, {}, hinted(60_000))

    early.release('done')

    expect('unavailable' in pool.select(asks({ allowSoft: true }))).toBe(true)
  })

  it('keeps a hint although another call fails without one', () => {
    const { pool, clock } = poolOf(['1'])
    const other = leased(pool.select(asks()))
    use(pool, {}, hinted(60_000))

    other.release(failure('upstream_error'))

    expect(exclusionOf(pool)).toEqual({
      kind: 'hard',
      until: clock.now() + 60_000,
      reason: 'upstream_overloaded',
    })
  })

  it('waits for the longer of two reasons although the harder one is over', async () => {
    const { pool, clock } = poolOf(['1'])
    const [first, second] = [leased(pool.select(asks())), leased(pool.select(asks()))]
    first.release(failure('upstream_quota_exhausted'))
    second.release(failure('upstream_rate_limited', { retryAfterMs: 1_000 }))
    await clock.advance(1_000)

    expect('unavailable' in pool.select(asks())).toBe(true)
    expect(use(pool, { allowSoft: true })).toBe('1')
  })

  it.each([
    ['a hint, capped', failure('upstream_rate_limited', { retryAfterMs: 1e12 }), 24 * 3_600_000],
    ['exhausted quota', failure('upstream_quota_exhausted'), 15 * 60_000],
    ['quota with a hint', failure('upstream_quota_exhausted', { retryAfterMs: 7_000 }), 7_000],
    ['a missing model', failure('upstream_model_unavailable'), 5 * 60_000],
    ['a rejected key', failure('upstream_credentials_rejected'), 60_000],
    ['an overload', failure('upstream_overloaded'), 1_000],
  ])('is left out for as long as fits: %s', (_name, error, ms) => {
    const { pool, clock, changes } = poolOf(['1'])

    use(pool, {}, error)

    expect(changes.map(({ exclusion }) => (exclusion?.until ?? 0) - clock.now())).toEqual([ms])
  })

  it('jitters its own back-off by a fifth', () => {
    for (const [random, ms] of [
      [0, 800],
      [0.999_999, 1_200],
    ] as const) {
      const { pool, clock } = poolOf(['1'], { random: () => random })
      use(pool, {}, failure('upstream_timeout'))
      expect((exclusionOf(pool)?.until ?? 0) - clock.now()).toBeCloseTo(ms, 2)
    }
  })

  it('serves other models where only one is at fault', () => {
    for (const code of ['upstream_model_unavailable', 'upstream_rate_limited'] as const) {
      const { pool, changes } = poolOf(['1'])
      use(pool, { model: 'a' }, failure(code))

      expect('unavailable' in pool.select(asks({ model: 'a' }))).toBe(true)
      expect(use(pool, { model: 'b' }, 'done')).toBe('1')
      expect('unavailable' in pool.select(asks({ model: 'a' }))).toBe(true)
      expect(changes).toMatchObject([{ state: 'cooling', model: 'a' }])
    }
  })

  it('is not excluded where the call has cooled enough, or the fault is the caller’s', () => {
    const { pool, changes } = poolOf(['1'])

    leased(pool.select(asks())).release(failure('upstream_error'), { blame: false })
    use(pool, {}, failure('invalid_request'))
    use(pool, {}, failure('client_closed_request'))

    expect(changes).toEqual([])
    expect(use(pool)).toBe('1')
  })

  it('forgets the oldest models, but never what holds for all', () => {
    const { pool } = poolOf(['1'])
    const all = leased(pool.select(asks()))
    const others = Array.from({ length: 1_200 }, (_, index) =>
      leased(pool.select(asks({ model: `m${index}` }))),
    )
    all.release(hinted(60_000))
    for (const lease of others) lease.release(failure('upstream_model_unavailable'))

    expect('unavailable' in pool.select(asks({ model: 'unheard', allowSoft: true }))).toBe(true)
  })
})

describe('the decisive exclusion', () => {
  const one = (kind: Exclusion['kind'], until: number, rejected = false): Exclusion => ({
    kind,
    until,
    reason: 'r',
    ...(rejected ? { rejected } : {}),
  })

  it.each([
    ['the longer one', one('soft', 2), one('soft', 1)],
    ['the hard one', one('hard', 1), one('soft', 2)],
    ['the rejected key', one('hard', 1, true), one('hard', 2)],
  ])('is %s', (_name, winner, loser) => {
    expect(decisive(winner, loser, 0)).toBe(winner)
    expect(decisive(loser, winner, 0)).toBe(winner)
    expect(decisive(undefined, loser, 0)).toBe(loser)
  })

  it('has rules that grow', () => {
    expect(defaultCooldownRules.baseMs).toBeLessThan(defaultCooldownRules.maxMs)
    expect(defaultCooldownRules.maxMs).toBeLessThan(defaultCooldownRules.quotaMs)
  })
})
