import type { BackendPlugin } from '@jackfield/core'
import { createAnthropicMessages } from '@jackfield/dialect-anthropic'
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
import { createModelDirectory } from './model-directory.ts'

const providerUrl = 'https://api.anthropic.com/v1'

export type AnthropicOptions = KeyBackendOptions

/**
 * Anthropic: messages, token counts, and its other operations as they are. Requests of Anthropic's clients travel as they came, with
 * their `anthropic-version` and `anthropic-beta`; those of other protocols are written for what the list of models says of the model.
 */
const anthropic: BackendPlugin<AnthropicOptions> = {
  apiVersion: 1,
  type: 'anthropic',
  options: Type.Object(
    {
      ...httpOptions,
      base_url: baseUrlOption(providerUrl),
      api_keys: apiKeysOption('required'),
    },
    { additionalProperties: false },
  ),
  create(options, context) {
    const baseUrl = options.base_url ?? providerUrl
    const { upstream_proxy: proxy } = options
    const directory = createModelDirectory(modelsOf(options))
    return httpBackend(
      {
        surfaces: [
          {
            name: 'messages',
            dialect: createAnthropicMessages({ models: directory.factsOf }),
            operations: ['chat', 'count-tokens', 'opaque'],
            baseUrl,
            version: '/v1',
            auth: { header: 'x-api-key' },
            headers: headersOf(options),
            defaultHeaders: { 'anthropic-version': '2023-06-01' },
            streaming: 'native',
            forwards: true,
          },
        ],
        targets: keyTargets({
          type: 'anthropic',
          baseUrl,
          keys: options.api_keys ?? [],
          defaults: { strategy: 'round-robin', affinity: 'soft' },
          // Anthropic accepts thinking that any of its accounts got.
          stateScope: 'provider',
        }),
        timeouts: timeoutsOf(options),
        models: directory.listing,
        probePath: '/models?limit=1',
        ...(proxy === undefined ? {} : { proxy }),
        upstreamModel: directory.upstreamModel,
      },
      context,
    )
  },
}

export default anthropic
