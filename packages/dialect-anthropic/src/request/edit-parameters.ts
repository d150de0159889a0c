import {
  type CallParameters,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type ReasoningEffort,
  readNumber,
} from '@jackfield/core'
import { type Editing, isUnset, objectMember, setMember } from '@jackfield/dialect-kit'
import { calmEffort, fittingBudget, planThinking } from '../chat/encode-thinking.ts'
import type { ModelFacts } from '../model-facts.ts'
import type { Variant } from '../options.ts'
import { demandsCall, readLoop } from './loop.ts'

export interface ParameterEdit {
  readonly facts: ModelFacts
  readonly variant: Variant
  readonly defaults: CallParameters
  readonly overrides: CallParameters
}

/** Sampling, limit and effort, in a form that the model takes beside what the client's body says. */
export function editParameters(editing: Editing, edit: ParameterEdit): void {
  const { defaults, overrides } = edit
  if (Object.keys(defaults).length === 0 && Object.keys(overrides).length === 0) return
  const limit = editLimit(editing, edit)
  const effort = overrides.reasoningEffort ?? defaultEffort(editing, defaults)
  const before = thinkingOf(editing)
  const thinking = effort === undefined ? before : editEffort(editing, { ...edit, effort, limit })
  fitBudget(editing, thinking, limit)
  editSampling(editing, edit, isOn(thinking))
  if (isOn(thinking) && !isOn(before)) clearSampling(editing)
}

function editLimit(editing: Editing, { defaults, overrides }: ParameterEdit): number | undefined {
  const wanted =
    overrides.maxOutputTokens ??
    (isUnset(editing, 'max_tokens') ? defaults.maxOutputTokens : undefined)
  if (wanted === undefined) return numberOf(editing, 'max_tokens')
  setMember(editing, 'max_tokens', wanted)
  return wanted
}

function numberOf({ document }: Editing, name: string): number | undefined {
  const span = document.get(name)
  return span?.kind === 'number' ? readNumber(document.bytes, span) : undefined
}

/** A client that says anything of thinking has decided. */
function defaultEffort(
  editing: Editing,
  { reasoningEffort }: CallParameters,
): ReasoningEffort | undefined {
  const config = objectMember(editing.document, 'output_config')
  const isSilent = isUnset(editing, 'thinking') && (config?.['effort'] ?? null) === null
  return isSilent ? reasoningEffort : undefined
}

function thinkingOf({ document }: Editing): JsonObject | undefined {
  return objectMember(document, 'thinking')
}

function isOn(thinking: JsonObject | undefined): boolean {
  const type = thinking?.['type']
  return type !== undefined && type !== 'disabled'
}

interface EffortEdit extends ParameterEdit {
  readonly effort: ReasoningEffort
  readonly limit: number | undefined
}

/** The thinking that the provider is asked for. It stays as it is where switching it on would make the request illegal. */
function editEffort(editing: Editing, edit: EffortEdit): JsonObject | undefined {
  const { document } = editing
  const { facts, variant, effort, limit } = edit
  const before = thinkingOf(editing)
  const isBlocked = !isOn(before) && effort !== 'none' && mayNotThink(editing)
  const plan = planThinking({ effort }, { facts, variant, limit, isBlocked })
  if (plan.thinking === undefined || plan.isRefused) return before
  const { type: _, budget_tokens: __, ...rest } = before ?? {}
  const thinking = plan.isOn ? { ...rest, ...plan.thinking } : plan.thinking
  setMember(editing, 'thinking', thinking)
  if (limit === undefined) setMember(editing, 'max_tokens', plan.maxTokens)
  const config = objectMember(document, 'output_config') ?? {}
  const word = plan.effort ?? (plan.isOn ? undefined : calmEffort(textOf(config['effort'])).effort)
  if (word !== undefined && word !== config['effort']) {
    setMember(editing, 'output_config', { ...config, effort: word })
  }
  return thinking
}

function textOf(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function mayNotThink({ document }: Editing): boolean {
  if (demandsCall(document)) return true
  const { isOpen, thinks, isPrefill } = readLoop(document)
  return isOpen ? !thinks : isPrefill
}

/** A budget stays below the limit of the answer; where there is no room for one, nothing is thought. */
function fitBudget(
  editing: Editing,
  thinking: JsonObject | undefined,
  limit: number | undefined,
): void {
  const budget = thinking?.['budget_tokens']
  if (thinking === undefined || typeof budget !== 'number' || limit === undefined) return
  const fitting = fittingBudget(budget, limit)
  if (fitting === budget) return
  const fitted =
    fitting === undefined ? { type: 'disabled' } : { ...thinking, budget_tokens: fitting }
  setMember(editing, 'thinking', fitted)
}

const samplers = [
  ['temperature', 'temperature'],
  ['topP', 'top_p'],
  ['topK', 'top_k'],
] as const

/** What thinking, or the model, does not take is left alone: set, it would make the request fail. */
function editSampling(
  editing: Editing,
  { facts, defaults, overrides }: ParameterEdit,
  isThinking: boolean,
): void {
  if (!facts.sampling || isThinking) return
  for (const [field, name] of samplers) {
    const value = overrides[field] ?? (isUnset(editing, name) ? defaults[field] : undefined)
    if (value === undefined) continue
    setMember(editing, name, name === 'temperature' ? Math.min(1, value) : value)
  }
  if (facts.bothSamplers !== true) keepOneSampler(editing, { defaults, overrides })
}

/** Of two samplers that exclude each other the one stays that was asked for last. What nobody edited is left to the client. */
function keepOneSampler(
  editing: Editing,
  { defaults, overrides }: Pick<ParameterEdit, 'defaults' | 'overrides'>,
): void {
  const asked = [defaults, overrides].some(
    ({ temperature, topP }) => temperature !== undefined || topP !== undefined,
  )
  if (!asked || isUnset(editing, 'temperature') || isUnset(editing, 'top_p')) return
  const prefersTopP = overrides.topP !== undefined && overrides.temperature === undefined
  editing.editor.remove(prefersTopP ? 'temperature' : 'top_p')
}

/** Sampling of the client that is refused beside the thinking that was switched on. */
function clearSampling(editing: Editing): void {
  for (const [, name] of samplers) {
    const value = numberOf(editing, name)
    const isAccepted =
      name === 'temperature' ? value === 1 : name === 'top_p' && (value ?? 0) >= 0.95
    if (value !== undefined && !isAccepted) editing.editor.remove(name)
  }
}

/** For a request whose thinking was taken away: nothing is thought in it. */
export function disableThinking(editing: Editing): void {
  if (!isOn(thinkingOf(editing))) return
  setMember(editing, 'thinking', { type: 'disabled' })
  const config = objectMember(editing.document, 'output_config')
  const effort = calmEffort(textOf(config?.['effort'])).effort
  if (isJsonObject(config) && effort !== undefined && effort !== config['effort']) {
    setMember(editing, 'output_config', { ...config, effort })
  }
}
