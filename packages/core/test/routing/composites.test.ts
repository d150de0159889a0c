import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { RoutingRequest } from '../../src/routing/routing-view.ts'
import { placesOf, planFor, routingView } from './routing-parts.ts'

const view = routingView({ a: [], b: [], c: [] })

const placesFor = async (model: string, request: Partial<RoutingRequest> = {}) =>
  placesOf(await planFor(model, view, request))

describe('a weighted selector', () => {
  it('draws by weight, again among those that are left', async () => {
    const draws = [0.1, 0.9]
    const random = () => draws.shift() ?? 0

    // 0.1 of 4 is the first; 0.9 of the 3 that are left is the last.
    expect(await placesFor('a:x^[weight=2]b:x^c:x', { random })).toEqual(['a:x', 'c:x', 'b:x'])
  })

  it('draws each leaf as often as its weight says', async () => {
    const seed = { value: 1 }
    const random = () => {
      // A linear congruential generator is even enough here.
      seed.value = (seed.value * 1_103_515_245 + 12_345) % 2 ** 31
      return seed.value / 2 ** 31
    }
    const counts = new Map<string, number>()
    for (let round = 0; round < 3_000; round += 1) {
      const [first = ''] = await placesFor('[weight=6]a:x^[weight=3]b:x^c:x', { random })
      counts.set(first, (counts.get(first) ?? 0) + 1)
    }

    expect((counts.get('a:x') ?? 0) / 3_000).toBeCloseTo(0.6, 1)
    expect((counts.get('b:x') ?? 0) / 3_000).toBeCloseTo(0.3, 1)
    expect((counts.get('c:x') ?? 0) / 3_000).toBeCloseTo(0.1, 1)
  })

  it('always has every leaf once', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 1_000 }), { minLength: 2, maxLength: 20 }),
        fc.infiniteStream(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })),
        async (weights, stream) => {
          const selector = weights.map((weight, at) => `[weight=${weight}]a:m${at}`).join('^')
          const places = await placesFor(selector, { random: () => stream.next().value ?? 0 })

          expect(places.toSorted()).toEqual(weights.map((_, at) => `a:m${at}`).toSorted())
        },
      ),
    )
  })

  it.each(['1', 'yes', 'true'])(
    'opens a conversation with the leaf that says first=%s',
    async (said) => {
      const selector = `a:x^[first=${said}]b:x`

      expect(await placesFor(selector, { isOpening: () => true, random: () => 0 })).toEqual([
        'b:x',
        'a:x',
      ])
      expect(await placesFor(selector, { isOpening: () => false, random: () => 0 })).toEqual([
        'a:x',
        'b:x',
      ])
    },
  )

  it('does not look at the conversation where no leaf is marked', async () => {
    const isOpening = () => {
      throw new Error('looked')
    }

    expect(await placesFor('a:x^b:x', { isOpening })).toHaveLength(2)
  })
})

describe('a race', () => {
  it('has a branch for each leg, which begins by its handicap', async () => {
    const { branches, decision } = await planFor('[handicap=2]a:x!b:x![handicap=0.5]c:x', view)

    expect(branches.map(({ delayMs }) => delayMs)).toEqual([0, 2_000, 1_500])
    expect(decision.at(-1)).toBe(
      'plan: a:x raced with b:x (after 2000 ms) raced with c:x (after 1500 ms)',
    )
  })

  it('goes on without a leg that has no place', async () => {
    const limited = { id: 'k', name: 'k', backends: ['b'] }
    const { branches } = await planFor('[handicap=2]a:x!b:x', view, { principal: limited })

    expect(branches).toMatchObject([{ delayMs: 0, leaves: [{ backend: 'b' }] }])
  })
})

describe('limits of a leaf', () => {
  it('travel with it', async () => {
    const selector =
      '[max_context=100,connect_timeout=1,ttft_timeout=2,idle_timeout=3,total_timeout=4]a:x|b:x'
    const { branches } = await planFor(selector, view)

    expect(branches[0]?.leaves[0]).toMatchObject({
      maxContext: 100,
      timeouts: { connectMs: 1_000, firstTokenMs: 2_000, idleMs: 3_000, totalMs: 4_000 },
    })
    expect(branches[0]?.leaves[1]).not.toHaveProperty('timeouts')
  })
})

it('parameters that are ignored are told', async () => {
  const { warnings } = await planFor('a:x?temperature=9&nonsense=1', view)

  expect(warnings).toEqual([
    expect.stringMatching(/^model, column 5: Ignored "temperature=9"/),
    expect.stringMatching(/^model, column 19: Ignored "nonsense"/),
  ])
})
