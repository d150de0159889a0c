import type { JsonObject, ReasoningEffort, ReasoningRequest } from '@jackfield/core'
import { budgetOfEffort, effortOfBudget } from '@jackfield/dialect-kit'
import type { BudgetRange, ModelFacts, ThinkingLevel } from '../model-facts.ts'
import { thinkingLevels } from '../model-facts.ts'

const usualRange: BudgetRange = { min: 1, max: 24_576, off: true }

/**
 * `thinkingConfig` for a model, with a budget or a level and never both. Undefined where nothing is asked, or where the model
 * cannot be asked: whether it is lost then, {@link isThinkingLost} says.
 */
export function encodeThinking(
  reasoning: ReasoningRequest | undefined,
  facts: ModelFacts,
): JsonObject | undefined {
  if (reasoning === undefined || facts.thinking === 'none') return undefined
  const enabled = isEnabled(reasoning)
  const config = {
    ...(facts.thinking === 'budget'
      ? budgetMember(reasoning, enabled, facts.budgetRange ?? usualRange)
      : levelMember(reasoning, enabled, facts.levels ?? thinkingLevels)),
    ...showMember(reasoning, enabled),
  }
  return Object.keys(config).length === 0 ? undefined : config
}

/** Whether a model that refuses to be asked is asked for thoughts. */
export function isThinkingLost(
  reasoning: ReasoningRequest | undefined,
  facts: ModelFacts,
): boolean {
  return facts.thinking === 'none' && reasoning !== undefined && isEnabled(reasoning) === true
}

/** `undefined`: the request leaves it to the model. */
function isEnabled({ enabled, effort, budget }: ReasoningRequest): boolean | undefined {
  if (enabled !== undefined) return enabled
  if (effort !== undefined) return effort !== 'none'
  return budget === undefined ? undefined : budget !== 0
}

function budgetMember(
  { effort, budget }: ReasoningRequest,
  enabled: boolean | undefined,
  range: BudgetRange,
): JsonObject {
  if (enabled === undefined) return {}
  if (!enabled) return { thinkingBudget: range.off ? 0 : range.min }
  if (budget === 'dynamic') return { thinkingBudget: -1 }
  const asked = budget ?? (effort === undefined ? undefined : budgetOfEffort(effort))
  if (asked === undefined) return {}
  return { thinkingBudget: Math.min(range.max, Math.max(range.min, asked)) }
}

function levelMember(
  { effort, budget }: ReasoningRequest,
  enabled: boolean | undefined,
  levels: readonly ThinkingLevel[],
): JsonObject {
  if (enabled === undefined) return {}
  const asked = enabled ? (effort ?? effortOfBudget(budget)) : 'none'
  const level = asked === undefined ? undefined : levelOf(asked, levels)
  return level === undefined ? {} : { thinkingLevel: level.toUpperCase() }
}

const wanted: Readonly<Record<ReasoningEffort, ThinkingLevel>> = {
  none: 'minimal',
  minimal: 'minimal',
  low: 'low',
  medium: 'medium',
  high: 'high',
  xhigh: 'high',
  max: 'high',
}

/** The level that is meant, else the next stronger one of the model, else its strongest. These models cannot be kept from thinking. */
function levelOf(
  effort: ReasoningEffort,
  levels: readonly ThinkingLevel[],
): ThinkingLevel | undefined {
  const from = thinkingLevels.indexOf(wanted[effort])
  const stronger = thinkingLevels.slice(from).find((level) => levels.includes(level))
  return stronger ?? thinkingLevels.findLast((level) => levels.includes(level))
}

/** Who asks for thoughts is shown them, unless they say otherwise; else no other protocol's client would ever see any. */
function showMember({ show }: ReasoningRequest, enabled: boolean | undefined): JsonObject {
  if (show === false || enabled === false) return {}
  return enabled === true || show !== undefined ? { includeThoughts: true } : {}
}
