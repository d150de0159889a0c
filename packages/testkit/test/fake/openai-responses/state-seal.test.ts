import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createStateSeal } from '../../../src/fake/openai-responses/state-seal.ts'

const following = fc.record(
  { type: fc.string(), callId: fc.string() },
  { requiredKeys: ['type'], noNullPrototype: true },
)
const state = fc.record(
  { id: fc.string(), next: following },
  { requiredKeys: ['id'], noNullPrototype: true },
)

describe('a state seal', () => {
  const mine = createStateSeal('secret', 'organisation')

  it('gives back what it sealed', () => {
    fc.assert(
      fc.property(state, (given) => {
        expect(mine.open(mine.seal(given))).toEqual(given)
      }),
    )
  })

  it('opens nothing that was changed in any place', () => {
    fc.assert(
      fc.property(
        state,
        fc.nat(),
        fc.string({ minLength: 0, maxLength: 2 }),
        (given, at, other) => {
          const sealed = mine.seal(given)
          const place = at % sealed.length
          const changed = sealed.slice(0, place) + other + sealed.slice(place + 1)
          fc.pre(changed !== sealed)

          expect(mine.open(changed)).toBeUndefined()
        },
      ),
    )
  })

  it('opens nothing that another secret or organisation sealed, and no other text', () => {
    fc.assert(
      fc.property(state, fc.string(), (given, text) => {
        expect(createStateSeal('other', 'organisation').open(mine.seal(given))).toBeUndefined()
        expect(createStateSeal('secret', 'other').open(mine.seal(given))).toBeUndefined()
        expect(mine.open(text)).toBeUndefined()
      }),
    )
  })
})
