import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { TargetLease } from '../../src/pool/lease.ts'
import { createWeighted } from '../../src/pool/strategies/weighted.ts'
import {
  asks,
  codes,
  failure,
  leased,
  poolOf,
  tinyTarget,
  tinyView,
  unavailable,
  use,
} from '../support/pool-parts.ts'

const times = (count: number, act: () => string) =>
  Array.from({ length: count }, () => act()).join(' ')

describe('round robin', () => {
  it('goes strictly from one to the next', () => {
    const { pool } = poolOf(['1', '2', '3'])

    expect(times(7, () => use(pool))).toBe('1 2 3 1 2 3 1')
  })

  it('passes over a cooling target, which returns at its place', async () => {
    const { pool, clock } = poolOf(['1', '2', '3'])
    expect(use(pool)).toBe('1')
    expect(use(pool, {}, failure('upstream_overloaded', { retryAfterMs: 5_000 }))).toBe('2')
    expect(use(pool)).toBe('3')

    expect(times(5, () => use(pool))).toBe('1 3 1 3 1')
    await clock.advance(5_000)
    expect(times(4, () => use(pool, {}, 'done'))).toBe('2 3 1 2')
  })

  it('leaves out what the call has used already', () => {
    const { pool } = poolOf(['1', '2'])

    expect(use(pool, { tried: ['1'] })).toBe('2')
    expect(unavailable(pool.select(asks({ tried: ['1', '2'] }))).reasons).toEqual([
      'every target has been tried',
    ])
  })
})

describe('weighted rotation', () => {
  it('mixes 5, 1, 1 smoothly', () => {
    const targets = [
      tinyTarget('a', { weight: 5 }),
      tinyTarget('b', { weight: 1 }),
      tinyTarget('c', { weight: 1 }),
    ]
    const { pool } = poolOf(targets, { strategy: createWeighted() })

    expect(times(14, () => use(pool))).toBe('a a b a c a a a a b a c a a')
  })

  it('gives every target its share, whatever the weights', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 6 }),
        (weights) => {
          const targets = weights.map((weight, index) => tinyTarget(`${index}`, { weight }))
          const { pool } = poolOf(targets, { strategy: createWeighted() })
          const round = weights.reduce((sum, weight) => sum + weight)
          const counts = weights.map(() => 0)
          for (let turn = 0; turn < round; turn += 1) {
            const chosen = Number(use(pool))
            counts[chosen] = (counts[chosen] ?? 0) + 1
          }

          expect(counts).toEqual(weights)
        },
      ),
      { numRuns: 50 },
    )
  })
})

describe('what a pool chooses among', () => {
  it('finds a target by its name, and says when there is none', () => {
    const { pool } = poolOf([tinyTarget('1', { name: 'first' }), '2'])

    expect(use(pool, { targetName: 'first' })).toBe('1')
    expect(unavailable(pool.select(asks({ targetName: 'third' }))).reasons).toEqual([
      'no target is named "third"',
    ])
  })

  it('asks targets which models they serve', () => {
    const { pool } = poolOf([tinyTarget('1', { serves: (model) => model === 'small' }), '2'])

    expect(times(3, () => use(pool, { model: 'large' }))).toBe('2 2 2')
    expect(
      unavailable(pool.select(asks({ model: 'large', targetName: '1' }))).reasons,
    ).toHaveLength(1)
  })

  it('keeps a conversation on its target while that is healthy', () => {
    const { pool } = poolOf(['1', '2', '3'], { affinity: 'soft' })
    const mine = { call: tinyView('mine') }
    expect(use(pool, mine, 'done')).toBe('1')
    expect(use(pool, { call: tinyView('other') }, 'done')).toBe('2')

    expect(times(3, () => use(pool, mine, 'done'))).toBe('1 1 1')
    expect(use(pool, mine, failure('upstream_overloaded'))).toBe('1')
    expect(use(pool, mine, 'done')).toBe('3')
    expect(use(pool, mine, 'done')).toBe('3')
  })

  it('survives a strategy whose observer throws', () => {
    const { pool, states } = poolOf(['1'], {
      strategy: {
        choose: (candidates) => {
          const [first] = candidates
          if (first === undefined) throw new Error('asked to choose among nothing')
          return first
        },
        observe: () => {
          throw new Error('broken')
        },
      },
    })

    const lease = leased(pool.select(asks()))
    lease.firstPart()
    lease.release('done')

    expect(states.find('1')?.inFlight).toBe(0)
  })

  it('tells strategies when calls start, answer and end', async () => {
    const events: string[] = []
    const { pool, clock } = poolOf(['1'], {
      strategy: {
        choose: ([first]) => {
          if (first === undefined) throw new Error('asked to choose among nothing')
          return first
        },
        observe: ({ event, afterMs }) => events.push(`${event} ${afterMs}`),
      },
    })

    const lease = leased(pool.select(asks()))
    await clock.advance(20)
    lease.firstPart()
    await clock.advance(30)
    lease.release(failure('upstream_error'))
    lease.release('done')

    expect(events).toEqual(['start 0', 'first-part 20', 'failed 50'])
  })

  it('counts what is in flight, back to zero after any order of events', async () => {
    await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 60 }), playUses), { numRuns: 100 })
  })
})

const step = fc.record({
  pick: fc.nat(20),
  end: fc.constantFrom('open', 'done', 'cancelled', 'failed'),
  code: fc.constantFrom(...codes),
  allowSoft: fc.boolean(),
  wait: fc.constantFrom(0, 0, 700, 61_000),
})

type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never

async function playUses(steps: readonly Step[]): Promise<void> {
  const { pool, clock } = poolOf(['1', '2', '3'])
  const open: TargetLease[] = []
  const playOne = ({ pick, end, code, allowSoft }: Step) => {
    if (end === 'open') {
      const selection = pool.select(asks({ allowSoft, model: `m${pick % 3}` }))
      if ('lease' in selection) open.push(selection.lease)
      return
    }
    const [lease] = open.splice(pick % (open.length + 1), 1)
    lease?.release(end === 'failed' ? failure(code) : (end as 'done' | 'cancelled'))
    lease?.release('done')
  }
  for (const one of steps) {
    await clock.advance(one.wait)
    playOne(one)
    const inFlight = pool.health().map((target) => target.inFlight)
    expect(inFlight.reduce((sum, count) => sum + count)).toBe(open.length)
  }
  for (const lease of open) lease.release('cancelled')

  expect(pool.health().every(({ inFlight }) => inFlight === 0)).toBe(true)
}
