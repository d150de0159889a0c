import type { BackendPlugin } from '@jackfield/core'
import { createGemini } from '@jackfield/dialect-gemini'
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
  type Surface,
  speaking,
  speaksOption,
  timeoutsOf,
} from '@jackfield/kit'
import Type from 'typebox'
import { createModelDirectory, type ModelDirectory } from './model-directory.ts'

const providerUrl = 'https://generativelanguage.googleapis.com/v1beta'
const dialects = ['gemini', 'openai-chat'] as const

export interface GeminiOptions extends KeyBackendOptions {
  /** Which of Google's surfaces calls of other protocols are translated for. Default: `gemini`. */
  readonly dialect?: (typeof dialects)[number]
  /** The protocols that the server behind `base_url` has. Default: both. */
  readonly speaks?: readonly (typeof dialects)[number][]
}

/**
 * Gemini by API key. Google offers it in two protocols: calls of Gemini's clients and those of OpenAI's chat completions are forwarded, each to
 * the surface of its own; all others are translated for the one that `dialect` names.
 */
const geminiBackend: BackendPlugin<GeminiOptions> = {
  apiVersion: 1,
  type: 'gemini',
  options: Type.Object(
    {
      ...httpOptions,
      base_url: baseUrlOption(providerUrl),
      api_keys: apiKeysOption('required'),
      dialect: Type.Optional(
        Type.Unsafe<(typeof dialects)[number]>({
          type: 'string',
          enum: dialects,
          default: 'gemini',
          description:
            'The surface that calls of other protocols are translated for: Gemini’s own, or Google’s OpenAI-compatible one.',
        }),
      ),
      speaks: speaksOption(dialects),
    },
    { additionalProperties: false },
  ),
  create(options, context) {
    const baseUrl = options.base_url ?? providerUrl
    const { upstream_proxy: proxy, dialect = 'gemini' } = options
    const directory = createModelDirectory(modelsOf(options))
    return httpBackend(
      {
        surfaces: speaking(surfacesOf(baseUrl, headersOf(options), directory), {
          speaks: options.speaks,
          dialect: options.dialect,
          backend: context.name,
        }),
        translation: dialect,
        targets: keyTargets({
          type: 'gemini',
          baseUrl,
          keys: options.api_keys ?? [],
          defaults: { strategy: 'round-robin', affinity: 'soft' },
          // Google accepts a thought signature from whichever key.
          stateScope: 'provider',
        }),
        timeouts: timeoutsOf(options),
        models: directory.listing,
        probePath: '/models?pageSize=1',
        ...(proxy === undefined ? {} : { proxy }),
        upstreamModel: directory.upstreamModel,
      },
      context,
    )
  },
}

export default geminiBackend

/** Both are below one address and one version. Names are those of the option `dialect`. */
function surfacesOf(
  baseUrl: string,
  headers: Readonly<Record<string, string>>,
  directory: ModelDirectory,
): readonly Surface[] {
  const common = {
    baseUrl,
    version: '/v1beta',
    headers,
    streaming: 'native',
    forwards: true,
  } as const
  return [
    {
      ...common,
      name: 'gemini',
      dialect: createGemini({ models: directory.factsOf }),
      operations: ['chat', 'count-tokens', 'embeddings', 'opaque'],
      auth: { header: 'x-goog-api-key' },
    },
    {
      ...common,
      name: 'openai-chat',
      dialect: createOpenAIChat({ customTools: 'functions' }),
      operations: ['chat', 'embeddings'],
      auth: 'bearer',
      paths: { chat: '/openai/chat/completions', embeddings: '/openai/embeddings' },
    },
  ]
}
