import { field, type JsonObject, onlyWhen, type Rule } from '../strict/rule.ts'
import {
  anyObject,
  anyText,
  either,
  flag,
  integerIn,
  isObject,
  listOf,
  mapOf,
  numberIn,
  oneOf,
  tagged,
  text,
} from '../strict/shape.ts'
import { closed } from './closed.ts'
import { isPresent } from './is-present.ts'

const cites = (line: string): string => `OpenAI Responses 2.2, ${line}`

const includable = [
  'reasoning.encrypted_content',
  'message.output_text.logprobs',
  'message.input_image.image_url',
  'file_search_call.results',
  'web_search_call.results',
  'web_search_call.action.sources',
  'code_interpreter_call.outputs',
  'computer_call_output.output.image_url',
]

const format = tagged({
  text: closed({}),
  json_object: closed({}),
  json_schema: closed(
    { name: text({ pattern: /^[A-Za-z0-9_-]{1,64}$/ }), schema: anyObject },
    { description: anyText, strict: flag },
  ),
})

const summary = oneOf('auto', 'concise', 'detailed')
const reasoning = closed(
  {},
  {
    effort: oneOf('none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'),
    summary,
    generate_summary: summary,
    mode: text(),
    context: oneOf('auto', 'current_turn', 'all_turns'),
  },
)

const moderationMode = closed({}, { mode: oneOf('score', 'block') })
const moderation = closed(
  { model: text() },
  { policy: closed({}, { input: moderationMode, output: moderationMode }) },
)

const cacheOptions = closed(
  {},
  {
    mode: oneOf('implicit', 'explicit'),
    ttl: oneOf('30m', '12h'),
    prewarm: flag,
    comparison_response_id: text(),
  },
)

const metadata = mapOf(either(oneOf(''), text({ max: 512 })), { max: 16, key: text({ max: 64 }) })

/** Rules about single fields of a request, and about fields that exclude or need another. */
export const fieldRules = {
  model: {
    cites: cites('model'),
    check: (body) => {
      if (isObject(body['prompt']) && !isPresent(body['model'])) return undefined
      return isPresent(body['model'])
        ? text()(body['model'], 'model')
        : { at: 'model', message: 'is required' }
    },
  },
  instructions: field('instructions', anyText, cites('instructions')),
  'previous-response-id': field('previous_response_id', text(), cites('previous_response_id')),
  conversation: field(
    'conversation',
    either(text(), closed({ id: text() })),
    cites('conversation'),
  ),
  'previous-response-excludes-conversation': onlyWhen(
    'previous_response_id',
    (body) => !isPresent(body['conversation']),
    {
      message: 'cannot be used together with conversation',
      cites: cites('previous_response_id: excludes conversation'),
    },
  ),
  store: field('store', flag, cites('store')),
  include: field('include', listOf(oneOf(...includable)), cites('include')),
  text: field(
    'text',
    closed({}, { format, verbosity: oneOf('low', 'medium', 'high') }),
    cites('text: json_schema is flat here'),
  ),
  'json-object-needs-the-word': {
    cites: cites('text: json_object (as in Chat, 1.2)'),
    check: (body) =>
      asksForJsonObject(body) && !saysJson(body)
        ? { at: 'input', message: "must contain the word 'json' to use json_object" }
        : undefined,
  },
  reasoning: field('reasoning', reasoning, cites('reasoning')),
  'max-output-tokens': field(
    'max_output_tokens',
    integerIn(16),
    cites('max_output_tokens: minimum 16'),
  ),
  temperature: field('temperature', numberIn(0, 2), cites('temperature')),
  'top-p': field('top_p', numberIn(0, 1), cites('top_p')),
  'top-logprobs': field('top_logprobs', integerIn(0, 20), cites('top_logprobs')),
  truncation: field('truncation', oneOf('disabled', 'auto'), cites('truncation')),
  stream: field('stream', flag, cites('stream')),
  'stream-options': field(
    'stream_options',
    closed({}, { include_obfuscation: flag }),
    cites('stream_options has no other member'),
  ),
  'stream-options-need-stream': onlyWhen('stream_options', (body) => body['stream'] === true, {
    message: 'is only allowed when stream is true',
    cites: cites('stream_options (as in Chat, 1.2)'),
  }),
  background: field('background', flag, cites('background')),
  'background-needs-store': {
    cites: cites('background: needs store'),
    check: (body) =>
      body['background'] === true && body['store'] === false
        ? { at: 'background', message: 'is only allowed when the response is stored' }
        : undefined,
  },
  metadata: field('metadata', metadata, cites('metadata')),
  user: field('user', anyText, cites('user')),
  'safety-identifier': field('safety_identifier', text({ max: 64 }), cites('safety_identifier')),
  'prompt-cache-key': field('prompt_cache_key', anyText, cites('prompt_cache_key')),
  'prompt-cache-retention': field(
    'prompt_cache_retention',
    oneOf('in_memory', '24h'),
    cites('prompt_cache_retention'),
  ),
  'prompt-cache-options': field(
    'prompt_cache_options',
    cacheOptions,
    cites('prompt_cache_options'),
  ),
  'service-tier': field(
    'service_tier',
    oneOf('auto', 'default', 'flex', 'scale', 'priority', 'fast'),
    cites('service_tier'),
  ),
  moderation: field('moderation', moderation, cites('moderation')),
  image: field(
    'image',
    closed({}, { context_compression: oneOf('auto', 'enabled', 'disabled') }),
    cites('image'),
  ),
  'access-programs': field(
    'access_programs',
    closed({}, { cyber: oneOf('standard', 'daybreak_blue', 'daybreak_red') }),
    cites('access_programs'),
  ),
  prompt: field(
    'prompt',
    closed({ id: text() }, { version: text(), variables: anyObject }),
    cites('prompt'),
  ),
  'client-metadata': field(
    'client_metadata',
    mapOf(anyText),
    cites('client_metadata (not in the types; sent by Codex 0.169 to every provider)'),
  ),
  'context-management': field(
    'context_management',
    listOf(closed({ type: oneOf('compaction') }, { compact_threshold: integerIn(1) })),
    cites('context_management'),
  ),
} as const satisfies Record<string, Rule>

/** The top-level fields of a request. A provider refuses others, those of Chat among them. */
export const responsesParameters: readonly string[] = [
  'model',
  'input',
  'instructions',
  'previous_response_id',
  'conversation',
  'store',
  'include',
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'max_tool_calls',
  'text',
  'reasoning',
  'max_output_tokens',
  'temperature',
  'top_p',
  'top_logprobs',
  'truncation',
  'stream',
  'stream_options',
  'background',
  'metadata',
  'user',
  'safety_identifier',
  'prompt_cache_key',
  'prompt_cache_retention',
  'prompt_cache_options',
  'service_tier',
  'moderation',
  'image',
  'access_programs',
  'prompt',
  'client_metadata',
  'context_management',
]

function asksForJsonObject(body: JsonObject): boolean {
  const asked = isObject(body['text']) ? body['text']['format'] : undefined
  return isObject(asked) && asked['type'] === 'json_object'
}

function saysJson(body: JsonObject): boolean {
  const { input, instructions, previous_response_id, prompt } = body
  // What is stored may have the word in it.
  if (isPresent(previous_response_id) || isPresent(prompt)) return true
  return /json/i.test(JSON.stringify([input, instructions]))
}
