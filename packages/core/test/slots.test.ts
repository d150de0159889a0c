import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Slots } from '../src/slots.ts'

test('holds what was added and not removed, however they interleave', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 20 })), (steps) => {
      const slots = new Slots<object>()
      const held: { readonly item: object; readonly slot: number }[] = []
      for (const step of steps) {
        const leaving = step < 10 ? held.splice(step, 1)[0] : undefined
        if (leaving !== undefined) {
          slots.remove(leaving.slot)
        } else {
          const item = {}
          held.push({ item, slot: slots.add(item) })
        }
        expect(slots.size).toBe(held.length)
        expect(new Set(slots.all())).toEqual(new Set(held.map(({ item }) => item)))
      }
    }),
  )
})

test('uses the place of what was removed again', () => {
  const slots = new Slots<object>()
  const first = slots.add({})
  slots.add({})
  slots.remove(first)
  expect(slots.add({})).toBe(first)
})
