import type { CallParameters } from './parameters.ts'
import type { ChatRequest } from './request.ts'

/** Parameters from outside the request, by their strength. */
export interface CallSettings {
  /** Above the request's own: operator's, session's, selector's. */
  readonly overrides: CallParameters
  /** Below the request's own. */
  readonly defaults: CallParameters
}

/** The request with the settings applied: overrides above its own parameters, defaults below. */
export function withSettings(
  request: ChatRequest,
  { overrides, defaults }: CallSettings,
): ChatRequest {
  if (isEmpty(overrides) && isEmpty(defaults)) return request
  const weak = asRequest(defaults, request)
  const strong = asRequest(overrides, request)
  return { ...weak, ...request, ...mergedReasoning(weak, request), ...strong }
}

function asRequest(
  { reasoningEffort, ...same }: CallParameters,
  request: ChatRequest,
): Partial<ChatRequest> {
  if (reasoningEffort === undefined) return same
  const { show } = request.reasoning ?? {}
  return {
    ...same,
    reasoning: { effort: reasoningEffort, ...(show === undefined ? {} : { show }) },
  }
}

/** A request that says how reasoning is shown, but not how much is wanted, still takes the default amount. */
function mergedReasoning(weak: Partial<ChatRequest>, request: ChatRequest): Partial<ChatRequest> {
  if (weak.reasoning === undefined || request.reasoning === undefined) return {}
  const { enabled, effort, budget } = request.reasoning
  const isSilent = enabled === undefined && effort === undefined && budget === undefined
  return isSilent ? { reasoning: { ...weak.reasoning, ...request.reasoning } } : {}
}

function isEmpty(parameters: CallParameters): boolean {
  return Object.keys(parameters).length === 0
}
