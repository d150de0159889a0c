import { describe, expect, it } from 'vitest'
import { defaultLimits } from '../../src/config.ts'
import { Budget } from '../../src/pipeline/budget.ts'
import { FakeClock } from '../fake-clock.ts'
import { failure } from '../support/pool-parts.ts'

function budgetOf(limits: { readonly maxTries?: number; readonly maxAttemptsMs?: number } = {}) {
  const clock = new FakeClock()
  const budget = new Budget(clock, { ...defaultLimits, maxTries: 3, ...limits })
  return { clock, budget }
}

describe('the budget of a call', () => {
  it('is spent after its tries', () => {
    const { budget } = budgetOf()

    expect([1, 2, 3].map(() => [budget.take('forward'), budget.spent])).toEqual([
      [1, false],
      [2, false],
      [3, true],
    ])
  })

  it('is not spent by what virtual backends do, which is counted as attempts', () => {
    const { budget } = budgetOf()
    for (let at = 0; at < 9; at += 1) budget.take('virtual')

    expect([budget.spent, budget.attempts]).toEqual([false, 9])
  })

  it('is spent when its time is over', async () => {
    const { budget, clock } = budgetOf({ maxAttemptsMs: 1_000 })
    await clock.advance(999)
    expect(budget.spent).toBe(false)

    await clock.advance(1)

    expect(budget.spent).toBe(true)
  })
})

describe('a share of a budget', () => {
  it('has the same tries', () => {
    const { budget } = budgetOf()
    const share = budget.share(0)
    budget.take('forward')

    expect([share.take('translate'), share.take('forward')]).toEqual([2, 3])
    expect([budget.spent, share.spent, budget.attempts]).toEqual([true, true, 3])
  })

  it('leaves tries to others', () => {
    const { budget } = budgetOf()
    const share = budget.share(1)
    share.take('forward')
    share.take('forward')

    expect([share.spent, budget.spent, budget.share(0).spent]).toEqual([true, false, false])
  })

  it('leaves also what the share that it is a part of leaves', () => {
    const { budget } = budgetOf()

    expect(budget.share(1).share(1).spent).toBe(false)
    expect(budget.share(1).share(2).spent).toBe(true)
  })

  it('may begin when the time is over, and not go on', async () => {
    const { budget, clock } = budgetOf({ maxAttemptsMs: 1_000 })
    await clock.advance(2_000)
    const share = budget.share(0)
    expect(share.spent).toBe(false)

    share.take('forward')

    expect([share.spent, share.allowsWait(1)]).toEqual([true, false])
  })

  it('cools no more targets than the call may', () => {
    const { budget } = budgetOf()
    const cools = (id: string) => budget.share(0).mayCool(id, failure('upstream_error'))

    expect([cools('a'), cools('b'), cools('c'), cools('a')]).toEqual([true, true, false, true])
    expect(budget.mayCool('d', failure('upstream_error'))).toBe(false)
  })
})
