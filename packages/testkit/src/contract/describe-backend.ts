import type { BackendPlugin } from '@jackfield/core'
import { describe, expect, it } from 'vitest'
import { floorOf } from './floor.ts'
import { type DescribeBackendOptions, subjectOf } from './options.ts'
import { planOf } from './plan.ts'
import { runCheck } from './run-checks.ts'

/** Milliseconds until vitest gives up a check; the check itself gives up before and says what it waited for. */
const timeout = 60_000

/**
 * Holds a backend to the contract: one vitest test per promise, for as many as make sense for its capabilities. The last test
 * prints how many ran, and fails when they are too few.
 */
export function describeBackend<Options>(
  plugin: BackendPlugin<Options>,
  options: DescribeBackendOptions<Options>,
): void {
  const subject = subjectOf(plugin, options)
  const checks = planOf(subject)
  const floor = options.minChecks ?? floorOf(subject.capabilities)
  describe(`the contract of ${plugin.type}`, () => {
    let ran = 0
    for (const check of checks) {
      it(`${check.id}: ${check.title}`, { timeout }, async () => {
        ran += 1
        await runCheck(check, subject)
      })
    }
    it(`runs at least ${floor} checks`, () => {
      process.stdout.write(`${plugin.type}: ${ran} contract checks ran\n`)
      expect(ran).toBeGreaterThanOrEqual(floor)
    })
  })
}
