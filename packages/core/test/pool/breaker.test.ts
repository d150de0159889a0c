import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type BreakerRules, defaultBreakerRules } from '../../src/pool/breaker.ts'
import { defaultCooldownRules } from '../../src/pool/exclusion.ts'
import { poolRules } from '../../src/pool/pool-rules.ts'
import { FakePool, failure } from '../support/fake-pool.ts'
import { codes } from '../support/pool-parts.ts'

const seconds = 1_000

function guarded(breaker: Partial<BreakerRules> = {}, targets = ['1']): FakePool {
  const { cooldown: rules } = poolRules({ breaker })
  return new FakePool(targets, { rules })
}

/** Lets calls fail that began one after the other, while others would not have been let through. */
function failInRow(pool: FakePool, times: number, code = 'upstream_error' as const): void {
  for (let time = 0; time < times; time += 1) pool.fail('1', code)
}

function stateOf(pool: FakePool) {
  const exclusion = pool.pool.health()[0]?.exclusions[0]?.exclusion
  return exclusion && { reason: exclusion.reason, forMs: exclusion.until - pool.clock.now() }
}

const open = (forMs: number) => ({ reason: 'breaker open', forMs })

/** Fails the one trial after everything that holds is over. */
async function failTrial(pool: FakePool): Promise<void> {
  await pool.clock.advance(stateOf(pool)?.forMs ?? 0)
  pool.take().release(failure('upstream_error'))
}

describe('a breaker', () => {
  it('opens after failures in a row, and tells so', () => {
    const pool = guarded()
    failInRow(pool, 4)
    const before = stateOf(pool)

    failInRow(pool, 1)

    expect(before?.reason).toBe('upstream_error')
    expect(stateOf(pool)).toEqual(open(30 * seconds))
    expect(pool.changes.at(-1)).toMatchObject({
      state: 'cooling',
      exclusion: { kind: 'soft', reason: 'breaker open' },
    })
    expect(pool.refusal().reasons).toEqual(['1: breaker open, left out for 30 s more'])
  })

  it('gives way when nothing else is left', () => {
    const pool = guarded()
    failInRow(pool, 5)

    expect(pool.use({ allowSoft: true })).toBe('1')
  })

  it('does not count failures in a row over a success', () => {
    const pool = guarded({ minimum: 1_000 })
    failInRow(pool, 4)
    pool.use({ allowSoft: true })
    failInRow(pool, 4)

    expect(stateOf(pool)?.reason).toBe('upstream_error')
  })

  it('opens when more than half of the outcomes in its window are failures', () => {
    const pool = guarded({ failures: 1_000 })
    const outcomes = 'good bad good bad good bad good bad good'.split(' ')
    for (const outcome of outcomes) {
      if (outcome === 'bad') failInRow(pool, 1)
      else pool.use({ allowSoft: true })
    }
    failInRow(pool, 1)
    const half = stateOf(pool)

    failInRow(pool, 1)

    expect(half?.reason).toBe('upstream_error')
    expect(stateOf(pool)).toEqual(open(30 * seconds))
  })

  it('draws no conclusion from a few outcomes, nor from old ones', async () => {
    const pool = guarded({ failures: 1_000, minimum: 4, openMs: 100 * seconds })
    failInRow(pool, 3)
    const few = stateOf(pool)
    await pool.clock.advance(40 * seconds)
    failInRow(pool, 3)
    const old = stateOf(pool)
    failInRow(pool, 1)

    expect([few?.reason, old?.reason]).toEqual(['upstream_error', 'upstream_error'])
    expect(stateOf(pool)?.reason).toBe('breaker open')
  })

  it('is open behind a reason that outlasts it: only a trial decides then', async () => {
    const pool = guarded()
    pool.fail('1', 'upstream_quota_exhausted')
    failInRow(pool, 5)
    const meanwhile = stateOf(pool)
    await pool.clock.advance(15 * 60 * seconds)

    pool.take().release(failure('upstream_error'))

    expect(meanwhile).toEqual({ reason: 'upstream_quota_exhausted', forMs: 15 * 60 * seconds })
    expect(stateOf(pool)).toEqual(open(60 * seconds))
  })

  it.each(
    codes.map((code) => [code, failure(code).policy.cools === 'target' ? 'opens' : 'stays shut']),
  )('on %s %s', (code, expected) => {
    const pool = guarded()
    for (let time = 0; time < 20; time += 1) {
      try {
        pool.fail('1', code)
      } catch {
        // A rejected credential is hard.
      }
    }

    expect(stateOf(pool)?.reason === 'breaker open' ? 'opens' : 'stays shut').toBe(expected)
  })

  it('counts only failures in a row where it has no window', async () => {
    const pool = guarded({ windowMs: 0, minimum: 2, failures: 5 })
    for (let time = 0; time < 4; time += 1) {
      failInRow(pool, 1)
      await pool.clock.advance(1)
    }
    const before = stateOf(pool)
    failInRow(pool, 1)

    expect([before?.reason, stateOf(pool)?.reason]).toEqual(['upstream_error', 'breaker open'])
  })

  it('leaves failures with a hint to the hint', () => {
    const pool = guarded()
    for (let time = 0; time < 20; time += 1) {
      pool.fail('1', 'upstream_overloaded', { retryAfterMs: 0 })
    }

    expect(stateOf(pool)).toBeUndefined()
  })

  it('takes no notice of calls that were cancelled, or that may blame nobody', () => {
    const pool = guarded({ minimum: 1_000 })
    failInRow(pool, 4)
    for (let time = 0; time < 50; time += 1) {
      pool.take({ allowSoft: true }).release('cancelled')
      pool.take({ allowSoft: true }).release(failure('upstream_error'), { blame: false })
    }
    const after = stateOf(pool)

    failInRow(pool, 1)

    expect([after?.reason, stateOf(pool)?.reason]).toEqual(['upstream_error', 'breaker open'])
  })

  it('counts streams that break off after their first part', () => {
    const pool = guarded()
    for (let time = 0; time < 5; time += 1) {
      const lease = pool.take({ allowSoft: true })
      lease.firstPart()
      lease.release(failure('stream_interrupted'))
    }

    expect(stateOf(pool)).toEqual(open(30 * seconds))
  })

  it('can be switched off', () => {
    const { cooldown: rules } = poolRules({ breaker: false })
    const pool = new FakePool(['1'], { rules })
    failInRow(pool, 50)

    expect(stateOf(pool)?.reason).toBe('upstream_error')
  })

  it('survives a new pool with another window, as a reload makes one', () => {
    const old = guarded({ failures: 3 })
    failInRow(old, 2)
    const { cooldown: rules } = poolRules({ breaker: { failures: 3, windowMs: 1_000 } })
    const fresh = new FakePool(['1'], { states: old.states, clock: old.clock, rules })

    failInRow(fresh, 1)

    expect(stateOf(fresh)?.reason).toBe('breaker open')
  })
})

describe('an open breaker', () => {
  it('is not made to last longer by calls that had no choice', async () => {
    const pool = guarded()
    failInRow(pool, 5)
    await pool.clock.advance(10 * seconds)

    failInRow(pool, 100)

    expect(stateOf(pool)).toEqual(open(20 * seconds))
  })

  it('doubles with every trial that fails, up to its limit', async () => {
    const pool = guarded()
    failInRow(pool, 5)
    const periods = [stateOf(pool)?.forMs]
    for (let trial = 0; trial < 5; trial += 1) {
      await failTrial(pool)
      periods.push(stateOf(pool)?.forMs)
    }

    expect(periods).toEqual([30, 60, 120, 240, 300, 300].map((time) => time * seconds))
  })

  it('lets one trial at a time through when its time is over', async () => {
    const pool = guarded({}, ['1', '2'])
    failInRow(pool, 5)
    await pool.clock.advance(30 * seconds)

    const used = Array.from({ length: 10 }, () => pool.take().target.name)

    expect(used.filter((name) => name === '1')).toHaveLength(1)
  })

  it('is undecided when its trial is cancelled, or answered with a limit', async () => {
    const pool = guarded()
    failInRow(pool, 5)
    await pool.clock.advance(30 * seconds)
    pool.take().release('cancelled')
    pool.fail('1', 'upstream_rate_limited', { retryAfterMs: 1_000 })
    await pool.clock.advance(1_000)

    pool.take().release(failure('upstream_error'))

    expect(stateOf(pool)).toEqual(open(60 * seconds))
  })

  it('is shut by a success, which resets it', async () => {
    const pool = guarded()
    failInRow(pool, 5)
    await failTrial(pool)
    await pool.clock.advance(60 * seconds)
    pool.use()
    const shut = stateOf(pool)

    failInRow(pool, 4)
    const few = stateOf(pool)
    failInRow(pool, 1)

    expect([shut, few?.reason]).toEqual([undefined, 'upstream_error'])
    expect(stateOf(pool)).toEqual(open(30 * seconds))
  })

  it('is shut by a success of a call that had no choice', () => {
    const pool = guarded()
    failInRow(pool, 5)

    pool.use({ allowSoft: true })

    expect(stateOf(pool)).toBeUndefined()
  })

  it('opens again for longer when the answer that shut it breaks off', async () => {
    const pool = guarded()
    failInRow(pool, 5)
    await pool.clock.advance(30 * seconds)
    const trial = pool.take()
    trial.firstPart()
    const shut = stateOf(pool)

    trial.release(failure('stream_interrupted'))

    expect(shut).toBeUndefined()
    expect(stateOf(pool)).toEqual(open(60 * seconds))
  })

  it('does not open again for calls that began before it had opened', async () => {
    const pool = guarded()
    const old = Array.from({ length: 50 }, () => pool.take())
    failInRow(pool, 5)
    await pool.clock.advance(30 * seconds)
    pool.use()

    for (const lease of old) lease.release(failure('upstream_unreachable'))

    expect(stateOf(pool)?.reason).toBe('upstream_unreachable')
  })

  it('is not reset by a call that began before it had opened', async () => {
    const pool = guarded()
    const old = pool.take()
    failInRow(pool, 5)

    old.firstPart()
    old.release('done')

    expect(stateOf(pool)).toEqual(open(30 * seconds))
    await failTrial(pool)
    expect(stateOf(pool)).toEqual(open(60 * seconds))
  })

  it('leaves a hint alone that is told meanwhile', () => {
    const pool = guarded()
    failInRow(pool, 5)

    pool.fail('1', 'upstream_overloaded', { retryAfterMs: 90 * seconds })

    expect(stateOf(pool)).toEqual({ reason: 'upstream_overloaded', forMs: 90 * seconds })
    expect(() => pool.take({ allowSoft: true })).toThrow('upstream_overloaded')
  })
})

describe('any sequence of outcomes', () => {
  const steps = {
    good: (pool: FakePool) => pool.use({ allowSoft: true }),
    bad: (pool: FakePool) => pool.fail('1', 'upstream_error'),
    left: (pool: FakePool) => pool.take({ allowSoft: true }).release('cancelled'),
    limited: (pool: FakePool) => pool.fail('1', 'upstream_rate_limited'),
    later: (pool: FakePool) => pool.clock.advance(5 * seconds),
  }
  const { maxOpenMs } = defaultBreakerRules
  const maxMs = defaultCooldownRules.maxMs * 1.2

  it('opens a breaker for no longer than its limit, and a success always shuts it', async () => {
    const names = fc.constantFrom(...(Object.keys(steps) as (keyof typeof steps)[]))
    await fc.assert(
      fc.asyncProperty(fc.array(names, { maxLength: 100 }), async (outcomes) => {
        const pool = guarded()
        for (const outcome of outcomes) {
          await steps[outcome](pool)

          const { reason, forMs = 0 } = stateOf(pool) ?? {}
          expect(forMs).toBeLessThanOrEqual(reason === 'breaker open' ? maxOpenMs : maxMs)
          expect(outcome === 'good' && reason !== undefined).toBe(false)
        }
      }),
      { numRuns: 200 },
    )
  })
})
