import {
  createOpenAICompatible,
  type OpenAICompatibleDefinition,
  type OpenAICompatibleOptions,
  optionsSchema,
} from '@jackfield/backend-openai-compatible'
import type { BackendPlugin } from '@jackfield/core'
import Type from 'typebox'
import { knownModels } from './models.ts'

export interface OpenAIOptions extends OpenAICompatibleOptions {
  /** Sent as `OpenAI-Organization`. */
  readonly organization?: string
  /** Sent as `OpenAI-Project`. */
  readonly project?: string
}

const definition: OpenAICompatibleDefinition = {
  type: 'openai',
  base_url: 'https://api.openai.com/v1',
  completions: true,
  responses: true,
  token_counts: true,
  custom_tools: 'native',
  models: knownModels,
}

const account = (description: string) => Type.Optional(Type.String({ minLength: 1, description }))

/**
 * OpenAI: chat completions, responses, legacy completions, embeddings, and every other operation as it is. Clients of chat and of
 * responses are forwarded, each to their own surface; all others are translated for the one that `dialect` names.
 */
const openai: BackendPlugin<OpenAIOptions> = {
  apiVersion: 1,
  type: definition.type,
  options: optionsSchema(definition, {
    organization: account('Organisation that requests count for, of keys with several.'),
    project: account('Project that requests count for.'),
  }),
  create: (options, context) =>
    createOpenAICompatible(
      { ...definition, headers: accountHeaders(options), state_scope: stateScope(options) },
      options,
      context,
    ),
}

export default openai

function accountHeaders({
  organization,
  project,
}: OpenAIOptions): Readonly<Record<string, string>> {
  return {
    ...(organization === undefined ? {} : { 'openai-organization': organization }),
    ...(project === undefined ? {} : { 'openai-project': project }),
  }
}

/**
 * OpenAI reads encrypted reasoning of the organisation that it was made for, and refuses any other. To which organisation a key
 * belongs cannot be seen, so that each key stands for itself, unless the operator names the one that all of them have.
 */
function stateScope({
  organization,
}: OpenAIOptions): NonNullable<OpenAICompatibleDefinition['state_scope']> {
  return organization === undefined ? 'key' : { account: organization }
}
