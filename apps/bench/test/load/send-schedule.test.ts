import { expect, it } from 'vitest'
import { countsFrom } from '../../src/load/send-schedule.ts'

it('does not charge the target with the grain of the timers', () => {
  expect(countsFrom(100, 100.9)).toBe(100.9)
})

it('omits no wait that a late send hides', () => {
  expect(countsFrom(100, 140)).toBe(100)
})
