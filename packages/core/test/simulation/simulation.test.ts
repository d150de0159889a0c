import { describe, expect, it } from 'vitest'
import { violations } from './oracles.ts'
import { simulate } from './simulate.ts'

const isLong = process.env['JACKFIELD_TEST_LONG'] === '1'

/** Replay one schedule with JACKFIELD_SIMULATION_SEED. */
const only = process.env['JACKFIELD_SIMULATION_SEED']
const batch = 25
const batches = isLong ? 400 : 16

/** Seeds of one batch, side by side: they are the same in every run. */
function seedsOf(index: number): readonly number[] {
  if (only !== undefined) return [Number(only)]
  return Array.from({ length: batch }, (_, offset) => index * batch + offset)
}

describe('whatever happens to providers', () => {
  it.each(Array.from({ length: only === undefined ? batches : 1 }, (_, index) => index))(
    'calls are served as they should be: batch %i',
    async (index) => {
      const problems: string[] = []
      for (const seed of seedsOf(index)) {
        const found = await simulate(seed).then(violations, (error: unknown) => [String(error)])
        problems.push(...found.map((problem) => `seed ${seed}: ${problem}`))
      }

      expect(problems).toEqual([])
    },
    120_000,
  )
})
