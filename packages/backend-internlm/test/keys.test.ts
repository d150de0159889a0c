import { describe, expect, it } from 'vitest'
import { type SetUp, setUp } from './set-up.ts'

/** Positions of the keys of the chat requests, from 1. */
function keysOf({ fake, keys }: SetUp): readonly number[] {
  return fake.keysUsed().map((key) => keys.indexOf(key ?? '') + 1)
}

async function statusesOf({ chat }: SetUp, count: number): Promise<readonly number[]> {
  const statuses: number[] = []
  for (let call = 0; call < count; call += 1) statuses.push((await chat()).status)
  return statuses
}

const good = (count: number) => Array.from({ length: count }, () => 200)

describe('the keys', () => {
  it('are used strictly in turn, also for the same conversation', async () => {
    await using there = await setUp({ keys: ['ok', 'ok', 'ok'] })

    await statusesOf(there, 6)

    expect(keysOf(there)).toEqual([1, 2, 3, 1, 2, 3])
  })

  it('go on in turn after a failure of somebody else’s making', async () => {
    await using there = await setUp({ keys: ['ok', 'ok', 'ok'] })
    await there.chat()
    await there.chat({ messages: 'none' })

    await there.chat()

    expect(keysOf(there)).toEqual([1, 2])
  })

  it('that are limited are left alone for as long as the provider says, and nobody notices', async () => {
    await using there = await setUp({ keys: ['ok', { status: 429, retryAfter: 30 }, 'ok'] })

    expect(await statusesOf(there, 6)).toEqual(good(6))
    expect(keysOf(there)).toEqual([1, 2, 3, 1, 3, 1, 3])

    there.fake.setKey(there.keys[1] ?? '', 'ok')
    there.clock.skip(29_000)
    expect(await statusesOf(there, 2)).toEqual(good(2))
    expect(keysOf(there).slice(7)).not.toContain(2)

    there.clock.skip(2_000)
    expect(await statusesOf(there, 3)).toEqual(good(3))
    expect(keysOf(there).slice(9)).toContain(2)
  })

  it('that are rejected stay out until a probe finds them working, and nobody notices', async () => {
    await using there = await setUp({ keys: ['ok', { status: 401 }, 'ok'] })
    const probes = () => there.fake.keysUsed('/models').filter((key) => key === there.keys[1])
    const back = new Promise<void>((resolve) => {
      there.gateway.events.on('target-state', ({ state }) => {
        if (state === 'ready') resolve()
      })
    })

    expect(await statusesOf(there, 6)).toEqual(good(6))
    expect(keysOf(there).filter((key) => key === 2)).toHaveLength(1)

    there.clock.skip(61_000)
    await there.fake.server.waitForRequest(there.fake.server.requests.length + 1)
    expect(probes()).toHaveLength(1)
    expect(await statusesOf(there, 3)).toEqual(good(3))
    expect(keysOf(there).filter((key) => key === 2)).toHaveLength(1)

    there.fake.setKey(there.keys[1] ?? '', 'ok')
    there.clock.skip(600_000)
    await back
    expect(await statusesOf(there, 3)).toEqual(good(3))
    expect(keysOf(there).slice(-3).toSorted()).toEqual([1, 2, 3])
  })

  it('name the variables to check when all of them are rejected', async () => {
    await using there = await setUp({ keys: [{ status: 401 }, { status: 401 }] })

    const { status, text } = await there.chat()

    expect(status).toBe(502)
    expect(text).toMatch(/INTERNAI_API_KEY, .*INTERNAI_API_KEY_1\b/)
    expect(text).not.toContain('sk-intern')
  })

  it('say when to come back when all of them are limited', async () => {
    const limited = { status: 429, retryAfter: 40 } as const
    await using there = await setUp({ keys: [limited, { ...limited, retryAfter: 20 }] })

    const { status, headers } = await there.chat()

    expect(status).toBe(429)
    expect(Number(headers['retry-after'])).toBeGreaterThan(18)
    expect(Number(headers['retry-after'])).toBeLessThanOrEqual(20)
  })
})
