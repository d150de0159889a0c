import { describe, expect, it } from 'vitest'
import type { GatewayError } from '../../src/errors/gateway-error.ts'
import { Pool } from '../../src/pool/pool.ts'
import { settle } from '../fake-clock.ts'
import {
  asks,
  failure,
  leased,
  poolOf,
  tinyTarget,
  unavailable,
  use,
} from '../support/pool-parts.ts'

const rejected = failure('upstream_credentials_rejected')

/** A pool of one whose probes answer with what the test says. */
function probed(answer: () => Promise<GatewayError | undefined>) {
  const times: number[] = []
  const made = poolOf(['1'], {
    probe: () => {
      times.push(made.clock.monotonic())
      return answer()
    },
  })
  return { ...made, times }
}

describe('a rejected credential', () => {
  it('stays out until a probe succeeds', async () => {
    let works = false
    const { pool, clock, changes } = probed(async () => (works ? undefined : rejected))
    use(pool, {}, rejected)
    await clock.advance(3_600_000)

    expect(unavailable(pool.select(asks({ allowSoft: true })))).toEqual({
      reasons: ['1: upstream_credentials_rejected, left out for 330 s more'],
      rejected: ['1'],
    })

    works = true
    await clock.advance(600_000)
    expect(use(pool)).toBe('1')
    expect(changes.map(({ state }) => state)).toEqual(['down', 'ready'])
    expect((changes[0]?.exclusion?.until ?? 0) - changes.length).toBeGreaterThan(0)
    expect(clock.timers).toBe(0)
  })

  it('is probed ever more rarely, up to the limit', async () => {
    const { pool, clock, times } = probed(async () => rejected)
    use(pool, {}, rejected)

    await clock.advance(3_000_000)

    expect(times).toEqual([60, 180, 420, 900, 1_500, 2_100, 2_700].map((s) => s * 1_000))
  })

  it.each([
    ['rejects', () => Promise.reject(new Error('broken'))],
    ['rejects with nothing', () => Promise.reject(undefined)],
    [
      'throws',
      () => {
        throw new Error('broken')
      },
    ],
  ])('stays out while its probe %s', async (_name, probe) => {
    const { pool, clock } = probed(probe)
    use(pool, {}, rejected)

    await clock.advance(60_000)

    expect('unavailable' in pool.select(asks())).toBe(true)
    expect(clock.timers).toBe(1)
  })

  it('has one chain of probes, however many calls find out', async () => {
    const running = Promise.withResolvers<undefined>()
    const { pool, clock, times } = probed(() => running.promise)
    const leases = Array.from({ length: 10 }, () => leased(pool.select(asks())))
    for (const lease of leases.slice(0, 5)) lease.release(rejected)
    await clock.advance(30_000)
    leases[5]?.release(rejected)
    await clock.advance(30_000)
    for (const lease of leases.slice(6)) lease.release(rejected)
    await clock.advance(600_000)

    expect(times).toEqual([60_000])
    running.resolve(undefined)
    await settle()
    expect(use(pool)).toBe('1')
  })

  it('is not probed any more once the target is gone, and is forgotten with it', async () => {
    const { pool, clock, source, times } = probed(async () => rejected)
    use(pool, {}, rejected)
    source.change([tinyTarget('2')])
    await clock.advance(600_000)
    expect(times).toEqual([])
    expect(clock.timers).toBe(0)

    source.change([tinyTarget('1')])

    expect(use(pool)).toBe('1')
  })

  it('is probed by the next pool after a reload', async () => {
    let works = false
    const { pool, clock, options } = probed(async () => (works ? undefined : rejected))
    use(pool, {}, rejected)

    const next = new Pool(options)
    pool.close()
    works = true
    expect('unavailable' in next.select(asks({ allowSoft: true }))).toBe(true)
    await clock.advance(60_000)

    expect(use(next)).toBe('1')
  })

  it('is tried by calls if the next pool cannot probe', async () => {
    const { pool, clock, options } = probed(async () => rejected)
    use(pool, {}, rejected)
    const { probe: _, ...silent } = options

    const next = new Pool(silent)
    pool.close()
    await clock.advance(90_000)

    expect(use(next, {}, 'done')).toBe('1')
  })

  it('without a probe is tried by one call after a while, and by nobody beside it', async () => {
    const { pool, clock } = poolOf(['1'])
    use(pool, {}, rejected)
    expect(unavailable(pool.select(asks({ allowSoft: true })))).toEqual({
      reasons: ['1: upstream_credentials_rejected, left out for 60 s more'],
      rejected: ['1'],
    })
    await clock.advance(60_000)

    const trial = leased(pool.select(asks()))

    expect(unavailable(pool.select(asks({ allowSoft: true })))).toEqual({
      reasons: ['1: upstream_credentials_rejected, a trial is under way'],
      rejected: ['1'],
    })
    trial.release('done')
    expect(use(pool)).toBe('1')
  })

  it('leaves no timer and no subscription behind a closed pool', async () => {
    const answer = Promise.withResolvers<GatewayError>()
    const { pool, clock, source } = probed(() => answer.promise)
    const late = leased(pool.select(asks()))
    use(pool, {}, rejected)
    await clock.advance(60_000)

    pool.close()
    answer.resolve(rejected)
    late.release(rejected)
    await settle()

    expect(clock.timers).toBe(0)
    expect(source.listeners.size).toBe(0)
  })
})
