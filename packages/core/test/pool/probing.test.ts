import { describe, expect, it } from 'vitest'
import type { GatewayError } from '../../src/errors/gateway-error.ts'
import { settle } from '../fake-clock.ts'
import { ChangingSource, FakePool, failure } from './fake-pool.ts'

const second = 1_000

/** A pool whose probes answer as they are told; counts them with the seconds at which they came. */
function probed(source: ChangingSource = new ChangingSource(['1', '2'])) {
  const at: number[] = []
  let answer: () => Promise<GatewayError | undefined> = async () =>
    failure('upstream_credentials_rejected')
  const pool: FakePool = new FakePool(source, {
    probe: () => {
      at.push(pool.clock.monotonic() / second)
      return answer()
    },
  })
  const become = (next: typeof answer) => {
    answer = next
  }
  return { pool, at, become }
}

describe('a rejected credential', () => {
  it('takes its target out at once, for all models, and names it', () => {
    const { pool } = probed()
    pool.fail('1', 'upstream_credentials_rejected')

    expect([1, 2, 3].map(() => pool.use({ model: 'other' }))).toEqual(['2', '2', '2'])
    expect(pool.refusal({ targetName: '1', allowSoft: true })).toMatchObject({ rejected: ['1'] })
    expect(pool.refusal({ targetName: '1' }).retryAfterMs).toBeUndefined()
    expect(pool.changes).toMatchObject([{ state: 'down' }])
  })

  it('is probed at distances that double up to ten minutes, with no call in between', async () => {
    const { pool, at } = probed()
    pool.fail('1', 'upstream_credentials_rejected')

    for (let step = 0; step < 400; step += 1) {
      await pool.clock.advance(5 * second)
      expect(pool.use()).toBe('2')
    }

    expect(at).toEqual([60, 180, 420, 900, 1500])
  })

  it('is back when a probe succeeds', async () => {
    const { pool, at, become } = probed()
    pool.fail('1', 'upstream_credentials_rejected')
    become(async () => undefined)

    await pool.clock.advance(60 * second)

    expect(at).toEqual([60])
    expect(pool.changes.at(-1)).toMatchObject({ state: 'ready' })
    expect([pool.use(), pool.use()].toSorted()).toEqual(['1', '2'])
    expect(pool.clock.timers).toBe(0)
  })

  it('is probed once at a time, however many calls were rejected', async () => {
    const { pool, at } = probed(new ChangingSource(['1']))
    const leases = Array.from({ length: 10 }, () => pool.take())
    for (const lease of leases) lease.release(failure('upstream_credentials_rejected'))

    await pool.clock.advance(60 * second)

    expect(at).toEqual([60])
    expect(pool.clock.timers).toBe(1)
  })

  it.each([
    [
      'throws',
      () => {
        throw new Error('broken')
      },
    ],
    ['rejects with nothing', () => Promise.reject(undefined)],
  ])('counts as still rejected when the probe %s', async (_, answer) => {
    const { pool, become } = probed(new ChangingSource(['1']))
    pool.fail('1', 'upstream_credentials_rejected')
    become(answer)

    await pool.clock.advance(60 * second)

    expect(pool.refusal().rejected).toEqual(['1'])
  })

  it('is not healed by a call that began before, nor by weaker failures after', () => {
    const { pool } = probed(new ChangingSource(['1']))
    const [good, bad] = [pool.take(), pool.take()]
    pool.fail('1', 'upstream_credentials_rejected')

    good.firstPart()
    good.release('done')
    bad.release(failure('upstream_error'))

    expect(pool.refusal({ allowSoft: true }).rejected).toEqual(['1'])
  })

  it('is not probed any more when its target has gone', async () => {
    const source = new ChangingSource(['1', '2'])
    const { pool, at } = probed(source)
    pool.fail('1', 'upstream_credentials_rejected')

    source.become('2')
    await pool.clock.advance(3_600 * second)

    expect(at).toEqual([])
    expect(pool.clock.timers).toBe(0)
  })

  it('is not probed any more when the pool is closed, also in the middle of a probe', async () => {
    const { pool, become } = probed()
    const answer = Promise.withResolvers<GatewayError | undefined>()
    pool.fail('1', 'upstream_credentials_rejected')
    become(() => answer.promise)
    await pool.clock.advance(60 * second)

    pool.pool.close()
    answer.resolve(failure('upstream_error'))
    await settle()

    expect(pool.clock.timers).toBe(0)
  })

  it('comes back by one trial after a minute where nothing can probe', async () => {
    const pool = new FakePool(['1'])
    pool.fail('1', 'upstream_credentials_rejected')

    await pool.clock.advance(60 * second - 1)
    const before = pool.refusal({ allowSoft: true })
    await pool.clock.advance(1)

    expect(before.rejected).toEqual(['1'])
    expect(pool.use()).toBe('1')
  })
})
