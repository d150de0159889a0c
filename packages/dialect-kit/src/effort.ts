import type { ReasoningEffort } from '@jackfield/core'

/**
 * The one table between steps of effort and numbers of thinking tokens (protocol reference 5.5): protocols that know only one of
 * the two are asked with the other. Providers disagree by their own limits, so whoever asks clamps to those of its model.
 */
const budgets: Readonly<Record<ReasoningEffort, number>> = {
  none: 0,
  minimal: 512,
  low: 1024,
  medium: 8192,
  high: 24_576,
  xhigh: 32_768,
  max: 128_000,
}

/** Steps that a budget is told as, with the largest budget of each. What is above the last is `xhigh`. */
const steps = ['none', 'minimal', 'low', 'medium', 'high'] as const

/** Tokens that an effort stands for. */
export function budgetOfEffort(effort: ReasoningEffort): number {
  return budgets[effort]
}

/**
 * The weakest effort whose budget reaches a number of tokens; more than `high` has is `xhigh`, because few know `max`. A budget
 * that the model chooses itself (`dynamic`, or negative as Gemini writes it) names none.
 */
export function effortOfBudget(
  budget: number | 'dynamic' | undefined,
): ReasoningEffort | undefined {
  if (budget === undefined || budget === 'dynamic' || !(budget >= 0)) return undefined
  return steps.find((step) => budget <= budgets[step]) ?? 'xhigh'
}
