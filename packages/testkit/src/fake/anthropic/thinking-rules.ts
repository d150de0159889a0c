import { field, type JsonObject, type Rule } from '../strict/rule.ts'
import { integerIn, isObject, oneOf, tagged } from '../strict/shape.ts'
import { closed, closedKind } from './closed.ts'
import { thinks } from './conversation.ts'
import { isPresent } from './field-rules.ts'
import { prefill } from './message-rules.ts'

const cites = (what: string): string => `Anthropic Messages 3.5, ${what}`

const shared = {
  display: oneOf('summarized', 'omitted', 'updates'),
  block_binding: closed({ prefix_mismatch_behavior: oneOf('error', 'drop_block') }),
}

/** Rules about thinking that need nothing but the request. */
export const thinkingRules = {
  thinking: field(
    'thinking',
    tagged({
      enabled: closedKind({ budget_tokens: integerIn(1024) }, shared),
      adaptive: closedKind({}, shared),
      between_tools: closedKind({}),
      disabled: closedKind({}),
    }),
    cites('Manual and Adaptive'),
  ),
  'thinking-temperature': {
    cites: 'Anthropic Messages 3.2, temperature: must be 1/absent when thinking is on',
    check: (body) =>
      thinks(body) && isPresent(body['temperature']) && body['temperature'] !== 1
        ? { at: 'temperature', message: 'may only be set to 1 when thinking is enabled' }
        : undefined,
  },
  'thinking-top-p': {
    cites: 'Anthropic Messages 3.2, top_p: with thinking top_p only 0.95–1',
    check: (body) =>
      thinks(body) && isPresent(body['top_p']) && Number(body['top_p']) < 0.95
        ? { at: 'top_p', message: 'must be at least 0.95 when thinking is enabled' }
        : undefined,
  },
  'thinking-top-k': {
    cites: 'Anthropic Messages 3.2, top_k: with thinking no top_k',
    check: (body) =>
      thinks(body) && isPresent(body['top_k'])
        ? { at: 'top_k', message: 'must be unset when thinking is enabled' }
        : undefined,
  },
  'thinking-tool-choice': {
    cites: 'Anthropic Messages 3.4, tool_choice: With thinking on, only auto and none',
    check: (body) =>
      thinks(body) && forcesTools(body)
        ? {
            at: 'tool_choice',
            message: 'Thinking may not be enabled when tool_choice forces tool use',
          }
        : undefined,
  },
  'thinking-prefill': {
    cites: 'Anthropic Messages 3.3, Rules: an assistant prefill is not allowed with thinking',
    check: (body) => {
      const last = thinks(body) ? prefill(body) : undefined
      return last && { at: last.at, message: 'a prefill is not allowed when thinking is enabled' }
    },
  },
} as const satisfies Record<string, Rule>

function forcesTools(body: JsonObject): boolean {
  const choice = body['tool_choice']
  return isObject(choice) && (choice['type'] === 'any' || choice['type'] === 'tool')
}
