import { describe, expect, it } from 'vitest'
import { createMemoryStateStore, scopeStateStore } from '../src/memory-state-store.ts'
import type { StateChange } from '../src/state-store.ts'
import { FakeClock } from './fake-clock.ts'

const age = { ttlMs: 1_000 }

function storeOf(maxEntries?: number) {
  const clock = new FakeClock()
  return {
    clock,
    store: createMemoryStateStore({ clock, ...(maxEntries === undefined ? {} : { maxEntries }) }),
  }
}

describe('a store in memory', () => {
  it('forgets an entry at its age', async () => {
    const { clock, store } = storeOf()
    await store.set('k', 'v', age)
    await clock.advance(999)
    expect(await store.get('k')).toBe('v')

    await clock.advance(1)
    expect(await store.get('k')).toBeUndefined()
  })

  it('gives a lease to one', async () => {
    const { clock, store } = storeOf()
    const tries = await Promise.all(
      Array.from({ length: 10 }, (_, one) => store.setIfAbsent('k', `${one}`, age)),
    )
    expect(tries.filter(Boolean)).toHaveLength(1)
    expect(await store.get('k')).toBe('0')

    await clock.advance(1_000)
    expect(await store.setIfAbsent('k', 'next', age)).toBe(true)
  })

  it('changes only what is as expected', async () => {
    const { store } = storeOf()

    expect(await store.compareAndSet('k', 'x', 'v', age)).toBe(false)
    expect(await store.compareAndSet('k', undefined, 'v', age)).toBe(true)
    expect(await store.compareAndSet('k', 'v', 'w', age)).toBe(true)
    expect(await store.get('k')).toBe('w')
  })

  it('counts, from the age of the first', async () => {
    const { clock, store } = storeOf()
    expect(await store.increment('k', 2, age)).toBe(2)
    await clock.advance(900)
    expect(await store.increment('k', 3, age)).toBe(5)
    await clock.advance(100)

    expect(await store.increment('k', 1, age)).toBe(1)
  })

  it('tells changes under a prefix until the subscription ends', async () => {
    const { store } = storeOf()
    const seen: StateChange[] = []
    const end = store.subscribe('a/', (change) => seen.push(change))
    await store.set('a/1', 'v', age)
    await store.set('b/1', 'v', age)
    await store.delete('a/1')
    await store.delete('a/1')
    end()
    await store.set('a/2', 'v', age)

    expect(seen).toEqual([{ key: 'a/1', value: 'v' }, { key: 'a/1' }])
  })

  it('writes although one who listens fails, and tells the others', async () => {
    const { store } = storeOf()
    const seen: string[] = []
    store.subscribe('', () => {
      throw new Error('bug')
    })
    store.subscribe('', ({ key }) => seen.push(key))

    await store.set('k', 'v', age)

    expect(await store.get('k')).toBe('v')
    expect(seen).toEqual(['k'])
  })

  it('gives up the oldest when it is full, and keeps nearly all it may', async () => {
    const { store } = storeOf(100)
    for (let one = 0; one < 150; one += 1) await store.set(`k${one}`, 'v', age)

    const kept = await Promise.all(Array.from({ length: 150 }, (_, one) => store.get(`k${one}`)))
    const first = kept.findIndex((value) => value !== undefined)
    expect(kept.slice(first).every((value) => value === 'v')).toBe(true)
    expect(150 - first).toBeGreaterThanOrEqual(90)
    expect(150 - first).toBeLessThanOrEqual(100)
  })

  it('gives up the oldest when the values are too large together, but never the newest', async () => {
    const store = createMemoryStateStore({ clock: new FakeClock(), maxCharacters: 1_000 })
    for (let one = 0; one < 20; one += 1) await store.set(`k${one}`, 'v'.repeat(100), age)
    await store.set('k19', 'short', age)

    expect(await store.get('k0')).toBeUndefined()
    expect(await store.get('k18')).toHaveLength(100)
    await store.set('large', 'v'.repeat(2_000), age)
    expect(await store.get('large')).toHaveLength(2_000)
    expect(await store.get('k19')).toBeUndefined()
  })

  it('gives up what is over before anything else', async () => {
    const { clock, store } = storeOf(100)
    for (let one = 0; one < 50; one += 1) await store.set(`k${one}`, 'v', age)
    for (let one = 0; one < 50; one += 1) await store.set(`over${one}`, 'v', { ttlMs: 1 })
    await clock.advance(1)
    await store.set('next', 'v', age)

    expect(await store.get('k0')).toBe('v')
  })

  it('does not look at every entry for every write when it is full', async () => {
    const { store } = storeOf(20_000)
    for (let one = 0; one < 60_000; one += 1) await store.set(`k${one}`, 'v', age)

    expect(await store.get('k59999')).toBe('v')
  }, 2_000)
})

describe('an entry that is written again and again', () => {
  it('costs the same as any other', async () => {
    const { store } = storeOf(50_000)
    for (let one = 0; one < 50_000; one += 1) await store.set(`k${one}`, 'v', age)
    for (let again = 0; again < 100_000; again += 1) await store.set('k7', String(again), age)

    expect(await store.get('k7')).toBe('99999')
  }, 3_000)

  it('stays when room is made, with the size that it has now', async () => {
    const store = createMemoryStateStore({ clock: new FakeClock(), maxCharacters: 1_000 })
    for (let one = 0; one < 9; one += 1) await store.set(`k${one}`, 'v'.repeat(100), age)
    await store.set('k5', 'v'.repeat(900), age)

    expect(await store.get('k5')).toHaveLength(900)
    expect(await store.get('k0')).toBeUndefined()
  })
})

describe('a part of a store', () => {
  it('sees and shows only its own keys', async () => {
    const { store } = storeOf()
    const mine = scopeStateStore(store, 'mine/')
    const seen: StateChange[] = []
    const end = mine.subscribe('k', (change) => seen.push(change))

    await store.set('k', 'theirs', age)
    await mine.set('k', '1', age)
    await mine.increment('k', 1, age)
    expect(await mine.compareAndSet('k', '2', '3', age)).toBe(true)
    expect(await mine.setIfAbsent('k', '4', age)).toBe(false)
    expect(await store.get('mine/k')).toBe('3')
    expect(await mine.get('k')).toBe('3')
    await mine.delete('k')
    end()

    expect(await store.get('k')).toBe('theirs')
    expect(seen.map(({ key, value }) => `${key} ${value}`)).toEqual([
      'k 1',
      'k 2',
      'k 3',
      'k undefined',
    ])
  })
})
