import { describe, expect, it } from 'vitest'
import { AffinityTable } from '../../src/pool/affinity.ts'
import { FakePool, failure } from '../support/fake-pool.ts'

const soft = { affinity: 'soft' } as const

describe('soft affinity', () => {
  it('keeps a conversation where it had its first answer', () => {
    const pool = new FakePool(['1', '2', '3'], soft)
    const home = pool.use({ affinityKey: 'a' })

    const others = ['b', 'c', 'd'].map((affinityKey) => pool.use({ affinityKey }))

    expect(others).toEqual(['2', '3', '1'])
    expect([1, 2, 3].map(() => pool.use({ affinityKey: 'a' }))).toEqual([home, home, home])
  })

  it('holds from the first part on, before the answer ends', () => {
    const pool = new FakePool(['1', '2'], soft)
    const lease = pool.take({ affinityKey: 'a' })

    lease.firstPart()

    expect(pool.use({ affinityKey: 'a' })).toBe(lease.target.name)
  })

  it('leaves at once on failure, and stays with the next one', async () => {
    const pool = new FakePool(['1', '2'], soft)
    pool.use({ affinityKey: 'a' })
    pool.take({ affinityKey: 'a' }).release(failure('upstream_error'))

    const next = pool.use({ affinityKey: 'a' })
    await pool.clock.advance(60_000)

    expect(next).toBe('2')
    expect(pool.use({ affinityKey: 'a' })).toBe('2')
  })

  it('does not leave because of the caller’s own mistake', () => {
    const pool = new FakePool(['1', '2'], soft)
    pool.use({ affinityKey: 'a' })

    pool.take({ affinityKey: 'a' }).release(failure('invalid_request'))

    expect(pool.use({ affinityKey: 'a' })).toBe('1')
  })

  it('does nothing where a backend wants none', () => {
    const pool = new FakePool(['1', '2'])

    expect([1, 2, 3, 4].map(() => pool.use())).toEqual(['1', '2', '1', '2'])
  })

  it('never asks for the conversation’s identity where there is nothing to choose', () => {
    const pool = new FakePool(['1'], soft)
    const call = {
      get affinityKey(): string {
        throw new Error('asked')
      },
    }

    const selection = pool.pool.select({
      model: 'm',
      call: call as never,
      tried: [],
      allowSoft: false,
    })

    expect(selection).toHaveProperty('lease')
    if ('lease' in selection) expect(() => selection.lease.release('done')).not.toThrow()
  })
})

describe('the table of conversations', () => {
  it('forgets the one that was used longest ago', () => {
    const table = new AffinityTable(2)
    table.set('a', '1')
    table.set('b', '2')
    table.set('a', '1')

    table.set('c', '3')

    expect(['a', 'b', 'c'].map((key) => table.get(key))).toEqual(['1', undefined, '3'])
  })
})
