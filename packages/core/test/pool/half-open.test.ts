import { describe, expect, it } from 'vitest'
import type { TargetLease } from '../../src/pool/lease.ts'
import { FakePool, failure } from '../support/fake-pool.ts'

/** Takes as many targets as there are to have, at most 100. */
function takeAll(pool: FakePool): TargetLease[] {
  return Array.from({ length: 100 }, () => {
    try {
      return [pool.take()]
    } catch {
      return []
    }
  }).flat()
}

describe('a target whose exclusion ran out', () => {
  async function recovering(...targets: string[]): Promise<FakePool> {
    const pool = new FakePool(targets)
    pool.fail('1', 'upstream_error')
    await pool.clock.advance(1_000)
    return pool
  }

  it('gets one call of a hundred at a time', async () => {
    const pool = await recovering('1')

    const first = takeAll(pool)
    first[0]?.release('cancelled')
    const second = takeAll(pool)

    expect([first.length, second.length]).toEqual([1, 1])
  })

  it('lets the others go elsewhere meanwhile', async () => {
    const pool = await recovering('1', '2')

    const used = takeAll(pool).map(({ target }) => target.name)

    expect(used.filter((name) => name === '1')).toHaveLength(1)
    expect(used).toHaveLength(100)
  })

  it('is back for everybody at the trial’s first part, not only at its end', async () => {
    const pool = await recovering('1')
    const [trial] = takeAll(pool)

    trial?.firstPart()

    expect(takeAll(pool)).toHaveLength(100)
    expect(pool.changes.at(-1)).toMatchObject({ state: 'ready' })
  })

  it('stays out longer when the trial fails', async () => {
    const pool = await recovering('1')

    pool.take().release(failure('upstream_error'))

    expect(pool.changes.at(-1)?.exclusion?.until).toBe(pool.clock.now() + 2_000)
    expect(takeAll(pool)).toHaveLength(0)
  })

  it('is undecided when the trial is cancelled', async () => {
    const pool = await recovering('1')

    pool.take().release('cancelled')

    expect(pool.changes).toHaveLength(1)
    expect(takeAll(pool)).toHaveLength(1)
  })

  it('has no second trial because an old one ends late', async () => {
    const pool = await recovering('1')
    const old = pool.take()
    old.firstPart()
    pool.fail('1', 'upstream_error')
    await pool.clock.advance(2_000)
    const trial = pool.take()

    old.release('done')

    expect(takeAll(pool)).toHaveLength(0)
    trial.release('cancelled')
  })

  it('goes on counting failures when its answers break off after the first part', async () => {
    const pool = await recovering('1')
    const trial = pool.take()
    trial.firstPart()

    trial.release(failure('stream_interrupted'))

    expect(pool.changes.at(-1)?.exclusion?.until).toBe(pool.clock.now() + 2_000)
  })
})

describe('in-flight counts', () => {
  it('return to zero however calls end, and count no release twice', () => {
    const pool = new FakePool(['1', '2'])
    const leases = Array.from({ length: 9 }, () => pool.take({ allowSoft: true }))
    const busy = pool.inFlight

    leases.forEach((lease, index) => {
      const results = ['done', 'cancelled', failure('upstream_error')] as const
      lease.release(results[index % 3] ?? 'done')
      lease.release('done')
    })

    expect(busy).toBe(9)
    expect(pool.inFlight).toBe(0)
  })
})

describe('a failure that the call may not blame on anybody', () => {
  it('cools nothing', () => {
    const pool = new FakePool(['1'])

    pool.take().release(failure('upstream_error'), { blame: false })

    expect(pool.use()).toBe('1')
  })
})
