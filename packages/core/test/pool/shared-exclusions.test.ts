import { describe, expect, it } from 'vitest'
import { createMemoryStateStore } from '../../src/memory-state-store.ts'
import { type ExclusionChange, SharedExclusions } from '../../src/pool/shared-exclusions.ts'
import type { StateStore } from '../../src/state-store.ts'
import { FakeClock, settle } from '../fake-clock.ts'
import {
  asks,
  exclusionOf,
  failure,
  leased,
  poolOf,
  unavailable,
  use,
} from '../support/pool-parts.ts'

const hint = failure('upstream_overloaded', { retryAfterMs: 5_000 })

/** Replicas of one pool on one store; their clocks go together. */
function replicas(
  store: (clock: FakeClock) => StateStore = (clock) => createMemoryStateStore({ clock }),
) {
  const clock = new FakeClock()
  const shared = store(clock)
  const warnings: unknown[] = []
  const sharing = () => {
    writers += 1
    return new SharedExclusions({
      store: shared,
      clock,
      writer: `replica ${writers}`,
      onError: (error) => warnings.push(error),
    })
  }
  const replica = (rest: Parameters<typeof poolOf>[1] = {}) =>
    poolOf(['1', '2'], { clock, sharing: sharing(), ...rest })
  return { clock, shared, warnings, replica, sharing }
}

let writers = 0

const isOut = (made: ReturnType<typeof poolOf>, model = 'm') =>
  'unavailable' in made.pool.select(asks({ targetName: '1', allowSoft: true, model }))

const heal = async (made: ReturnType<typeof poolOf>) => {
  use(made.pool, { targetName: '1' }, 'done')
  await settle()
}

describe('replicas that share exclusions', () => {
  it('leave out what one of them was told to leave out, and take it back together', async () => {
    const { clock, replica } = replicas()
    const [mine, other] = [replica(), replica()]
    use(mine.pool, {}, hint)
    await settle()

    expect(isOut(other)).toBe(true)
    expect(other.changes).toMatchObject([{ state: 'cooling', target: { id: '1' } }])

    await clock.advance(5_000)
    await heal(mine)
    expect(other.changes.map(({ state }) => state)).toEqual(['cooling', 'ready'])
    expect(other.pool.health().every(({ exclusions }) => exclusions.length === 0)).toBe(true)
  })

  it('share what concerns one model only, whatever it is called', async () => {
    const { replica } = replicas()
    const [mine, other] = [replica(), replica()]
    const model = 'vendor/ünï code%2F\ud800'
    use(mine.pool, { model: 'a/b%2F' }, failure('upstream_rate_limited', { retryAfterMs: 9_000 }))
    use(mine.pool, { model, targetName: '1' }, failure('upstream_model_unavailable'))
    await settle()

    expect(isOut(other, 'a/b%2F')).toBe(true)
    expect(isOut(other, 'a')).toBe(false)
  })

  it('do not hear themselves', async () => {
    const { replica } = replicas()
    const mine = replica()

    use(mine.pool, {}, hint)
    await settle()

    expect(mine.changes).toHaveLength(1)
  })

  it('write with the age of the exclusion', async () => {
    const { clock, shared, replica } = replicas()
    use(replica().pool, {}, hint)
    await settle()

    await clock.advance(4_999)
    expect(await shared.get('target/1/')).toContain('upstream_overloaded')
    await clock.advance(1)
    expect(await shared.get('target/1/')).toBeUndefined()
  })

  it('learn at their start what holds already', async () => {
    const { replica } = replicas()
    use(replica().pool, {}, hint)
    await settle()

    const late = replica()
    await settle()

    expect(isOut(late)).toBe(true)
  })

  it('each probe a rejected key, and the first success is for all', async () => {
    const { clock, replica } = replicas()
    let works = false
    const probe = async () => (works ? undefined : failure('upstream_credentials_rejected'))
    const [mine, other] = [replica({ probe }), replica({ probe })]
    use(mine.pool, {}, failure('upstream_credentials_rejected'))
    await settle()
    expect(unavailable(other.pool.select(asks({ targetName: '1' }))).rejected).toEqual(['1'])
    mine.pool.close()

    works = true
    await clock.advance(60_000)

    expect(isOut(other)).toBe(false)
    expect(other.changes.map(({ state }) => state)).toEqual(['down', 'ready'])
  })

  it('keep what was excluded again although the news of its return comes late', async () => {
    const { clock, replica, shared } = replicas((own) =>
      delayed(createMemoryStateStore({ clock: own }), own),
    )
    const mine = replica()
    use(mine.pool, {}, hint)
    await clock.advance(5_000)
    use(mine.pool, { targetName: '1' }, 'done')
    use(mine.pool, { targetName: '1' }, hint)

    await clock.advance(1_000)

    expect(isOut(mine)).toBe(true)
    expect(mine.changes.map(({ state }) => state)).toEqual(['cooling', 'ready', 'cooling'])
    expect(await clock.until(shared.get('target/1/'))).toContain('overloaded')
  })

  it('end in the state of the last change, however fast they come', async () => {
    const { clock, replica, sharing } = replicas((own) =>
      delayed(createMemoryStateStore({ clock: own }), own),
    )
    const exchange = sharing()
    const other = replica()
    const change: ExclusionChange = { targetId: '1', model: '' }
    const until = clock.now() + 60_000
    for (let turn = 0; turn < 20; turn += 1) {
      exchange.tell({ ...change, exclusion: { kind: 'hard', until, reason: `r${turn}` } })
      exchange.tell(change)
    }
    exchange.tell({ ...change, exclusion: { kind: 'hard', until: until + 1, reason: 'last' } })

    await clock.advance(1_000)

    expect(isOut(other)).toBe(true)
    expect(exclusionOf(other.pool)?.reason).toBe('last')
  })

  it.each(['reject', 'throw'] as const)(
    'go on alone, and say so, when the store would %s',
    async (way) => {
      const { clock, warnings, replica } = replicas((own) => broken(own, way))
      const made = replica()

      use(made.pool, {}, hint)
      await settle()
      expect(isOut(made)).toBe(true)
      await clock.advance(5_000)
      await heal(made)
      made.pool.close()

      expect(isOut(made)).toBe(false)
      expect(warnings.length).toBeGreaterThan(3)
    },
  )

  it('take no nonsense from the store', async () => {
    const { shared, replica } = replicas()
    const made = replica()
    const exclusion = { kind: 'hard', until: 9e15, reason: 'r' }
    const record = { writer: 'other', targetId: '1', model: '', exclusion }
    const write = (value: unknown) =>
      shared.set('target/1/', typeof value === 'string' ? value : JSON.stringify(value), {
        ttlMs: 1_000,
      })
    for (const value of [
      'no json',
      null,
      7,
      {},
      { ...record, writer: 7 },
      { ...record, targetId: {} },
      { ...record, targetId: 'unknown' },
      { ...record, exclusion: null },
      { ...record, exclusion: { ...exclusion, kind: 'mild' } },
      { ...record, exclusion: { ...exclusion, until: 'soon' } },
      { ...record, exclusion: { ...exclusion, until: 5 } },
      { ...record, exclusion: { ...exclusion, reason: {} } },
    ]) {
      await write(value)
    }
    await settle()

    expect(made.changes).toEqual([])
    await write(record)
    expect(isOut(made)).toBe(true)
  })

  it('hear nothing more once closed, but still tell how their last calls ended', async () => {
    const { replica } = replicas()
    const [mine, other] = [replica(), replica()]
    const lease = leased(mine.pool.select(asks()))
    mine.pool.close()

    use(other.pool, { targetName: '2' }, hint)
    lease.release(hint)
    await settle()

    expect(mine.changes.map(({ target }) => target.id)).toEqual(['1'])
    expect(isOut(other)).toBe(true)
  })
})

/** A store over a slow network: every answer and every message takes a while, in order. */
function delayed(store: StateStore, clock: FakeClock): StateStore {
  const after = () => new Promise<void>((resolve) => clock.after(10, resolve))
  return {
    ...store,
    get: async (key) => after().then(() => store.get(key)),
    set: async (key, value, age) => after().then(() => store.set(key, value, age)),
    delete: async (key) => after().then(() => store.delete(key)),
    subscribe: (prefix, listener) =>
      store.subscribe(prefix, (change) => void clock.after(25, () => listener(change))),
  }
}

function broken(clock: FakeClock, way: 'reject' | 'throw'): StateStore {
  const fail = (): Promise<never> => {
    if (way === 'throw') throw new Error('no connection')
    return Promise.reject(new Error('no connection'))
  }
  const store = createMemoryStateStore({ clock })
  const subscribe = way === 'throw' ? fail : store.subscribe
  return {
    ...store,
    get: fail,
    set: fail,
    delete: fail,
    subscribe: subscribe as typeof store.subscribe,
  }
}
