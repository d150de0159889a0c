import { describe, expect, it } from 'vitest'
import { TargetStates } from '../../src/pool/target-states.ts'
import { ChangingSource, FakePool, failure } from '../support/fake-pool.ts'

describe('the states of targets', () => {
  it('are shared by all pools that have the target', () => {
    const states = new TargetStates()
    const clock = new FakePool(['1']).clock
    const [one, other] = [
      new FakePool(['1'], { states, clock }),
      new FakePool(['1', '2'], { states, clock }),
    ]

    one.fail('1', 'upstream_error')

    expect([other.use(), other.use()]).toEqual(['2', '2'])
  })

  it('survive a new pool for the same targets, as a reload makes one', () => {
    const old = new FakePool(['1', '2'])
    old.fail('1', 'upstream_error')

    const { states, clock } = old
    const fresh = new FakePool(['1', '2'], { states, clock })
    old.pool.close()

    expect([fresh.use(), fresh.use()]).toEqual(['2', '2'])
  })

  it('are forgotten when no pool has the target any more', () => {
    const source = new ChangingSource(['1', '2'])
    const pool = new FakePool(source)

    source.become('2', '3')
    const changed = pool.states.size
    pool.pool.close()

    expect(changed).toBe(2)
    expect(pool.states.size).toBe(0)
    expect(source.subscribers).toBe(0)
  })

  it('stay until the last call has left a target that went away', () => {
    const source = new ChangingSource(['1'])
    const pool = new FakePool(source)
    const lease = pool.take()

    source.become('2')
    const during = pool.states.size
    lease.release(failure('upstream_error'))

    expect(during).toBe(2)
    expect(pool.states.size).toBe(1)
  })

  it('count the calls of a target that went and came back', () => {
    const source = new ChangingSource(['1'])
    const pool = new FakePool(source)
    pool.take()

    source.become()
    source.become('1')

    expect(pool.inFlight).toBe(1)
  })

  it('follow a source that changes without telling', () => {
    const targets = [{ id: 'x', name: 'x', weight: 1, stateScope: '' }]
    let current: typeof targets = []
    const pool = new FakePool({
      current: () => current,
      subscribe: () => () => {},
      defaults: { strategy: 'round-robin', affinity: 'none' },
    })

    current = targets

    expect(pool.use()).toBe('x')
  })

  it('let a retired pool serve the calls that still use it', () => {
    const pool = new FakePool(['1'])
    pool.pool.close()

    const lease = pool.take()
    lease.release('done')

    expect(pool.states.size).toBe(0)
  })
})
