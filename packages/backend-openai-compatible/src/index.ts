import type { BackendPlugin } from '@jackfield/core'
import Type from 'typebox'
import type { OpenAICompatibleDefinition } from './definition.ts'
import { createOpenAICompatible } from './open-ai-compatible.ts'
import { type OpenAICompatibleOptions, optionsSchema } from './plugin-options.ts'

export type { OpenAICompatibleDefinition } from './definition.ts'
export { createOpenAICompatible, openAICompatible } from './open-ai-compatible.ts'
export { type OpenAICompatibleOptions, optionsSchema } from './plugin-options.ts'

/** What an operator may have to say of a server that nobody wrote a package for. */
export interface AnyServerOptions extends OpenAICompatibleOptions {
  /** The member that limits an answer's length. Default: as the client writes it. */
  readonly max_tokens_field?: 'max_tokens' | 'max_completion_tokens'
  /** Whether reasoning stands in `<think>` tags of the content. */
  readonly think_tags?: boolean
  /** Parameters that the server refuses. */
  readonly drop_parameters?: readonly string[]
  /** Whether it has `/completions`. Default `true`. */
  readonly completions?: boolean
}

const anyServer: OpenAICompatibleDefinition = { type: 'openai-compatible' }

/** Any server that speaks the OpenAI protocol, by its base URL: vLLM, SGLang, llama.cpp, Ollama, LM Studio, a proxy, … */
const openaiCompatible: BackendPlugin<AnyServerOptions> = {
  apiVersion: 1,
  type: anyServer.type,
  options: optionsSchema(anyServer, {
    max_tokens_field: Type.Optional(
      Type.Union([Type.Literal('max_tokens'), Type.Literal('max_completion_tokens')], {
        description: 'The member that limits an answer’s length, if the server knows only one.',
      }),
    ),
    think_tags: Type.Optional(
      Type.Boolean({
        default: false,
        description:
          'Whether answers begin with reasoning in `<think>` tags. Translated answers then show it as reasoning.',
      }),
    ),
    drop_parameters: Type.Optional(
      Type.Array(Type.String({ minLength: 1, description: 'Name of a parameter.' }), {
        commas: true,
        expects: 'a list of parameter names',
        description: 'Parameters that the server refuses. They are left out and named.',
      }),
    ),
    completions: Type.Optional(
      Type.Boolean({
        default: true,
        description:
          'Whether the server has `/completions`; otherwise they are translated to chat.',
      }),
    ),
  }),
  create: (options, context) => createOpenAICompatible(describeServer(options), options, context),
}

export default openaiCompatible

function describeServer(options: AnyServerOptions): OpenAICompatibleDefinition {
  const { max_tokens_field, think_tags, drop_parameters, completions } = options
  return {
    ...anyServer,
    completions: completions ?? true,
    ...(think_tags === undefined ? {} : { reasoning: { thinkTags: think_tags } }),
    parameters: {
      ...(drop_parameters === undefined ? {} : { drop: drop_parameters }),
      ...(max_tokens_field === undefined ? {} : { rename: renameTo(max_tokens_field) }),
    },
  }
}

function renameTo(field: 'max_tokens' | 'max_completion_tokens'): Readonly<Record<string, string>> {
  return field === 'max_tokens'
    ? { max_completion_tokens: 'max_tokens' }
    : { max_tokens: 'max_completion_tokens' }
}
