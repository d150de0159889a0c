import { describe, expect, it } from 'vitest'
import type { ErrorCode } from '../../src/errors/codes.ts'
import { settle } from '../fake-clock.ts'
import { type LoopSetup, loopOf } from '../support/loop-parts.ts'
import { codes, failure, tinyTarget, use } from '../support/pool-parts.ts'

const plan = { a: ['1', '2'], b: ['3'] }

/** Runs a loop to its end and says what happened. */
async function run(setup: Partial<LoopSetup> & Pick<LoopSetup, 'play'>) {
  const made = loopOf({ plan, limits: { maxTries: 20 }, ...setup })
  const result = await made.clock.until(made.loop.run())
  const error = 'failure' in result ? result.failure.error : undefined
  return { ...made, result, error, trace: made.started.join(' ') }
}

const everywhere = 'a.1@0 a.2@0 b.3@0'
const afterDelay = `${everywhere} a.1@500 a.2@500 b.3@500 a.1@1500 a.2@1500 b.3@1500`
const afterOnce = `${everywhere} a.1@100 a.2@100 b.3@100`

/** Where a call goes when every place answers so, over two targets of `a` and one of `b`. */
const walks: Readonly<Partial<Record<ErrorCode, string>>> = {
  context_length_exceeded: 'a.1@0 b.3@0',
  unsupported_capability: 'a.1@0 b.3@0',
  upstream_model_unavailable: 'a.1@0 b.3@0',
  upstream_rate_limited: afterDelay,
  upstream_overloaded: afterDelay,
  upstream_quota_exhausted: everywhere,
  upstream_timeout: everywhere,
  upstream_credentials_rejected: everywhere,
  upstream_invalid_response: everywhere,
  upstream_unreachable: afterOnce,
  upstream_error: afterOnce,
}

describe('a call that fails everywhere', () => {
  it.each(codes)('goes where the table says: %s', async (code) => {
    const { trace, error, inFlight } = await run({ play: () => failure(code) })

    expect(trace).toBe(walks[code] ?? 'a.1@0')
    expect(error?.code).toBe(code)
    expect(inFlight()).toBe(0)
  })

  it.each(codes)('cools two targets at most, unless keys are rejected: %s', async (code) => {
    const { cooled } = await run({ play: () => failure(code) })
    const expected: Partial<Record<ErrorCode, readonly string[]>> = {
      upstream_credentials_rejected: ['a.1', 'a.2', 'b.3'],
      upstream_model_unavailable: ['a.1', 'b.3'],
      stream_interrupted: ['a.1'],
    }
    const cools = walks[code]?.startsWith(everywhere) === true ? ['a.1', 'a.2'] : []

    expect([...new Set(cooled())]).toEqual(expected[code] ?? cools)
  })

  it('does not repeat on a target whose provider says that it is final', async () => {
    const { trace } = await run({ play: () => failure('upstream_overloaded', { final: true }) })

    expect(trace).toBe(everywhere)
  })

  it('ends at the number of tries', async () => {
    const { trace } = await run({
      play: () => failure('upstream_overloaded'),
      limits: { maxTries: 4 },
    })

    expect(trace).toBe(`${everywhere} a.1@500`)
  })

  it('starts nothing behind the time for attempts', async () => {
    const { trace, clock } = await run({
      play: () => failure('upstream_overloaded'),
      limits: { maxTries: 20, maxAttemptsMs: 1_500 },
    })

    expect(trace).toBe(`${everywhere} a.1@500 a.2@500 b.3@500`)
    expect(clock.monotonic()).toBe(500)
  })

  it('jitters the back-off', async () => {
    const { trace } = await run({
      plan: { a: ['1'] },
      play: () => failure('upstream_overloaded'),
      random: () => 0,
    })

    expect(trace).toBe('a.1@0 a.1@400 a.1@1200')
  })

  it('does not wait for a backend from which nothing more is to be expected', async () => {
    const { trace, clock } = await run({
      plan: { a: ['1', '2'] },
      play: (place) =>
        failure(place === 'a.1' ? 'upstream_overloaded' : 'upstream_model_unavailable'),
    })

    expect(trace).toBe('a.1@0 a.2@0')
    expect(clock.monotonic()).toBe(0)
  })

  it('numbers its attempts and says what comes next', async () => {
    const { ends } = await run({
      plan: { a: ['1', '2'], b: ['3'], c: ['4'] },
      play: (place) => {
        if (place === 'a.1') return failure('upstream_error')
        if (place === 'a.2') return failure('upstream_model_unavailable')
        return place === 'b.3' ? failure('upstream_timeout') : failure('invalid_request')
      },
    })

    expect(ends.map(({ attempt, next }) => `${attempt} ${next}`)).toEqual([
      '1 next-target',
      '2 next-leaf',
      '3 next-target',
      '4 give-up',
    ])
  })
})

describe('a call that somebody can serve', () => {
  it('goes on until it finds them', async () => {
    const { result, trace, flows, inFlight, decision } = await run({
      play: (place) => (place === 'b.3' ? 'good' : failure('upstream_error')),
    })

    expect('attempt' in result && result.attempt.route.backend).toBe('b')
    expect(trace).toBe(everywhere)
    expect(inFlight()).toBe(1)
    expect(decision).toEqual([
      'attempt 1: a.1',
      'a.1: upstream_error',
      'attempt 2: a.2',
      'a.2: upstream_error',
      'attempt 3: b.3',
    ])
    expect(flows).toHaveLength(1)
  })

  it('keeps its target until the answer has ended, and numbers it rightly', async () => {
    const { result, flows, inFlight, ends, budget } = await run({ play: () => 'good' })
    if (!('attempt' in result)) throw new Error('no answer')
    budget.take('relay')
    result.attempt.deliver({ item: () => {}, end: () => {}, fail: () => {} })
    expect(inFlight()).toBe(1)

    flows[0]?.receiver?.end()
    await settle()

    expect(inFlight()).toBe(0)
    expect(ends.map(({ attempt, next }) => `${attempt} ${next}`)).toEqual(['1 delivered'])
  })

  it('cools no third target when its answer breaks in the middle', async () => {
    const { result, flows, cooled, inFlight } = await run({
      play: (place) => (place === 'b.3' ? 'good' : failure('upstream_error')),
    })
    if (!('attempt' in result)) throw new Error('no answer')
    result.attempt.deliver({ item: () => {}, end: () => {}, fail: () => {} })

    flows[0]?.receiver?.fail(failure('upstream_unreachable'), false)
    await settle()

    expect(cooled()).toEqual(['a.1', 'a.2'])
    expect(inFlight()).toBe(0)
  })

  it('cools a target whose answer breaks in the middle', async () => {
    const { result, flows, cooled } = await run({ play: () => 'good' })
    if (!('attempt' in result)) throw new Error('no answer')
    result.attempt.deliver({ item: () => {}, end: () => {}, fail: () => {} })

    flows[0]?.receiver?.fail(failure('upstream_unreachable'), false)
    await settle()

    expect(cooled()).toEqual(['a.1'])
  })

  it('takes a fallback that is ready before it waits for a hint', async () => {
    const { trace } = await run({
      play: (place) =>
        place === 'b.3' ? 'good' : failure('upstream_rate_limited', { retryAfterMs: 2_000 }),
    })

    expect(trace).toBe(everywhere)
  })

  it('waits for the shortest hint that is short enough', async () => {
    const hints = { 'a.1': 9_000, 'a.2': 3_000, 'b.3': 60_000 } as Record<string, number>
    const { trace } = await run({
      play: (place, attempt) =>
        attempt > 3 ? 'good' : failure('upstream_overloaded', { retryAfterMs: hints[place] ?? 0 }),
    })

    expect(trace).toBe(`${everywhere} a.2@3000`)
  })

  it('takes a softly excluded place when no other is left', async () => {
    const made = loopOf({ plan: { a: ['1'] }, play: () => 'good' })
    for (const { pool } of made.pools) use(pool, {}, failure('upstream_overloaded'))

    await made.clock.until(made.loop.run())

    expect(made.started).toEqual(['a.1@0'])
  })

  it('waits for a place that others were told to leave alone', async () => {
    const made = loopOf({ plan: { a: ['1'] }, play: () => 'good' })
    const told = failure('upstream_overloaded', { retryAfterMs: 4_000 })
    for (const { pool } of made.pools) use(pool, {}, told)

    await made.clock.until(made.loop.run())

    expect(made.started).toEqual(['a.1@4000'])
    expect(made.decision).toEqual(['waits 4000 ms', 'attempt 1: a.1'])
  })

  it('does not wait for ever where others are always quicker', async () => {
    const made = loopOf({
      plan: { a: ['1'] },
      play: () => 'good',
      limits: { maxAttemptsMs: 0, maxTries: 4 },
    })
    const [{ pool } = { pool: undefined }] = made.pools
    const told = failure('upstream_overloaded', { retryAfterMs: 4_000 })
    const spoil = () => {
      if (pool !== undefined) use(pool, {}, told)
      made.clock.after(4_000, spoil)
    }
    spoil()

    const result = await made.clock.until(made.loop.run(), 100_000)

    expect('failure' in result && result.failure.error).toMatchObject({
      code: 'no_available_target',
      status: 429,
    })
  })
})

describe('the failure that a client sees', () => {
  it('is the last one, with the shortest hint', async () => {
    const hints = { 'a.1': 90_000, 'a.2': 40_000, 'b.3': 60_000 } as Record<string, number>
    const { error, clock, result } = await run({
      play: (place) =>
        failure('upstream_rate_limited', {
          retryAfterMs: hints[place] ?? 0,
          upstream: { backend: place },
        }),
    })

    expect(clock.monotonic()).toBe(0)
    expect(error).toMatchObject({
      code: 'upstream_rate_limited',
      status: 429,
      retryAfterMs: 40_000,
      upstream: { backend: 'b.3' },
    })
    expect(result).toMatchObject({ route: { backend: 'b', target: '3' } })
  })

  it('counts the time that has gone by since a hint came', async () => {
    const { error, trace } = await run({
      plan: { a: ['1', '2'] },
      play: (place) =>
        place === 'a.1'
          ? failure('upstream_rate_limited', { retryAfterMs: 20_000 })
          : failure('upstream_overloaded'),
    })

    expect(trace).toBe('a.1@0 a.2@0 a.2@500 a.2@1500')
    expect(error).toMatchObject({ code: 'upstream_overloaded', retryAfterMs: 18_500 })
  })

  it('tells a hint that is too long to wait for, without an attempt', async () => {
    const made = loopOf({ plan, play: () => 'good' })
    for (const { pool, backend } of made.pools) {
      const told = failure('upstream_quota_exhausted', {
        retryAfterMs: backend === 'a' ? 60_000 : 50_000,
      })
      for (const _ of pool.health()) use(pool, {}, told)
    }

    const result = await made.clock.until(made.loop.run())

    expect('failure' in result && result.failure.error).toMatchObject({
      code: 'no_available_target',
      status: 429,
      retryAfterMs: 50_000,
      message:
        'Nothing can serve this call now: a: 1: upstream_quota_exhausted, left out for 60 s more; ' +
        'a: 2: upstream_quota_exhausted, left out for 60 s more; ' +
        'b: 3: upstream_quota_exhausted, left out for 50 s more.',
    })
  })

  it('names every rejected key, those of earlier calls too', async () => {
    const made = loopOf({ plan, play: () => failure('upstream_credentials_rejected') })
    for (const { pool, backend } of made.pools) {
      if (backend === 'b') use(pool, {}, failure('upstream_credentials_rejected'))
    }
    const result = await made.clock.until(made.loop.run())

    expect('failure' in result && result.failure.error).toMatchObject({
      code: 'upstream_credentials_rejected',
      message:
        'The provider of "a" rejected every key that it was tried with. Check a.1, a.2, b.3.',
    })
  })

  it('is 503 without a hint when all keys are known to be bad', async () => {
    const made = loopOf({ plan: { a: ['1'] }, play: () => 'good' })
    for (const { pool } of made.pools) use(pool, {}, failure('upstream_credentials_rejected'))

    const result = await made.clock.until(made.loop.run())

    expect('failure' in result && result.failure.error).toMatchObject({
      code: 'no_available_target',
      status: 503,
      message:
        'Nothing can serve this call now: a: 1: upstream_credentials_rejected, left out for 60 s more. Check a.1.',
    })
    expect('failure' in result && result.failure.error.retryAfterMs).toBeUndefined()
  })

  it('is the provider’s own answer where the caller is at fault', async () => {
    const raw = { status: 422, headers: {}, body: Buffer.from('no') }
    const { result } = await run({ play: () => ({ error: failure('invalid_request'), raw }) })

    expect(result).toMatchObject({ failure: { raw }, route: { backend: 'a', target: '1' } })
  })
})

describe('a rejected credential that can be renewed', () => {
  const rejected = failure('upstream_credentials_rejected', { recover: 'refresh' })
  const account = (renew: () => Promise<void>) => ({
    a: [tinyTarget('a.1', { name: '1', refresh: renew }), '2'],
  })

  it('is renewed once and used again, and nobody is cooled', async () => {
    let renewals = 0
    const { trace, cooled, ends } = await run({
      plan: account(async () => {
        renewals += 1
      }),
      play: (_place, attempt) => (attempt === 1 ? rejected : 'good'),
    })

    expect(trace).toBe('a.1@0 a.1@0')
    expect(renewals).toBe(1)
    expect(cooled()).toEqual([])
    expect(ends.map(({ attempt, next }) => `${attempt} ${next}`)).toEqual(['1 retry'])
  })

  it('is given up when it is rejected again', async () => {
    const { trace, cooled } = await run({
      plan: account(async () => {}),
      play: (place) => (place === 'a.1' ? rejected : 'good'),
    })

    expect(trace).toBe('a.1@0 a.1@0 a.2@0')
    expect(cooled()).toEqual(['a.1'])
  })

  it.each([
    ['rejects', () => Promise.reject(new Error('no network'))],
    [
      'throws',
      () => {
        throw new Error('no network')
      },
    ],
  ])('makes room for the next account when the renewal %s', async (_name, renew) => {
    const { trace, cooled } = await run({
      plan: account(renew),
      play: (place) => (place === 'a.1' ? rejected : 'good'),
    })

    expect(trace).toBe('a.1@0 a.2@0')
    expect(cooled()).toEqual(['a.1'])
  })

  it('does not hold a call for ever when the renewal never ends', async () => {
    const { trace } = await run({
      plan: account(() => new Promise(() => {})),
      play: (place) => (place === 'a.1' ? rejected : 'good'),
    })

    expect(trace).toBe('a.1@0 a.2@30000')
  })

  it('is renewed for others where no try is left, and held against nobody', async () => {
    let renewals = 0
    const { trace, cooled } = await run({
      plan: account(async () => {
        renewals += 1
      }),
      play: () => rejected,
      limits: { maxTries: 1 },
    })

    expect(trace).toBe('a.1@0')
    expect(renewals).toBe(1)
    expect(cooled()).toEqual([])
  })

  it('is bad where no try is left and it cannot be renewed', async () => {
    const { cooled } = await run({
      plan: account(() => Promise.reject(new Error('no network'))),
      play: () => rejected,
      limits: { maxTries: 1 },
    })

    expect(cooled()).toEqual(['a.1'])
  })
})

describe('a place that calls others', () => {
  it.each(codes)('is neither cooled nor asked once more: %s', async (code) => {
    const { trace, cooled, inFlight, budget } = await run({
      plan: { a: ['1'], b: ['1'] },
      way: 'virtual',
      play: () => failure(code),
    })

    expect(trace).toBe(walks[code] === undefined ? 'a.1@0' : 'a.1@0 b.1@0')
    expect([cooled(), inFlight()]).toEqual([[], 0])
    expect(budget.spent).toBe(false)
  })
})
