import { createMemoryStateStore, type JsonObject, type StateStore } from '@jackfield/core'
import { createTestClock } from '@jackfield/testkit'
import { describe, expect, it } from 'vitest'
import {
  fails,
  type HybridSetup,
  type HybridWorld,
  hangs,
  said,
  says,
  startHybrid,
} from './support/hybrid-gateway.ts'

/** The conversation in which a model has answered that often. */
function after(answers: number): JsonObject {
  const turn = [said('question'), said('answer', 'assistant')]
  return { messages: [...Array.from({ length: answers }, () => turn).flat(), said('question')] }
}

/** For each of these turns, whether the first model was asked. */
async function thinking(world: HybridWorld, turns: readonly number[]): Promise<readonly boolean[]> {
  const asked: boolean[] = []
  for (const turn of turns) {
    const before = world.thinker.asked.length
    await world.ask(after(turn - 1))
    asked.push(world.thinker.asked.length > before)
  }
  return asked
}

const never = { reasoning_injection_probability: 0 } as const

/** A first model that takes as long as the test says, which may change. */
async function startSlow(setup: HybridSetup & { readonly seconds: { now: number } }) {
  const { seconds, ...rest } = setup
  const world: HybridWorld = await startHybrid({
    ...rest,
    thinker: async function* (request, context) {
      world.clock.skip(seconds.now * 1_000)
      yield* says({ reasoning: 'hm' }, { text: 'x' })(request, context)
    },
  })
  return world
}

describe('whether the first model is asked', () => {
  it('is chance, in the share of turns that is configured', async () => {
    const drawn = [0.29, 0.3, 0.31, 0]
    const world = await startHybrid({
      options: { reasoning_injection_probability: 0.3 },
      random: () => drawn.shift() ?? 0,
    })
    // The sampling of answers to be validated draws first.
    drawn.splice(0, 4, 0.5, 0.29, 0.5, 0.3, 0.5, 0.31, 0.5, 0)

    expect(await thinking(world, [2, 3, 4, 5])).toEqual([true, false, false, true])
  })

  it('is sure in the first turn, whatever the chance', async () => {
    const world = await startHybrid({ options: never })

    expect(await thinking(world, [1, 2, 1])).toEqual([true, false, true])
  })

  it('is sure in as many first turns as are configured', async () => {
    const world = await startHybrid({ options: { ...never, reasoning_force_initial_turns: 3 } })

    expect(await thinking(world, [1, 2, 3, 4])).toEqual([true, true, true, false])
  })

  it('is sure in the very first turn also where none is forced', async () => {
    const world = await startHybrid({ options: { ...never, reasoning_force_initial_turns: 0 } })

    expect(await thinking(world, [1, 2])).toEqual([true, false])
  })

  it('is not sure where only results of tools are left of a conversation', async () => {
    const world = await startHybrid({ options: { ...never, reasoning_force_initial_turns: 0 } })

    await world.ask({
      messages: [said('q'), { role: 'tool', tool_call_id: 'x', content: 'result' }],
    })

    expect(world.thinker.asked).toEqual([])
  })

  it('leaves an answer without thought as it is', async () => {
    const world = await startHybrid({
      options: never,
      writer: says({ reasoning: 'mine' }, { text: '<think>x</think>y' }, { end: 'stop' }),
    })

    const heard = await world.ask(after(1))

    expect(heard).toMatchObject({ reasoning: 'mine', text: '<think>x</think>y' })
    expect(world.writer.asked[0]?.reasoning?.effort).toBe('low')
  })
})

describe('a first model that is slow', () => {
  it('is left out of the next two turns', async () => {
    const world = await startSlow({ seconds: { now: 9 } })

    expect(await thinking(world, [1, 2, 3, 4, 5])).toEqual([true, false, false, true, false])
  })

  it('is asked again when it has been fast in a forced turn', async () => {
    const seconds = { now: 9 }
    const world = await startSlow({ seconds })
    await thinking(world, [1])
    seconds.now = 1

    expect(await thinking(world, [1, 2])).toEqual([true, true])
  })

  it('is left out for longer each time that it is slow in a forced turn', async () => {
    const world = await startSlow({ seconds: { now: 9 } })
    await thinking(world, [1, 1])

    expect(await thinking(world, [2, 3, 4, 5, 6])).toEqual([false, false, false, false, true])
  })

  it('is left out of the turns of that conversation alone', async () => {
    const world = await startSlow({ seconds: { now: 9 } })
    await world.ask(after(0), { session: 'one' })

    await world.ask(after(1), { session: 'other' })

    expect(world.thinker.asked).toHaveLength(2)
  })

  it('is asked again a day later', async () => {
    const world = await startSlow({ seconds: { now: 9 } })
    await thinking(world, [1])
    world.clock.skip(25 * 3_600_000)

    expect(await thinking(world, [2])).toEqual([true])
  })

  it.each([
    [{ reasoning_latency_threshold: 0 }, [true, true]],
    [{ reasoning_backoff_turns: 0 }, [true, true]],
    [{ reasoning_latency_threshold: '10s' }, [true, true]],
    [{ reasoning_latency_threshold: '5s', reasoning_backoff_turns: 1 }, [true, false]],
  ])('is left out as the options say: %j', async (options, expected) => {
    const world = await startSlow({ seconds: { now: 9 }, options })

    expect(await thinking(world, [1, 2])).toEqual(expected)
  })

  it('counts as slow when its time is up', async () => {
    const world = await startHybrid({ thinker: hangs() })
    const { done } = world.start()
    await expect.poll(() => world.thinker.asked.length).toBe(1)
    world.clock.skip(60_000)
    await done

    expect(await thinking(world, [2])).toEqual([false])
  })

  it('is not slow when it fails at once', async () => {
    const world = await startHybrid({ thinker: fails('upstream_error') })

    expect(await thinking(world, [1, 2])).toEqual([true, true])
  })

  it('is left out by all replicas, and after a restart', async () => {
    const store = createMemoryStateStore({ clock: createTestClock() })
    const one = await startSlow({ seconds: { now: 9 }, store })
    const other = await startHybrid({ store })
    await thinking(one, [1])

    expect(await thinking(other, [2, 3, 4])).toEqual([false, false, true])
  })

  it('is asked where nobody can remember anything', async () => {
    const broken = async () => {
      throw new Error('the store is away')
    }
    const memory = createMemoryStateStore({ clock: createTestClock() })
    const store: StateStore = { ...memory, get: broken, increment: broken, delete: broken }
    const world = await startSlow({ seconds: { now: 9 }, store })

    expect(await thinking(world, [1, 2])).toEqual([true, true])
    expect(world.log.map(([, message]) => message)).toContain('state store failed')
  })
})
