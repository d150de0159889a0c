import type { ChatRequest, JsonObject, ReasoningRequest } from '@jackfield/core'
import { effortOfBudget } from '@jackfield/dialect-kit'
import type { ReasoningAsk } from '../options.ts'

/** Top-level members that ask a provider to reason, in its words. `undefined` where it cannot be asked. */
export function encodeReasoningRequest(
  ask: ReasoningAsk,
  request: Pick<ChatRequest, 'reasoning' | 'model'>,
): JsonObject | undefined {
  if (typeof ask === 'function') return ask(request)
  const { reasoning } = request
  if (reasoning === undefined) return {}
  const enabled = isReasoning(reasoning)
  switch (ask) {
    case 'reasoning_effort':
      return askEffort(reasoning, enabled)
    case 'reasoning':
      return askObject(reasoning, enabled)
    case 'thinking':
      return enabled === undefined ? {} : { thinking: { type: enabled ? 'enabled' : 'disabled' } }
    case 'enable_thinking':
      return askDashScope(reasoning, enabled)
    case 'thinking_mode':
      return enabled === undefined ? {} : { thinking_mode: enabled }
    case 'none':
      return enabled === undefined ? {} : undefined
    default:
      return ask satisfies never
  }
}

/** Whether reasoning is asked for at all; `undefined` where the request leaves it to the model. */
function isReasoning({ enabled, effort, budget }: ReasoningRequest): boolean | undefined {
  if (enabled !== undefined) return enabled
  if (effort !== undefined) return effort !== 'none'
  return budget === undefined ? undefined : budget !== 0
}

function askEffort(reasoning: ReasoningRequest, enabled: boolean | undefined): JsonObject {
  if (enabled === false) return { reasoning_effort: 'none' }
  const effort = reasoning.effort ?? effortOfBudget(reasoning.budget)
  if (effort !== undefined) return { reasoning_effort: effort }
  return enabled === true ? { reasoning_effort: 'medium' } : {}
}

/** OpenRouter takes an effort or a budget, not both, and `xhigh` is its highest effort. */
function askObject(reasoning: ReasoningRequest, enabled: boolean | undefined): JsonObject {
  const { show } = reasoning
  const body = {
    ...(enabled === true ? measureOf(reasoning) : {}),
    ...(enabled === false ? { enabled } : {}),
    ...(show === undefined ? {} : { exclude: show === false }),
  }
  return Object.keys(body).length === 0 ? {} : { reasoning: body }
}

function measureOf({ effort, budget }: ReasoningRequest): JsonObject {
  if (effort !== undefined) return { effort: effort === 'max' ? 'xhigh' : effort }
  return typeof budget === 'number' && budget > 0 ? { max_tokens: budget } : { enabled: true }
}

function askDashScope({ budget }: ReasoningRequest, enabled: boolean | undefined): JsonObject {
  if (enabled === undefined) return {}
  const limit = enabled && typeof budget === 'number' ? { thinking_budget: budget } : {}
  return { enable_thinking: enabled, ...limit }
}
