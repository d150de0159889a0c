import { field, type JsonObject, type Rule } from '../strict/rule.ts'
import {
  anyObject,
  anyText,
  type Check,
  firstProblem,
  flag,
  integerIn,
  isObject,
  isPresent,
  listOf,
  mapOf,
  numberIn,
  oneOf,
  optionally,
  shape,
  text,
} from '../strict/shape.ts'
import { schema } from './schema.ts'

const cites = 'Gemini, 4.2 Request'
const thinking = 'Gemini, 4.4 Thinking and thoughtSignature'

const anyNumber = numberIn(-Number.MAX_VALUE, Number.MAX_VALUE)

const harms = [
  'HARASSMENT',
  'HATE_SPEECH',
  'SEXUALLY_EXPLICIT',
  'DANGEROUS_CONTENT',
  'CIVIC_INTEGRITY',
  'JAILBREAK',
  'IMAGE_HATE',
  'IMAGE_DANGEROUS_CONTENT',
  'IMAGE_HARASSMENT',
  'IMAGE_SEXUALLY_EXPLICIT',
]
const thresholds = [
  'OFF',
  'BLOCK_NONE',
  'BLOCK_ONLY_HIGH',
  'BLOCK_MEDIUM_AND_ABOVE',
  'BLOCK_LOW_AND_ABOVE',
]
const safetySetting = shape(
  {
    category: oneOf(...harms.map((harm) => `HARM_CATEGORY_${harm}`)),
    threshold: oneOf(...thresholds),
  },
  { method: text() },
)

const levels = ['THINKING_LEVEL_UNSPECIFIED', 'MINIMAL', 'LOW', 'MEDIUM', 'HIGH']
const thinkingConfig = shape(
  {},
  {
    includeThoughts: flag,
    thinkingBudget: integerIn(-1, 32_768),
    thinkingLevel: oneOf(...levels, ...levels.map((level) => level.toLowerCase())),
  },
)

/** Rules about the generation config and the other settings of a request. */
export const configRules = {
  'generation-config': field('generationConfig', anyObject, cites),
  temperature: inConfig('temperature', numberIn(0, 2)),
  'top-p': inConfig('topP', numberIn(0, 1)),
  'top-k': inConfig('topK', integerIn(1)),
  'candidate-count': inConfig('candidateCount', integerIn(1)),
  'max-output-tokens': inConfig('maxOutputTokens', integerIn(1)),
  'stop-sequences': inConfig('stopSequences', listOf(text(), { max: 5 })),
  'response-mime-type': inConfig(
    'responseMimeType',
    oneOf('text/plain', 'application/json', 'text/x.enum'),
  ),
  'response-schema': inConfig('responseSchema', schema),
  'response-json-schema': inConfig('responseJsonSchema', anyObject),
  'response-schema-needs-type': configRule((config) => {
    const asked = ['responseSchema', 'responseJsonSchema'].find((name) => isPresent(config[name]))
    const type = String(config['responseMimeType'])
    const typed =
      type === 'application/json' || (asked === 'responseSchema' && type === 'text/x.enum')
    if (asked === undefined || typed) return undefined
    return { at: asked, message: 'is only allowed when responseMimeType is application/json' }
  }),
  'one-response-schema': configRule((config) =>
    isPresent(config['responseSchema']) && isPresent(config['responseJsonSchema'])
      ? { at: 'responseJsonSchema', message: 'is not allowed beside responseSchema' }
      : undefined,
  ),
  'presence-penalty': inConfig('presencePenalty', anyNumber),
  'frequency-penalty': inConfig('frequencyPenalty', anyNumber),
  seed: inConfig('seed', integerIn(-(2 ** 31), 2 ** 31 - 1)),
  'response-logprobs': inConfig('responseLogprobs', flag),
  logprobs: inConfig('logprobs', integerIn(0)),
  'response-modalities': inConfig(
    'responseModalities',
    listOf(oneOf('TEXT', 'IMAGE', 'AUDIO', 'VIDEO')),
  ),
  'speech-config': inConfig('speechConfig', anyObject),
  'image-config': inConfig('imageConfig', anyObject),
  'media-resolution': inConfig(
    'mediaResolution',
    oneOf('MEDIA_RESOLUTION_LOW', 'MEDIA_RESOLUTION_MEDIUM', 'MEDIA_RESOLUTION_HIGH'),
  ),
  'civic-answers': inConfig('enableEnhancedCivicAnswers', flag),
  'audio-transcription-config': inConfig('audioTranscriptionConfig', anyObject),
  'response-format': inConfig('responseFormat', anyObject),
  'thinking-config': { ...inConfig('thinkingConfig', thinkingConfig), cites: thinking },
  'thinking-budget-or-level': {
    cites: thinking,
    check: (body) => {
      const config = configOf(body)['thinkingConfig']
      const both =
        isObject(config) &&
        isPresent(config['thinkingBudget']) &&
        isPresent(config['thinkingLevel'])
      const message = 'thinkingBudget and thinkingLevel cannot be set together'
      return both ? { at: 'generationConfig.thinkingConfig', message } : undefined
    },
  },
  'safety-settings': field('safetySettings', listOf(safetySetting), cites),
  'cached-content': field('cachedContent', text({ pattern: /^cachedContents\/.+$/ }), cites),
  'cached-content-alone': {
    cites,
    check: (body) =>
      isPresent(body['cachedContent'])
        ? firstProblem(['systemInstruction', 'tools', 'toolConfig'], (name) =>
            isPresent(body[name])
              ? { at: name, message: 'is not allowed beside cachedContent' }
              : undefined,
          )
        : undefined,
  },
  'service-tier': field('serviceTier', oneOf('standard', 'flex', 'priority', 'unspecified'), cites),
  store: field('store', flag, cites),
  'continuation-token': field('continuationToken', text(), cites),
  labels: field('labels', mapOf(anyText), cites),
} as const satisfies Record<string, Rule>

/** The generation config of a request; empty when there is none. */
export function configOf(body: JsonObject): JsonObject {
  const config = body['generationConfig']
  return isObject(config) ? config : {}
}

function inConfig(name: string, check: Check): Rule {
  const at = `generationConfig.${name}`
  return { cites, check: (body) => optionally(check)(configOf(body)[name], at) }
}

/** A rule about fields of the config that have to do with each other; places are below the config. */
function configRule(
  check: (config: JsonObject) => { readonly at: string; readonly message: string } | undefined,
): Rule {
  return {
    cites,
    check: (body) => {
      const problem = check(configOf(body))
      return problem && { ...problem, at: `generationConfig.${problem.at}` }
    },
  }
}
