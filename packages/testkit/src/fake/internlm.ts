import type { ChatAnswer } from './openai/chat-answer.ts'
import { defaultAnswer } from './openai/default-answer.ts'
import type { FakeModels } from './openai/models.ts'
import {
  type OpenAIChatFake,
  type OpenAIChatFakeOptions,
  startOpenAIChatFake,
} from './openai-chat.ts'
import { openAIError, type ProviderProblem } from './strict/refusal.ts'
import { type JsonObject, requiredField } from './strict/rule.ts'
import { flag } from './strict/shape.ts'

/** The InternLM fake: everything of {@link OpenAIChatFakeOptions}, and what the vendor's documents leave open. */
export interface InternLMFakeOptions
  extends Omit<OpenAIChatFakeOptions, 'stream' | 'parameters' | 'renderError' | 'basePath'> {
  /** Where a thinking model puts its reasoning. Default `reasoning_content`. */
  readonly reasoning?: 'reasoning_content' | 'think-tags'
  /** `{msgCode, msg}`, `{error: text}` or the OpenAI envelope. Default `msg-code`. */
  readonly errorShape?: 'msg-code' | 'error-text' | 'openai'
}

const cites = 'InternLM, parameters'

/** What the vendor documents; it refuses everything else. */
const parameters = [
  'model',
  'messages',
  'n',
  'temperature',
  'top_p',
  'stream',
  'max_tokens',
  'tools',
  'thinking_mode',
]

/** Ids as the provider knows them: without the public prefix. */
const models: FakeModels = [
  { id: 'intern-latest', ref_model: 'intern-s1-pro', owned_by: 'internlm' },
  ...[
    'intern-s1-pro',
    'intern-s1',
    'intern-s1-mini',
    'internlm2.5-latest',
    'internlm2.5-20b',
    'internlm2.5-7b',
    'internlm2-latest',
    'internlm2-20b',
    'internlm2-7b',
  ].map((id) => ({ id, owned_by: 'internlm' })),
]

const errorShapes = {
  'msg-code': ({ status, message }: ProviderProblem) => ({ msgCode: String(status), msg: message }),
  'error-text': ({ message }: ProviderProblem) => ({ error: message }),
  openai: openAIError,
} as const

/**
 * Starts a fake InternLM: it never streams, wants `thinking_mode` as an explicit boolean, refuses every parameter
 * that the vendor does not list, and thinks aloud when that mode is on.
 */
export function startInternLMFake(options: InternLMFakeOptions = {}): Promise<OpenAIChatFake> {
  const { reasoning = 'reasoning_content', errorShape = 'msg-code', ...rest } = options
  return startOpenAIChatFake({
    models,
    answer: thinkingAnswer,
    ...rest,
    basePath: '/api/v1',
    stream: 'refused',
    parameters,
    extraRules: {
      'thinking-mode': requiredField('thinking_mode', flag, cites),
      ...rest.extraRules,
    },
    style: { reasoning, ...rest.style },
    renderError: errorShapes[errorShape],
  })
}

function thinkingAnswer(request: JsonObject): ChatAnswer {
  const answer = defaultAnswer(request)
  if (request['thinking_mode'] !== true) return answer
  return { ...answer, reasoning: ['The user wants ', 'an answer.'] }
}
