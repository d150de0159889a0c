import type { BackendPlugin, ChatRequest, JsonObject } from '@jackfield/core'
import { createOpenAIChat } from '@jackfield/dialect-openai'
import {
  apiKeysOption,
  baseUrlOption,
  headersOf,
  httpBackend,
  httpOptions,
  type KeyBackendOptions,
  keyTargets,
  modelsOf,
  timeoutsOf,
} from '@jackfield/kit'
import Type from 'typebox'
import { knownModels, publicId, upstreamModel } from './models.ts'

const providerUrl = 'https://chat.intern-ai.org.cn/api/v1'

/** Parameters that the vendor documents (2026-09). It refuses or ignores all others, so they are left out and named. */
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

export interface InternLMOptions extends KeyBackendOptions {
  /** Deep thinking where a request does not say whether it wants it. Default: `true`. */
  readonly thinking_mode?: boolean
}

/**
 * InternLM (Intern AI). It is never asked to stream, because its streams are unreliable: a streaming client gets a stream made of
 * the whole answer. Requests go round its keys strictly, one step per request. `thinking_mode` is always sent, because
 * the vendor's documents disagree about its default.
 */
const internlm: BackendPlugin<InternLMOptions> = {
  apiVersion: 1,
  type: 'internlm',
  options: Type.Object(
    {
      ...httpOptions,
      base_url: baseUrlOption(providerUrl),
      api_keys: apiKeysOption('required'),
      thinking_mode: Type.Optional(
        Type.Boolean({
          default: true,
          description:
            'Deep thinking for requests that do not say (`reasoning_effort`, `thinking`, `thinking_mode`).',
        }),
      ),
    },
    { additionalProperties: false },
  ),
  create(options, context) {
    const baseUrl = options.base_url ?? providerUrl
    return httpBackend(
      {
        surfaces: [
          {
            name: 'chat',
            dialect: internDialect(options.thinking_mode ?? true),
            operations: ['chat'],
            baseUrl,
            defaultPath: '/api/v1',
            auth: 'bearer',
            headers: headersOf(options),
            streaming: 'never',
            forwards: false,
          },
        ],
        targets: keyTargets({
          type: 'internlm',
          baseUrl,
          keys: options.api_keys ?? [],
          defaults: { strategy: 'round-robin', affinity: 'none' },
          stateScope: 'provider',
        }),
        timeouts: timeoutsOf(options),
        ...(options.upstream_proxy === undefined ? {} : { proxy: options.upstream_proxy }),
        models: {
          known: modelsOf(options) ?? knownModels,
          publicId,
          ...(options.models === undefined ? {} : { path: false }),
        },
        upstreamModel,
      },
      context,
    )
  },
}

export default internlm

function internDialect(thinkingByDefault: boolean) {
  return createOpenAIChat({
    maxTokens: 'max_tokens',
    developerRole: 'system',
    includeUsage: false,
    texts: 'joined',
    nullContent: 'empty',
    customTools: 'functions',
    reasoning: {
      ask: ({ reasoning }): JsonObject => ({
        thinking_mode: wantsThinking(reasoning) ?? thinkingByDefault,
      }),
      thinkTags: true,
    },
    parameters: { allow: parameters },
  })
}

function wantsThinking(reasoning: ChatRequest['reasoning']): boolean | undefined {
  if (reasoning === undefined) return undefined
  const { enabled, effort, budget } = reasoning
  if (enabled !== undefined) return enabled
  if (effort !== undefined) return effort !== 'none'
  return budget === undefined ? undefined : budget !== 0
}
