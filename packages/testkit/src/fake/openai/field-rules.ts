import { field, type JsonObject, onlyWhen, type Rule, requiredField } from '../strict/rule.ts'
import {
  anyObject,
  anyText,
  either,
  flag,
  integerIn,
  isObject,
  itemsOf,
  listOf,
  mapOf,
  numberIn,
  oneOf,
  shape,
  tagged,
  text,
} from '../strict/shape.ts'

const cites = 'OpenAI Chat, request fields'
const namePattern = /^[A-Za-z0-9_-]{1,64}$/

const positive = integerIn(1)
const textParts = listOf(shape({ type: oneOf('text'), text: anyText }))

const jsonSchemaFormat = shape({
  json_schema: shape(
    { name: text({ pattern: namePattern }), schema: anyObject },
    { description: anyText, strict: flag },
  ),
})

const responseFormat = tagged({
  text: shape({}),
  json_object: shape({}),
  json_schema: jsonSchemaFormat,
})

const audioOutput = shape({
  voice: either(text(), shape({ id: text() })),
  format: oneOf('wav', 'aac', 'mp3', 'flac', 'opus', 'pcm16'),
})

const userLocation = shape(
  { type: oneOf('approximate') },
  {
    approximate: shape({}, { city: anyText, country: anyText, region: anyText, timezone: anyText }),
  },
)

const moderationMode = shape({}, { mode: oneOf('score', 'block') })

/** Rules about single fields of a chat request, and about fields that need another field. */
export const fieldRules = {
  model: requiredField('model', text(), cites),
  temperature: field('temperature', numberIn(0, 2), cites),
  'top-p': field('top_p', numberIn(0, 1), cites),
  n: field('n', integerIn(1, 128), cites),
  'max-tokens': field('max_tokens', positive, cites),
  'max-completion-tokens': field('max_completion_tokens', positive, cites),
  stop: field('stop', either(anyText, listOf(anyText, { max: 4 })), cites),
  'presence-penalty': field('presence_penalty', numberIn(-2, 2), cites),
  'frequency-penalty': field('frequency_penalty', numberIn(-2, 2), cites),
  'logit-bias': field('logit_bias', mapOf(numberIn(-100, 100)), cites),
  logprobs: field('logprobs', flag, cites),
  'top-logprobs': field('top_logprobs', integerIn(0, 20), cites),
  'top-logprobs-need-logprobs': onlyWhen('top_logprobs', (body) => body['logprobs'] === true, {
    message: 'is only allowed when logprobs is true',
    cites,
  }),
  seed: field('seed', integerIn(Number.MIN_SAFE_INTEGER), cites),
  stream: field('stream', flag, cites),
  'stream-options': field(
    'stream_options',
    shape({}, { include_usage: flag, include_obfuscation: flag }),
    cites,
  ),
  'stream-options-need-stream': onlyWhen('stream_options', (body) => body['stream'] === true, {
    message: 'is only allowed when stream is true',
    cites,
  }),
  'response-format': field('response_format', responseFormat, cites),
  'json-object-needs-the-word': {
    cites,
    check: (body) =>
      asksForJsonObject(body) && !/json/i.test(JSON.stringify(body['messages']))
        ? { at: 'messages', message: "must contain the word 'json' to use json_object" }
        : undefined,
  },
  'reasoning-effort': field(
    'reasoning_effort',
    oneOf('none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'),
    cites,
  ),
  verbosity: field('verbosity', oneOf('low', 'medium', 'high'), cites),
  modalities: field('modalities', listOf(oneOf('text', 'audio'), { min: 1 }), cites),
  audio: field('audio', audioOutput, cites),
  'audio-output-needs-audio': {
    cites,
    check: (body) =>
      itemsOf(body['modalities']).includes('audio') && !isObject(body['audio'])
        ? { at: 'audio', message: 'is required when modalities has audio' }
        : undefined,
  },
  moderation: field(
    'moderation',
    shape(
      { model: text() },
      { policy: shape({}, { input: moderationMode, output: moderationMode }) },
    ),
    cites,
  ),
  prediction: field(
    'prediction',
    shape({ type: oneOf('content'), content: either(anyText, textParts) }),
    cites,
  ),
  'web-search-options': field(
    'web_search_options',
    shape({}, { search_context_size: oneOf('low', 'medium', 'high'), user_location: userLocation }),
    cites,
  ),
  store: field('store', flag, cites),
  metadata: field(
    'metadata',
    mapOf(either(oneOf(''), text({ max: 512 })), { max: 16, key: text({ max: 64 }) }),
    cites,
  ),
  'service-tier': field(
    'service_tier',
    oneOf('auto', 'default', 'flex', 'scale', 'priority', 'fast'),
    cites,
  ),
  'safety-identifier': field('safety_identifier', text({ max: 64 }), cites),
  'prompt-cache-key': field('prompt_cache_key', anyText, cites),
  'prompt-cache-retention': field('prompt_cache_retention', oneOf('in_memory', '24h'), cites),
  'prompt-cache-options': field(
    'prompt_cache_options',
    shape({}, { mode: oneOf('implicit', 'explicit'), ttl: oneOf('30m') }),
    cites,
  ),
  user: field('user', anyText, cites),
} as const satisfies Record<string, Rule>

/** The top-level fields of a chat request. A provider refuses others. */
export const chatParameters: readonly string[] = [
  'model',
  'messages',
  'temperature',
  'top_p',
  'n',
  'max_tokens',
  'max_completion_tokens',
  'stop',
  'presence_penalty',
  'frequency_penalty',
  'logit_bias',
  'logprobs',
  'top_logprobs',
  'seed',
  'stream',
  'stream_options',
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'functions',
  'function_call',
  'response_format',
  'reasoning_effort',
  'verbosity',
  'modalities',
  'audio',
  'moderation',
  'prediction',
  'web_search_options',
  'store',
  'metadata',
  'service_tier',
  'safety_identifier',
  'prompt_cache_key',
  'user',
  'prompt_cache_retention',
  'prompt_cache_options',
]

function asksForJsonObject(body: JsonObject): boolean {
  const format = body['response_format']
  return isObject(format) && format['type'] === 'json_object'
}
