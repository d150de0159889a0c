import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type ReasoningEffort,
  type ReasoningRequest,
  reasoningEfforts,
} from '@jackfield/core'

/** Top-level members with which clients of compatible providers ask for reasoning. */
export const reasoningMembers = [
  'reasoning_effort',
  'reasoning',
  'thinking',
  'enable_thinking',
  'thinking_budget',
  'thinking_mode',
  'include_reasoning',
] as const

interface Reading {
  readonly asked: ReasoningRequest
  /** Members that say more than the canonical form can hold, or something unknown. They travel on as they are. */
  readonly kept: readonly string[]
}

type Reader = (value: JsonValue) => ReasoningRequest | undefined

const readers: Readonly<Record<(typeof reasoningMembers)[number], Reader>> = {
  reasoning_effort: (value) => (isEffort(value) ? { effort: value } : undefined),
  reasoning: (value) => (isJsonObject(value) ? readReasoning(value) : undefined),
  thinking: (value) => (isJsonObject(value) ? readThinking(value) : undefined),
  enable_thinking: readSwitch,
  thinking_budget: (value) => (typeof value === 'number' ? { budget: value } : undefined),
  thinking_mode: readSwitch,
  include_reasoning: (value) => (typeof value === 'boolean' ? { show: value } : undefined),
}

const plainMembers: Readonly<Record<string, ReadonlySet<string>>> = {
  reasoning: new Set(['effort', 'max_tokens', 'enabled', 'exclude']),
  thinking: new Set(['type', 'budget_tokens']),
}

/** What a request asks of reasoning, in whichever provider's words. The first member that speaks of a thing decides it. */
export function decodeReasoningRequest(wire: JsonObject): Reading {
  let asked: ReasoningRequest = {}
  const kept: string[] = []
  for (const name of reasoningMembers) {
    const value = wire[name]
    if (value === undefined || value === null) continue
    const read = readers[name](value)
    asked = { ...read, ...asked }
    if (read === undefined || hasMore(name, value)) kept.push(name)
  }
  return { asked, kept }
}

function hasMore(name: string, value: JsonValue): boolean {
  const plain = plainMembers[name]
  return (
    plain !== undefined && isJsonObject(value) && Object.keys(value).some((key) => !plain.has(key))
  )
}

function isEffort(value: JsonValue | undefined): value is ReasoningEffort {
  return reasoningEfforts.some((effort) => effort === value)
}

function readSwitch(value: JsonValue): ReasoningRequest | undefined {
  return typeof value === 'boolean' ? { enabled: value } : undefined
}

/** OpenRouter's object. */
function readReasoning(value: JsonObject): ReasoningRequest {
  const { effort, max_tokens: budget, enabled, exclude } = value
  return {
    ...(isEffort(effort) ? { effort } : {}),
    ...(typeof budget === 'number' ? { budget } : {}),
    ...(typeof enabled === 'boolean' ? { enabled } : {}),
    ...(typeof exclude === 'boolean' ? { show: !exclude } : {}),
  }
}

/** The object of z.ai, Kimi and DeepSeek, after Anthropic's. */
function readThinking(value: JsonObject): ReasoningRequest {
  const { type, budget_tokens: budget } = value
  return {
    ...(type === 'enabled' || type === 'adaptive' ? { enabled: true } : {}),
    ...(type === 'disabled' ? { enabled: false } : {}),
    ...(typeof budget === 'number' ? { budget } : {}),
  }
}
