import { describe, expect, it } from 'vitest'
import { bounded } from '../src/bounded.ts'
import { BoundedMap } from '../src/bounded-map.ts'
import { FakeClock } from './fake-clock.ts'

describe('a question that is bounded in time', () => {
  it('gives its answer, and leaves no timer', async () => {
    const clock = new FakeClock()

    expect(await bounded(clock, 1_000, () => 'now')).toBe('now')
    expect(await bounded(clock, 1_000, async () => 'soon')).toBe('soon')
    expect(clock.timers).toBe(0)
  })

  it.each([
    ['rejects', () => Promise.reject(new Error('x'))],
    [
      'throws',
      () => {
        throw new Error('x')
      },
    ],
  ])('fails as what is asked %s', async (_, run) => {
    const clock = new FakeClock()

    await expect(bounded(clock, 1_000, run)).rejects.toThrow('x')
    expect(clock.timers).toBe(0)
  })

  it('fails and says stop when there is no answer in time, whatever comes later', async () => {
    const clock = new FakeClock()
    const late = Promise.withResolvers<never>()
    let signal: AbortSignal | undefined
    const answer = bounded(clock, 1_000, (given) => {
      signal = given
      return late.promise
    })
    const refused = expect(answer).rejects.toMatchObject({ code: 'upstream_timeout' })

    await clock.advance(1_000)
    await refused
    late.reject(new Error('late'))
    await clock.advance(0)

    expect(signal?.aborted).toBe(true)
  })
})

describe('a bounded map', () => {
  it('forgets what was set longest ago', () => {
    const map = new BoundedMap<string, number>(2)
    map.set('a', 1)
    map.set('b', 2)
    map.set('a', 3)
    map.set('c', 4)

    expect([...map]).toEqual([
      ['a', 3],
      ['c', 4],
    ])
    expect([map.size, map.get('b'), map.delete('a'), map.delete('a')]).toEqual([
      2,
      undefined,
      true,
      false,
    ])
  })
  it('never has more than its limit, and keeps most of it', () => {
    const map = new BoundedMap<number, number>(100)
    for (let key = 0; key < 1_000; key += 1) {
      map.set(key, key)
      expect(map.size).toBeLessThanOrEqual(100)
    }

    for (let key = 920; key < 1_000; key += 1) expect(map.get(key)).toBe(key)
  })

  it('keeps what is set again and again, however many others come', () => {
    const map = new BoundedMap<string, number>(100)
    for (let other = 0; other < 10_000; other += 1) {
      map.set('hot', other)
      map.set(`other ${other}`, other)
      expect(map.get('hot')).toBe(other)
    }
  })

  it('costs the same for a key that is set again and again', () => {
    const map = new BoundedMap<string, number>(50_000)
    for (let key = 0; key < 50_000; key += 1) map.set(`key ${key}`, key)
    const start = performance.now()
    for (let again = 0; again < 200_000; again += 1) map.set('key 7', again)

    // A map that moves the key every time needs about a minute.
    expect(performance.now() - start).toBeLessThan(2_000)
  })
})
