import { reasoningEfforts } from '@jackfield/core'
import { expect, it } from 'vitest'
import { budgetOfEffort, effortOfBudget } from '../src/index.ts'

it('an effort stands for a number of tokens, more for more', () => {
  const budgets = reasoningEfforts.map(budgetOfEffort)

  expect(budgets).toEqual([0, 512, 1024, 8192, 24_576, 32_768, 128_000])
})

it.each([
  [0, 'none'],
  [1, 'minimal'],
  [512, 'minimal'],
  [513, 'low'],
  [1024, 'low'],
  [8192, 'medium'],
  [8193, 'high'],
  [24_576, 'high'],
  [24_577, 'xhigh'],
  [1e9, 'xhigh'],
] as const)('a budget of %d is %s', (budget, effort) => {
  expect(effortOfBudget(budget)).toBe(effort)
})

it.each([undefined, 'dynamic', -1, Number.NaN] as const)(
  'a budget of %s names no effort',
  (budget) => {
    expect(effortOfBudget(budget)).toBeUndefined()
  },
)
