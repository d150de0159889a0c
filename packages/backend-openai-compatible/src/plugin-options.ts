import {
  apiKeysOption,
  baseUrlOption,
  httpOptions,
  type KeyBackendOptions,
  speaksOption,
} from '@jackfield/kit'
import Type, { type TObject } from 'typebox'
import type { OpenAICompatibleDefinition } from './definition.ts'

/** Protocols of OpenAI's that calls of others can be translated for. */
export const dialects = ['openai-chat', 'openai-responses'] as const

/** Options of a backend that speaks the OpenAI protocol, as it gets them. */
export interface OpenAICompatibleOptions extends KeyBackendOptions {
  /** Of providers that have the Responses API: what calls of other protocols are translated for. Default: `openai-chat`. */
  readonly dialect?: (typeof dialects)[number]
  /** Of providers that have the Responses API: the protocols that the server behind `base_url` has. Default: both. */
  readonly speaks?: readonly (typeof dialects)[number][]
}

/** The schema of `dialect`. */
export const dialectOption = Type.Optional(
  Type.Unsafe<(typeof dialects)[number]>({
    type: 'string',
    enum: dialects,
    default: 'openai-chat',
    description:
      'The protocol that calls of other protocols are translated for: chat completions, or responses.',
  }),
)

/** Whether a provider's keys are required, unless its definition says. */
function keysOf({ keys, base_url }: OpenAICompatibleDefinition): 'required' | 'optional' {
  return keys ?? (base_url === undefined ? 'optional' : 'required')
}

/** Whether a provider has the Responses API. */
function hasResponses({ responses = false }: OpenAICompatibleDefinition): boolean {
  return responses !== false
}

/** The JSON Schema of the options. `more`: options that only one provider has. */
export function optionsSchema(
  definition: OpenAICompatibleDefinition,
  more: Parameters<typeof Type.Object>[0] = {},
): TObject {
  return Type.Object(
    {
      base_url: baseUrlOption(definition.base_url),
      api_keys: apiKeysOption(keysOf(definition)),
      ...httpOptions,
      ...(hasResponses(definition)
        ? { dialect: dialectOption, speaks: speaksOption(dialects) }
        : {}),
      ...more,
    },
    { additionalProperties: false },
  )
}
