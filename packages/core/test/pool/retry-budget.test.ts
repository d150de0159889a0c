import { describe, expect, it } from 'vitest'
import { RetryBudget } from '../../src/pool/retry-budget.ts'
import { FakeClock } from '../fake-clock.ts'

function budgetOf(rules: { readonly ratio?: number; readonly minimum?: number } = {}) {
  const clock = new FakeClock()
  const budget = new RetryBudget(clock, { ratio: 0.2, minimum: 10, windowMs: 10_000, ...rules })
  const spendAll = () => {
    let spent = 0
    for (; budget.allows; spent += 1) budget.spend()
    return spent
  }
  const begin = (calls: number) => {
    for (let call = 0; call < calls; call += 1) budget.began()
  }
  return { clock, budget, spendAll, begin }
}

describe('a retry budget', () => {
  it('allows a few retries whatever the traffic', () => {
    expect(budgetOf().spendAll()).toBe(10)
  })

  it('allows a share of the calls that began', () => {
    const { begin, spendAll } = budgetOf()
    begin(1_000)

    expect(spendAll()).toBe(200)
  })

  it('comes back as the window slides', async () => {
    const { clock, begin, spendAll } = budgetOf()
    begin(100)
    spendAll()
    await clock.advance(9_999)
    const early = spendAll()
    await clock.advance(1_002)

    expect([early, spendAll()]).toEqual([0, 10])
  })

  it('can be nothing at all', () => {
    expect(budgetOf({ ratio: 0, minimum: 0 }).spendAll()).toBe(0)
  })
})
