import { expect, it } from 'vitest'
import { lastResult, measure, measureAll } from '../../src/micro/measure.ts'

/** A clock that only the calls move. */
function createClock() {
  let time = 0
  return {
    now: () => time,
    spend: (ms: number) => {
      time += ms
      return time
    },
  }
}

it('tells what one call adds, in microseconds', async () => {
  const clock = createClock()

  const result = await measure('case', () => clock.spend(0.25), { rounds: 9, now: clock.now })

  expect(result.microseconds.median).toBeCloseTo(250)
})

it('awaits calls that return a promise', async () => {
  const clock = createClock()
  let open = 0
  let most = 0
  const call = async () => {
    open += 1
    most = Math.max(most, open)
    await null
    clock.spend(1)
    open -= 1
  }

  const result = await measure('case', call, { rounds: 3, now: clock.now })

  expect(result.microseconds.median).toBeCloseTo(1_000)
  expect(most).toBe(1)
})

it('takes the cases by turns, round by round', async () => {
  const clock = createClock()
  const order: string[] = []
  const caseOf = (name: string) => ({
    name,
    call: () => {
      if (order.at(-1) !== name) order.push(name)
      return clock.spend(20)
    },
  })

  await measureAll([caseOf('a'), caseOf('b')], { rounds: 3, now: clock.now })

  expect(order.slice(-6)).toEqual(['a', 'b', 'a', 'b', 'a', 'b'])
})

it('is not moved by a round that was disturbed', async () => {
  const clock = createClock()
  let calls = 0
  const call = () => {
    calls += 1
    return clock.spend(calls === 5 ? 1_000 : 20)
  }

  const result = await measure('case', call, { rounds: 5, now: clock.now })

  expect(result.microseconds.median).toBeCloseTo(20_000)
})

it('keeps the last result, so that no call can be left out', async () => {
  const clock = createClock()

  await measure('case', () => clock.spend(20), { rounds: 1, now: clock.now })

  expect(lastResult()).toBe(clock.now())
})
