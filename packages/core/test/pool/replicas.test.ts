import { describe, expect, it } from 'vitest'
import { createMemoryStateStore } from '../../src/memory-state-store.ts'
import { SharedExclusions } from '../../src/pool/shared-exclusions.ts'
import type { StateStore } from '../../src/state-store.ts'
import { FakeClock, settle } from '../fake-clock.ts'
import { FakePool } from '../support/fake-pool.ts'

/** Replicas of one gateway: a store, and pools of the same targets in processes of their own. */
function replicas(count: number, targets: readonly string[] = ['1', '2']) {
  const clock = new FakeClock()
  const store = createMemoryStateStore({ clock })
  const pools = Array.from({ length: count }, (_, index) =>
    replica(index, { clock, store, targets }),
  )
  return { clock, store, pools }
}

function replica(
  index: number,
  parts: {
    readonly clock: FakeClock
    readonly store: StateStore
    readonly targets: readonly string[]
  },
): FakePool {
  const { clock, store, targets } = parts
  const sharing = new SharedExclusions({
    store,
    clock,
    writer: `replica-${index}`,
    onError: (error) => {
      throw error
    },
  })
  return new FakePool(targets, { clock, sharing })
}

describe('exclusions of several replicas', () => {
  it('end everywhere when the target works again for one', async () => {
    const { pools } = replicas(2)
    pools[0]?.fail('1', 'upstream_error')
    await settle()

    pools[1]?.use({ targetName: '1', allowSoft: true })
    await settle()

    expect(pools.map((pool) => [pool.use(), pool.use()].toSorted())).toEqual([
      ['1', '2'],
      ['1', '2'],
    ])
  })

  it('run out by themselves, with one trial in each replica', async () => {
    const { pools, clock } = replicas(2, ['1'])
    pools[0]?.fail('1', 'upstream_overloaded', { retryAfterMs: 5_000 })
    await clock.advance(5_000)

    for (const pool of pools) {
      pool.take()
      expect(() => pool.take()).toThrow('a trial is under way')
    }
  })

  it('are not healed by the echo of an old success', async () => {
    const { pools, store } = replicas(1, ['1'])
    const told: string[] = []
    store.subscribe('', ({ value }) => told.push(String(value)))
    pools[0]?.fail('1', 'upstream_error')
    pools[0]?.use({ allowSoft: true })
    await settle()
    pools[0]?.fail('1', 'upstream_overloaded', { retryAfterMs: 5_000 })

    const echo = told.findLast((value) => !value.includes('exclusion'))
    await store.set('target/id--1/', String(echo), { ttlMs: 1_000 })

    expect(echo).toContain('replica-0')
    expect(pools[0]?.refusal().retryAfterMs).toBe(5_000)
  })

  it.each([
    '',
    'null',
    '[]',
    '{"writer":"x"}',
    '{"writer":"x","targetId":"id--1","model":"","exclusion":{}}',
    '{"writer":"x","targetId":"id--1","model":"","exclusion":7}',
    '{"writer":"x","targetId":"id--1","model":"","exclusion":{"kind":"hard","reason":"r","until":5}}',
  ])('are not made up from %j in the store', async (value) => {
    const { pools, store } = replicas(1, ['1'])

    await store.set('target/id--1/', value, { ttlMs: 1_000 })

    expect(pools[0]?.use()).toBe('1')
  })

  it('wait in no line for a store that hangs', async () => {
    const clock = new FakeClock()
    const memory = createMemoryStateStore({ clock })
    const answers: (() => void)[] = []
    const written: string[] = []
    const store: StateStore = {
      ...memory,
      set: (_key, value) => {
        written.push(value)
        return new Promise((resolve) => answers.push(resolve))
      },
    }
    const pool = replica(0, { clock, store, targets: ['1'] })

    for (let round = 0; round < 50; round += 1) {
      pool.fail('1', 'upstream_error')
      pool.use({ allowSoft: true })
    }
    await settle()
    const early = written.length
    answers[0]?.()
    await settle()
    answers[1]?.()
    await settle()

    expect([early, written.length]).toEqual([1, 2])
    expect(written[1]).not.toContain('exclusion')
  })

  it('have keys of bounded length, whatever clients ask for', async () => {
    const { pools, store } = replicas(1, ['1'])
    const keys: string[] = []
    store.subscribe('', ({ key }) => keys.push(key))

    pools[0]?.fail('1', 'upstream_model_unavailable', { model: 'ж'.repeat(250) })
    await settle()

    expect(keys[0]?.length).toBeLessThan(60)
  })
})
