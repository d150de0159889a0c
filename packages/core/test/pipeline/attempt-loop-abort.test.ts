import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { settle } from '../fake-clock.ts'
import { type LoopSetup, loopOf } from '../support/loop-parts.ts'
import { codes, failure, tinyTarget } from '../support/pool-parts.ts'

const gone = failure('client_closed_request')
const forever = () => new Promise<void>(() => {})

describe('a client that goes away', () => {
  const phases: readonly (readonly [string, LoopSetup])[] = [
    ['while a backend opens', { plan: { a: ['1', '2'] }, play: () => 'silent' }],
    ['before the first part', { plan: { a: ['1', '2'] }, play: () => 'mute' }],
    [
      'while the call waits for a hint',
      {
        plan: { a: ['1'] },
        play: () => failure('upstream_overloaded', { retryAfterMs: 5_000, final: false }),
      },
    ],
    [
      'while a credential is renewed',
      {
        plan: { a: [tinyTarget('1', { refresh: forever }), '2'] },
        play: () => failure('upstream_credentials_rejected', { recover: 'refresh' }),
        refresh: forever,
      },
    ],
  ]

  it.each(phases)('ends the call at once %s', async (_name, setup) => {
    const { loop, clock, inFlight, started, cooled, flows } = loopOf(setup)
    const running = loop.run()
    await settle()
    const before = cooled().length

    loop.abort(gone)
    await settle()

    expect(clock.monotonic()).toBe(0)
    expect(await running).toMatchObject({ failure: { error: gone } })
    expect(inFlight()).toBe(0)
    expect(cooled()).toHaveLength(before)
    expect(started).toEqual(['a.1@0'])
    expect(flows.every(({ cancelled }) => cancelled === gone)).toBe(true)
    expect(clock.timers).toBe(0)
  })

  it('starts nothing when it was gone before the call began', async () => {
    const { loop, started } = loopOf({ plan: { a: ['1'] }, play: () => 'good' })
    loop.abort(gone)

    expect(await loop.run()).toMatchObject({ failure: { error: gone } })
    expect(started).toEqual([])
  })

  it('ends an answer that flows already', async () => {
    const { loop, flows, inFlight, ends, cooled } = loopOf({
      plan: { a: ['1'] },
      play: () => 'good',
    })
    await loop.run()

    loop.abort(gone)
    await settle()

    expect(flows[0]?.cancelled).toBe(gone)
    expect(inFlight()).toBe(0)
    expect(cooled()).toEqual([])
    expect(ends).toMatchObject([{ outcome: { result: 'cancelled', meaningful: true } }])
  })
})

it('leaves no target in use when an attempt cannot be made', async () => {
  const { loop, inFlight } = loopOf({
    plan: { a: ['1'] },
    play: () => 'good',
    beforeStart: () => {
      throw new Error('broken')
    },
  })

  await expect(loop.run()).rejects.toThrow('broken')
  expect(inFlight()).toBe(0)
})

const fault = fc.record({
  code: fc.constantFrom(...codes),
  retryAfterMs: fc.option(fc.integer({ min: 0, max: 30_000 }), { nil: undefined }),
  final: fc.boolean(),
  refresh: fc.boolean(),
  kind: fc.constantFrom('fault', 'fault', 'fault', 'good', 'silent', 'mute'),
})

const schedule = fc.record({
  faults: fc.array(fault, { minLength: 1, maxLength: 12 }),
  plan: fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 4 }),
  maxTries: fc.integer({ min: 1, max: 12 }),
  maxAttemptsMs: fc.constantFrom(0, 1_000, 20_000, 90_000),
  maxWaitMs: fc.constantFrom(0, 1_000, 10_000),
  random: fc.double({ min: 0, max: 0.99, noNaN: true }),
  abortAt: fc.integer({ min: 0, max: 100_000 }),
})

type Schedule = typeof schedule extends fc.Arbitrary<infer Value> ? Value : never

describe('any call', () => {
  it('ends within its tries and its time, and gives every target back', async () => {
    await fc.assert(fc.asyncProperty(schedule, play), { numRuns: 300 })
  })
})

async function play(given: Schedule): Promise<void> {
  const { faults, maxTries, maxAttemptsMs, maxWaitMs, random, abortAt } = given
  let waits = false
  const plan = Object.fromEntries(
    given.plan.map((size, index) => [
      `b${index}`,
      Array.from({ length: size }, (_, at) =>
        tinyTarget(`b${index}.${at}`, { name: `${at}`, refresh: async () => {} }),
      ),
    ]),
  )
  const made = loopOf({
    plan,
    limits: { maxTries, maxAttemptsMs, maxWaitMs },
    random: () => random,
    play: (_place, attempt) => {
      const next = faults[attempt % faults.length]
      if (next === undefined) return 'good'
      const { code, retryAfterMs, final, refresh, kind } = next
      if (kind !== 'fault') {
        waits ||= kind !== 'good'
        return kind
      }
      return failure(code, {
        final,
        ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
        ...(refresh ? { recover: 'refresh' } : {}),
      })
    },
  })
  made.clock.after(abortAt, () => made.loop.abort(gone))
  // Every try may wait once for a place, every wait at most so long; silent backends wait for the client to go.
  const limit = Math.max(maxAttemptsMs, 13 * Math.max(maxWaitMs, 0)) + abortAt
  const result = await made.clock.until(made.loop.run(), limit)

  expect(made.started.length).toBeLessThanOrEqual(maxTries)
  expect(new Set(made.ends.map(({ attempt }) => attempt)).size).toBe(made.ends.length)
  if ('attempt' in result) {
    result.attempt.abort(gone)
    await settle()
  }
  if (waits) made.loop.abort(gone)
  await settle()
  expect(made.ends.length).toBe(made.started.length)
  expect(made.inFlight()).toBe(0)
}
