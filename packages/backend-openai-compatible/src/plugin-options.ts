import { apiKeysOption, baseUrlOption, httpOptions, type KeyBackendOptions } from '@jackfield/kit'
import Type, { type TObject } from 'typebox'
import type { OpenAICompatibleDefinition } from './definition.ts'

/** Options of a backend that speaks the OpenAI protocol, as it gets them. */
export type OpenAICompatibleOptions = KeyBackendOptions

/** Whether a provider's keys are required, unless its definition says. */
function keysOf({ keys, base_url }: OpenAICompatibleDefinition): 'required' | 'optional' {
  return keys ?? (base_url === undefined ? 'optional' : 'required')
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
      ...more,
    },
    { additionalProperties: false },
  )
}
