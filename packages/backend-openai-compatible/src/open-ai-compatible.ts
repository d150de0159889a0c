import type { Backend, BackendContext, BackendPlugin, Operation } from '@jackfield/core'
import {
  createOpenAIChat,
  type OpenAIChatOptions,
  openaiCompletions,
} from '@jackfield/dialect-openai'
import {
  headersOf,
  httpBackend,
  keyTargets,
  type ModelListing,
  modelsOf,
  type Surface,
  timeoutsOf,
} from '@jackfield/kit'
import type { OpenAICompatibleDefinition } from './definition.ts'
import { parameterPatches } from './parameter-patches.ts'
import { type OpenAICompatibleOptions, optionsSchema } from './plugin-options.ts'

/** Makes the plugin of a provider that speaks the OpenAI protocol, from its differences. */
export function openAICompatible(
  definition: OpenAICompatibleDefinition,
): BackendPlugin<OpenAICompatibleOptions> {
  return {
    apiVersion: 1,
    type: definition.type,
    options: optionsSchema(definition),
    create: (options, context) => createOpenAICompatible(definition, options, context),
  }
}

/** Makes one backend, for plugins with options of their own. */
export function createOpenAICompatible(
  definition: OpenAICompatibleDefinition,
  options: OpenAICompatibleOptions,
  context: BackendContext,
): Backend {
  const baseUrl = options.base_url ?? definition.base_url ?? ''
  const { upstream_proxy: proxy } = options
  const { model_prefix: prefix } = definition
  return httpBackend(
    {
      surfaces: surfacesOf(definition, baseUrl, { ...definition.headers, ...headersOf(options) }),
      targets: keyTargets({
        type: definition.type,
        baseUrl,
        keys: options.api_keys ?? [],
        defaults: { strategy: 'round-robin', affinity: 'soft', ...definition.pool },
        stateScope: 'provider',
      }),
      timeouts: timeoutsOf(options),
      models: modelListing(definition, options),
      ...(proxy === undefined ? {} : { proxy }),
      ...(definition.models_path === undefined ? {} : { probePath: definition.models_path }),
      ...(prefix === undefined
        ? {}
        : {
            upstreamModel: (model) =>
              model.startsWith(prefix) ? model.slice(prefix.length) : model,
          }),
    },
    context,
  )
}

function surfacesOf(
  definition: OpenAICompatibleDefinition,
  baseUrl: string,
  headers: Readonly<Record<string, string>>,
): readonly Surface[] {
  const common = {
    baseUrl,
    defaultPath: definition.default_path ?? '/v1',
    auth: 'bearer',
    headers,
    streaming: definition.streaming === 'synthesize' ? 'never' : 'native',
    forwards: true,
    patches: parameterPatches(definition.parameters),
  } as const
  const chat: Surface = {
    ...common,
    name: 'chat',
    dialect: createOpenAIChat(chatOptions(definition)),
    operations: operationsOf(definition),
  }
  if (definition.completions !== true) return [chat]
  return [
    chat,
    { ...common, name: 'completions', dialect: openaiCompletions, operations: ['completions'] },
  ]
}

function operationsOf({ embeddings, opaque }: OpenAICompatibleDefinition): readonly Operation[] {
  return [
    'chat',
    ...(embeddings === false ? [] : (['embeddings'] as const)),
    ...(opaque === false ? [] : (['opaque'] as const)),
  ]
}

function chatOptions(definition: OpenAICompatibleDefinition): OpenAIChatOptions {
  const { reasoning, messages, parameters, include_usage, error_codes } = definition
  const knowsOldLimit = parameters?.rename?.['max_completion_tokens'] === 'max_tokens'
  return {
    ...messages,
    ...(knowsOldLimit ? { maxTokens: 'max_tokens' } : {}),
    ...(reasoning === undefined ? {} : { reasoning }),
    ...(include_usage === undefined ? {} : { includeUsage: include_usage }),
    ...(error_codes === undefined ? {} : { errorCodes: error_codes }),
    parameters: {
      ...(parameters?.allow === undefined ? {} : { allow: parameters.allow }),
      ...(parameters?.drop === undefined ? {} : { drop: parameters.drop }),
    },
  }
}

function modelListing(
  { models, models_path, model_prefix }: OpenAICompatibleDefinition,
  options: OpenAICompatibleOptions,
): ModelListing {
  const configured = modelsOf(options)
  if (configured !== undefined) return { known: configured, path: false }
  return {
    ...(models === undefined ? {} : { known: models }),
    ...(models_path === undefined ? {} : { path: models_path }),
    ...(model_prefix === undefined ? {} : { publicId: (id) => `${model_prefix}${id}` }),
  }
}
