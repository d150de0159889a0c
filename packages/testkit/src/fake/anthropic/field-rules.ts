import { field, type Rule, requiredField } from '../strict/rule.ts'
import {
  anyObject,
  anyText,
  type Check,
  either,
  firstProblem,
  flag,
  integerIn,
  itemsOf,
  listOf,
  numberIn,
  oneOf,
  shape,
  tagged,
  text,
} from '../strict/shape.ts'
import { cacheControl, systemPrompt } from './block-shapes.ts'
import { closed, closedKind } from './closed.ts'

/** Names the line of the reference. */
const cites = (row: string): string => `Anthropic Messages 3.2, ${row}`

const jsonSchema = closed({ type: oneOf('json_schema'), schema: anyObject })
const effort = oneOf('low', 'medium', 'high', 'xhigh', 'max')
const speed = oneOf('standard', 'fast')
const outputConfig = closed(
  {},
  {
    effort,
    format: jsonSchema,
    task_budget: closed(
      { type: oneOf('tokens'), total: integerIn(1) },
      { remaining: integerIn(0) },
    ),
  },
)

const container = either(
  closed(
    {},
    {
      id: text(),
      skills: listOf(
        closed({ type: oneOf('anthropic', 'custom'), skill_id: text() }, { version: text() }),
      ),
    },
  ),
  text(),
)

const contextEdit = shape({
  type: oneOf('clear_tool_uses_20250919', 'clear_thinking_20251015', 'compact_20260112'),
})

const mcpServer = closed(
  { type: oneOf('url'), name: text(), url: text({ pattern: /^https?:\/\//i }) },
  { authorization_token: text(), tool_configuration: anyObject },
)

const fallbacks: Check = either(
  listOf(
    closed(
      { model: text() },
      { max_tokens: integerIn(0), output_config: outputConfig, thinking: anyObject, speed },
    ),
  ),
  oneOf('default'),
)

/** Rules about single fields of a request. Those about thinking, tools and messages stand in files of their own. */
export const fieldRules = {
  model: requiredField('model', text(), cites('model')),
  'max-tokens': requiredField('max_tokens', integerIn(0), cites('max_tokens')),
  system: field('system', systemPrompt, cites('system')),
  temperature: field('temperature', numberIn(0, 1), cites('temperature')),
  'top-p': field('top_p', numberIn(0, 1), cites('top_p')),
  'top-k': field('top_k', integerIn(0), cites('top_k')),
  'temperature-or-top-p': {
    cites: cites('top_p: not both temperature and top_p'),
    check: (body) =>
      isPresent(body['temperature']) && isPresent(body['top_p'])
        ? { at: 'top_p', message: '`temperature` and `top_p` cannot both be specified' }
        : undefined,
  },
  'stop-sequences': field('stop_sequences', listOf(anyText), cites('stop_sequences')),
  'stop-sequences-have-text': {
    cites: cites('stop_sequences: whitespace-only'),
    check: (body) =>
      firstProblem(itemsOf(body['stop_sequences']), (sequence, index) =>
        typeof sequence === 'string' && sequence.trim() === ''
          ? {
              at: `stop_sequences[${index}]`,
              message: 'each stop sequence must contain non-whitespace',
            }
          : undefined,
      ),
  },
  stream: field('stream', flag, cites('stream')),
  'output-config': field('output_config', outputConfig, cites('output_config')),
  'output-format': field('output_format', jsonSchema, cites('output_config: output_format')),
  metadata: field('metadata', closed({}, { user_id: anyText }), cites('metadata')),
  'service-tier': field('service_tier', oneOf('auto', 'standard_only'), cites('service_tier')),
  'cache-control': field('cache_control', cacheControl, cites('cache_control')),
  container: field('container', container, cites('container')),
  'inference-geo': field('inference_geo', text(), cites('inference_geo')),
  speed: field('speed', speed, cites('speed')),
  diagnostics: field(
    'diagnostics',
    closed({}, { previous_message_id: text() }),
    cites('diagnostics'),
  ),
  'context-management': field(
    'context_management',
    closed({}, { edits: listOf(contextEdit) }),
    cites('context_management'),
  ),
  compaction: field(
    'compaction',
    closed({ type: oneOf('summarize') }, { instructions: anyText }),
    cites('compaction'),
  ),
  'mcp-servers': field('mcp_servers', listOf(mcpServer), cites('mcp_servers')),
  fallbacks: field('fallbacks', fallbacks, cites('fallbacks')),
  'fallback-credit-token': field('fallback_credit_token', text(), cites('fallback_credit_token')),
  thread: field(
    'thread',
    tagged({ create: closedKind({}), continue: closedKind({ previous_message_id: text() }) }),
    cites('thread'),
  ),
} as const satisfies Record<string, Rule>

/** The fields that need an `anthropic-beta` header (Anthropic Messages 3.2, beta only). */
export const betaParameters: readonly string[] = [
  'output_format',
  'context_management',
  'compaction',
  'mcp_servers',
  'fallbacks',
  'fallback_credit_token',
  'thread',
  'billing_policy',
]

/** The fields of a request that make a message. */
export const messageParameters: readonly string[] = [
  'model',
  'max_tokens',
  'messages',
  'system',
  'temperature',
  'top_p',
  'top_k',
  'stop_sequences',
  'stream',
  'tools',
  'tool_choice',
  'thinking',
  'output_config',
  'metadata',
  'service_tier',
  'cache_control',
  'container',
  'inference_geo',
  'speed',
  'diagnostics',
  ...betaParameters,
]

/** The fields of a request that counts tokens (Anthropic Messages 3.8). */
export const countParameters: readonly string[] = [
  'model',
  'messages',
  'system',
  'tools',
  'tool_choice',
  'thinking',
  'output_config',
  'cache_control',
  'speed',
  'mcp_servers',
  'context_management',
  'compaction',
  'output_format',
  'billing_policy',
]

/** Whether a member is there and not null. */
export function isPresent(value: unknown): boolean {
  return value !== undefined && value !== null
}

/** The fields that only one version of the API has (Anthropic Messages 3.1, API versions). */
export const samplingParameters: readonly string[] = ['temperature', 'top_p', 'top_k']
