import { expect, it } from 'vitest'
import { Pacer } from '../../src/upstream/pacer.ts'

/** Something paced that notes when it was served and ends after `steps`. */
function paced(intervalMs: number, steps: number, now: () => number) {
  const times: number[] = []
  return {
    intervalMs,
    times,
    step() {
      times.push(now())
      return times.length < steps
    },
  }
}

function createClock() {
  let time = 1_000
  return {
    now: () => time,
    advance(pacer: Pacer, ms: number) {
      for (let passed = 0; passed < ms; passed += 1) {
        time += 1
        pacer.turn()
      }
    },
    jump(pacer: Pacer, ms: number) {
      time += ms
      pacer.turn()
    },
  }
}

it('serves each stream at its own interval until it has finished', () => {
  const clock = createClock()
  const pacer = new Pacer(clock.now)
  const fast = paced(5, 3, clock.now)
  const slow = paced(20, 2, clock.now)

  pacer.add(fast)
  pacer.add(slow)
  clock.advance(pacer, 100)

  expect(fast.times).toEqual([1_005, 1_010, 1_015])
  expect(slow.times).toEqual([1_020, 1_040])
})

it('never serves a stream twice at once to make up for a delay', () => {
  const clock = createClock()
  const pacer = new Pacer(clock.now)
  const stream = paced(5, 3, clock.now)

  pacer.add(stream)
  clock.jump(pacer, 50)
  clock.advance(pacer, 20)

  expect(stream.times).toEqual([1_050, 1_055, 1_060])
})

it('starts again after it has rested', () => {
  const clock = createClock()
  const pacer = new Pacer(clock.now)
  const first = paced(2, 1, clock.now)
  pacer.add(first)
  clock.advance(pacer, 10)

  clock.jump(pacer, 100_000)
  const second = paced(2, 1, clock.now)
  pacer.add(second)
  clock.advance(pacer, 10)

  expect(first.times).toEqual([1_002])
  expect(second.times).toEqual([101_012])
})
