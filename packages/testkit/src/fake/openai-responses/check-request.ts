import { checkBody, type Endpoint } from '../openai/check-request.ts'
import { Refusal } from '../strict/refusal.ts'
import type { JsonObject } from '../strict/rule.ts'
import { fieldRules, responsesParameters } from './field-rules.ts'
import { itemRules } from './item-rules.ts'
import type { Memory } from './memory.ts'
import type { StateRule } from './state-rule.ts'
import { stateRules } from './state-rules.ts'
import { toolRules } from './tool-rules.ts'

/** Rules that are not about one body: each is part of the handling of a request. */
type TransportRuleId = 'authorization' | 'content-type' | 'parameters' | 'known-model'

/** Every strict rule of the fake, by the name under which it can be switched off. */
export type ResponsesRuleId =
  | TransportRuleId
  | keyof typeof fieldRules
  | keyof typeof itemRules
  | keyof typeof toolRules
  | keyof typeof stateRules

/** `POST /responses`, as far as it can be checked without a memory. */
export const responsesEndpoint: Endpoint = {
  rules: { ...fieldRules, ...itemRules, ...toolRules },
  parameters: responsesParameters,
}

/** `POST /responses/input_tokens`. */
export const inputTokensEndpoint: Endpoint = {
  rules: responsesEndpoint.rules,
  parameters: [
    'model',
    'input',
    'instructions',
    'tools',
    'tool_choice',
    'text',
    'reasoning',
    'truncation',
    'conversation',
    'previous_response_id',
    'parallel_tool_calls',
    'personality',
  ],
}

/** `POST /responses/compact`. */
export const compactEndpoint: Endpoint = {
  rules: responsesEndpoint.rules,
  parameters: [
    'model',
    'input',
    'instructions',
    'previous_response_id',
    'prompt_cache_key',
    'prompt_cache_options',
    'prompt_cache_retention',
    'service_tier',
    'image',
  ],
}

/** Holds a body against the rules that are on, and against what is remembered. Throws a {@link Refusal} for the first violation. */
export function checkResponsesBody(
  body: JsonObject,
  memory: Memory,
  { endpoint, off }: { readonly endpoint: Endpoint; readonly off: ReadonlySet<string> },
): void {
  checkBody(body, endpoint, off)
  const rules: Readonly<Record<string, StateRule>> = stateRules
  for (const [id, rule] of Object.entries(rules)) {
    const problem = off.has(id) ? undefined : rule.check(body, memory)
    if (!problem) continue
    const { at, code = null, message } = problem
    throw new Refusal(400, `${message} (${rule.cites})`, { code, param: at })
  }
}
