import type { JsonObject, ReasoningEffort, ReasoningRequest } from '@jackfield/core'
import { budgetOfEffort, effortOfBudget } from '@jackfield/dialect-kit'
import type { ModelFacts } from '../model-facts.ts'
import type { Variant } from '../options.ts'

/** Fewest tokens that a budget may have (protocol reference 3.5). */
const minBudget = 1024

/** Tokens of answers that name no limit, where the model's own limit is known, and where it is not. */
const usualTokens = 32_000
const carefulTokens = 8192

/** Most that is asked of a model whose own limit is not known, thinking and answer together, where the client names none. */
const carefulLimit = 64_000

/** Share of a given limit that thinking gets where the budget does not fit below it. */
const thinkingShare = 0.8

const usualEfforts = ['low', 'medium', 'high', 'max'] as const

/** What is sent of thinking, and the limit that goes with it. */
export interface ThinkingPlan {
  readonly isOn: boolean
  readonly thinking?: JsonObject
  readonly effort?: string
  readonly maxTokens: number
  /** Thinking was asked for and could not be switched on. */
  readonly isRefused: boolean
}

export interface ThinkingOptions {
  readonly facts: ModelFacts
  readonly variant: Pick<Variant, 'budgets' | 'maxTokens'>
  /** The client's limit of the answer. */
  readonly limit: number | undefined
  /** Something in the request that providers refuse beside thinking. */
  readonly isBlocked: boolean
}

/** Whether thinking is asked for; `undefined` where it is left to the model. */
function isAsked({ enabled, effort, budget }: ReasoningRequest): boolean | undefined {
  if (enabled !== undefined) return enabled
  if (effort !== undefined) return effort !== 'none'
  return budget === undefined ? undefined : budget !== 0
}

/** How a model is asked to think, or not to, within its limits. */
export function planThinking(
  reasoning: ReasoningRequest | undefined,
  options: ThinkingOptions,
): ThinkingPlan {
  const { facts, isBlocked } = options
  const asked = reasoning === undefined ? undefined : isAsked(reasoning)
  const off = { isOn: false, maxTokens: tokensWithout(options), isRefused: false }
  if (reasoning === undefined || asked === undefined) return off
  if (facts.thinking === 'none') return { ...off, isRefused: asked }
  const disabled = { ...off, thinking: { type: 'disabled' } }
  if (!asked) return disabled
  if (facts.thinking === 'adaptive') {
    const effort = effortWord(reasoning, facts)
    if (isBlocked) return { ...disabled, ...calmEffort(effort), isRefused: true }
    const thinking = { type: 'adaptive', ...display(reasoning) }
    return { ...off, isOn: true, thinking, ...(effort === undefined ? {} : { effort }) }
  }
  const plan = isBlocked ? undefined : planBudget(budgetOf(reasoning, options.variant), options)
  if (plan === undefined) return { ...disabled, isRefused: true }
  const thinking = { type: 'enabled', budget_tokens: plan.budget, ...display(reasoning) }
  return { isOn: true, thinking, maxTokens: plan.maxTokens, isRefused: false }
}

function display({ show }: ReasoningRequest): JsonObject {
  if (show === undefined) return {}
  return { display: show === false ? 'omitted' : 'summarized' }
}

/** The strongest efforts are refused beside disabled thinking (protocol reference 3.5). */
export function calmEffort(effort: string | undefined): { readonly effort?: string } {
  if (effort === undefined) return {}
  return { effort: effort === 'xhigh' || effort === 'max' ? 'high' : effort }
}

/** The effort in the words of a model; `undefined` where the amount is left to it. */
function effortWord(
  { effort, budget }: Pick<ReasoningRequest, 'effort' | 'budget'>,
  { efforts = usualEfforts }: Pick<ModelFacts, 'efforts'>,
): string | undefined {
  const wanted = effort ?? effortOfBudget(budget)
  const steps = wanted === undefined ? [] : stepsFrom(wanted)
  return steps.find((step) => efforts.includes(step)) ?? undefined
}

/** Words for an effort, the best first. */
function stepsFrom(effort: ReasoningEffort): readonly string[] {
  switch (effort) {
    case 'none':
      return []
    case 'minimal':
    case 'low':
      return ['low', 'medium', 'high']
    case 'medium':
      return ['medium', 'high', 'low']
    case 'high':
      return ['high', 'medium', 'low']
    case 'xhigh':
      return ['xhigh', 'max', 'high', 'medium', 'low']
    case 'max':
      return ['max', 'xhigh', 'high', 'medium', 'low']
    default:
      return effort satisfies never
  }
}

/** Tokens of thinking that are asked for. */
function budgetOf(
  { effort, budget }: Pick<ReasoningRequest, 'effort' | 'budget'>,
  { budgets }: Pick<Variant, 'budgets'>,
): number {
  if (typeof budget === 'number') return Math.max(minBudget, Math.floor(budget))
  const wanted = effort ?? 'medium'
  return Math.max(minBudget, budgets[wanted] ?? budgetOfEffort(wanted))
}

/** A budget below the limit of the answer, which counts thinking. `undefined` where none fits. */
function planBudget(
  budget: number,
  options: ThinkingOptions,
): { readonly budget: number; readonly maxTokens: number } | undefined {
  const { facts, limit } = options
  const maxTokens =
    limit === undefined
      ? Math.min(facts.maxOutputTokens ?? carefulLimit, tokensWithout(options) + budget)
      : Math.min(facts.maxOutputTokens ?? limit, limit)
  const fitting = fittingBudget(budget, maxTokens)
  return fitting === undefined ? undefined : { budget: fitting, maxTokens }
}

/** The budget itself, or the largest share of the limit; `undefined` where the limit leaves no room for either. */
export function fittingBudget(budget: number, maxTokens: number): number | undefined {
  if (budget < maxTokens) return budget
  const share = Math.max(minBudget, Math.floor(maxTokens * thinkingShare))
  return share < maxTokens ? share : undefined
}

/** The limit of an answer without thinking. */
function tokensWithout({ facts, variant, limit }: ThinkingOptions): number {
  const { maxOutputTokens: ceiling } = facts
  const usual = variant.maxTokens ?? (ceiling === undefined ? carefulTokens : usualTokens)
  return Math.min(limit ?? usual, ceiling ?? Number.POSITIVE_INFINITY)
}
