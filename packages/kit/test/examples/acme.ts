import type { BackendPlugin } from '@jackfield/core'
import { openaiChat } from '@jackfield/dialect-openai'
import {
  apiKeysOption,
  baseUrlOption,
  headersOf,
  httpBackend,
  httpOptions,
  type KeyBackendOptions,
  keyTargets,
  timeoutsOf,
} from '@jackfield/kit'
import Type from 'typebox'

const providerUrl = 'https://api.acme.example/v1'

const acme: BackendPlugin<KeyBackendOptions> = {
  apiVersion: 1,
  type: 'acme',
  options: Type.Object(
    { base_url: baseUrlOption(providerUrl), api_keys: apiKeysOption('required'), ...httpOptions },
    { additionalProperties: false },
  ),
  create(options, context) {
    const baseUrl = options.base_url ?? providerUrl
    return httpBackend(
      {
        surfaces: [
          {
            name: 'chat',
            dialect: openaiChat,
            operations: ['chat', 'embeddings', 'opaque'],
            baseUrl,
            defaultPath: '/v1',
            auth: { header: 'x-acme-key' },
            headers: headersOf(options),
            streaming: 'native',
            forwards: true,
            patches: [{ remove: 'logit_bias' }],
          },
        ],
        targets: keyTargets({
          type: 'acme',
          baseUrl,
          keys: options.api_keys ?? [],
          defaults: { strategy: 'round-robin', affinity: 'soft' },
          stateScope: 'key',
        }),
        timeouts: timeoutsOf(options),
      },
      context,
    )
  },
}

export default acme
