import { describe, expect, it } from 'vitest'
import { createWeighted } from '../../src/pool/strategies/weighted.ts'
import { FakePool } from '../support/fake-pool.ts'
import { fakeTarget } from '../support/fake-provider.ts'

function sequence(pool: FakePool, length: number, model = 'm'): string {
  return Array.from({ length }, () => pool.use({ model })).join('')
}

describe('round robin', () => {
  it('steps once per choice while calls overlap', () => {
    const pool = new FakePool(['1', '2', '3'])

    const leases = Array.from({ length: 6 }, () => pool.take())

    expect(leases.map(({ target }) => target.name).join('')).toBe('123123')
  })

  it('keeps two models in turn from always meeting the same targets', () => {
    const serves = (...models: string[]) => ({ serves: (model: string) => models.includes(model) })
    const pool = new FakePool([
      fakeTarget('1', '', serves('x')),
      fakeTarget('2', '', serves('x', 'y')),
      fakeTarget('3', '', serves('y')),
    ])

    const pairs = Array.from({ length: 4 }, () => [
      pool.use({ model: 'x' }),
      pool.use({ model: 'y' }),
    ])

    expect(pairs.map(([x]) => x).join('')).toBe('1212')
    expect(pairs.map(([, y]) => y).join('')).toBe('2323')
  })

  it('counts all models as one rotation where every target serves all', () => {
    const pool = new FakePool(['1', '2', '3'])

    const used = ['x', 'y', 'x', 'y', 'x', 'y'].map((model) => pool.use({ model }))

    expect(used.join('')).toBe('123123')
  })
})

describe('weighted', () => {
  const weighted = () =>
    new FakePool(
      [
        fakeTarget('a', '', { weight: 5 }),
        fakeTarget('b', '', { weight: 1 }),
        fakeTarget('c', '', { weight: 1 }),
      ],
      { strategy: createWeighted() },
    )

  it('shares the rest by weight while one is out, and does not make up for it afterwards', async () => {
    const pool = weighted()
    pool.fail('a', 'upstream_overloaded', { retryAfterMs: 1_000 })

    const without = sequence(pool, 4)
    await pool.clock.advance(1_000)

    expect(without).toBe('bcbc')
    expect(sequence(pool, 7).replaceAll(/[^a]/g, '')).toHaveLength(5)
  })
})
