import type { Backend, BackendContext, BackendPlugin, Operation } from '@jackfield/core'
import {
  createOpenAIChat,
  createOpenAIResponses,
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
  speaking,
  timeoutsOf,
} from '@jackfield/kit'
import type { OpenAICompatibleDefinition } from './definition.ts'
import { mayForward } from './may-forward.ts'
import { createModelNames, type ModelNames } from './model-names.ts'
import { chatPatches, completionsPatches } from './patches.ts'
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
  const { upstream_proxy: proxy, dialect, speaks } = options
  const known = modelsOf(options) ?? definition.models ?? []
  const surfaces = surfacesOf(definition, baseUrl, {
    ...definition.headers,
    ...headersOf(options),
  })
  const names = createModelNames(known, definition.model_prefix)
  return httpBackend(
    {
      surfaces: speaking(surfaces, { speaks, dialect, backend: context.name }),
      targets: keyTargets({
        type: definition.type,
        baseUrl,
        keys: options.api_keys ?? [],
        defaults: { strategy: 'round-robin', affinity: 'soft', ...definition.pool },
        stateScope: definition.state_scope ?? 'provider',
      }),
      timeouts: timeoutsOf(options),
      models: modelListing(definition, options, names),
      ...(dialect === 'openai-responses' ? { translation: 'responses' } : {}),
      ...(proxy === undefined ? {} : { proxy }),
      ...(definition.models_path === undefined ? {} : { probePath: definition.models_path }),
      upstreamModel: names.upstream,
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
    defaultPath: definition.default_path ?? pathOf(definition.base_url),
    auth: 'bearer',
    headers,
    streaming: definition.streaming === 'synthesize' ? 'never' : 'native',
  } as const
  const chat: Surface = {
    ...common,
    name: 'chat',
    dialect: createOpenAIChat(chatOptions(definition)),
    operations: operationsOf(definition),
    forwards: mayForward(definition),
    patches: chatPatches(definition),
  }
  const completions: Surface = {
    ...common,
    name: 'completions',
    dialect: openaiCompletions,
    operations: ['completions'],
    forwards: true,
    patches: completionsPatches(definition),
  }
  return [
    chat,
    ...(definition.completions === true ? [completions] : []),
    ...responsesSurfaces(definition, common),
  ]
}

function responsesSurfaces(
  definition: OpenAICompatibleDefinition,
  common: Pick<Surface, 'baseUrl' | 'defaultPath' | 'auth' | 'headers' | 'streaming'>,
): readonly Surface[] {
  const { responses = false, forward = true, error_codes } = definition
  if (responses === false) return []
  const differences = responses === true ? {} : responses
  const errorCodes = { ...error_codes, ...differences.errorCodes }
  return [
    {
      ...common,
      name: 'responses',
      dialect: createOpenAIResponses({ ...differences, errorCodes }),
      operations: responsesOperations(definition),
      forwards: forward,
    },
  ]
}

function responsesOperations({
  token_counts = false,
  opaque = true,
}: OpenAICompatibleDefinition): readonly Operation[] {
  return [
    'chat',
    'resource',
    ...(token_counts ? (['count-tokens'] as const) : []),
    ...(opaque ? (['opaque'] as const) : []),
  ]
}

/** Path of the provider's own address; of an unknown server's, the usual one. */
function pathOf(baseUrl: string | undefined): string {
  return baseUrl === undefined ? '/v1' : new URL(baseUrl).pathname.replace(/\/$/, '')
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
    customTools: definition.custom_tools ?? 'functions',
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
  { models, models_path }: OpenAICompatibleDefinition,
  options: OpenAICompatibleOptions,
  names: ModelNames,
): ModelListing {
  const configured = modelsOf(options)
  if (configured !== undefined) return { known: configured, path: false }
  return {
    ...(models === undefined ? {} : { known: models }),
    ...(models_path === undefined ? {} : { path: models_path }),
    publicId: names.public,
  }
}
