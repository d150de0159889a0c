import type { BackendPlugin } from '@jackfield/core'
import Type from 'typebox'
import type { OpenAICompatibleDefinition } from './definition.ts'
import { createOpenAICompatible } from './open-ai-compatible.ts'
import { dialectOption, type OpenAICompatibleOptions, optionsSchema } from './plugin-options.ts'

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
  /** Whether it has `/responses`. Default `false`. */
  readonly responses?: boolean
  /** Whether it understands `stream_options`. Default `true`. */
  readonly include_usage?: boolean
  /** `synthesize`: it is never asked to stream. Default `native`. */
  readonly streaming?: 'native' | 'synthesize'
  /** Whether clients' bytes may be forwarded. Default `true`. */
  readonly forward?: boolean
  /** The member that asks for reasoning. Default `reasoning_effort`. */
  readonly reasoning_parameter?: (typeof reasoningParameters)[number]
  /** Role of developer messages in translated requests. Default `keep`. */
  readonly developer_role?: 'keep' | 'system'
  /** How tools of free text are sent in translated requests. Default `functions`. */
  readonly custom_tools?: 'native' | 'functions'
}

const reasoningParameters = [
  'reasoning_effort',
  'reasoning',
  'thinking',
  'enable_thinking',
  'none',
] as const

const choice = <const Word extends string>(words: readonly Word[], description: string) =>
  Type.Optional(Type.Unsafe<Word>({ type: 'string', enum: words, description }))

const anyServer: OpenAICompatibleDefinition = { type: 'openai-compatible' }

/** Any server that speaks the OpenAI protocol, by its base URL: vLLM, SGLang, llama.cpp, Ollama, LM Studio, a proxy, … */
const openaiCompatible: BackendPlugin<AnyServerOptions> = {
  apiVersion: 1,
  type: anyServer.type,
  options: optionsSchema(anyServer, {
    max_tokens_field: choice(
      ['max_tokens', 'max_completion_tokens'],
      'The member that limits an answer’s length, if the server knows only one.',
    ),
    think_tags: Type.Optional(
      Type.Boolean({
        default: false,
        description:
          'Whether answers begin with reasoning in `<think>` tags. Translated answers then show it as reasoning; with `forward: false` all are translated.',
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
    responses: Type.Optional(
      Type.Boolean({
        default: false,
        description:
          'Whether the server has `/responses`, to which Responses clients are then forwarded; otherwise they are translated to chat.',
      }),
    ),
    dialect: dialectOption,
    include_usage: Type.Optional(
      Type.Boolean({
        default: true,
        description: 'Whether the server understands `stream_options`.',
      }),
    ),
    streaming: choice(
      ['native', 'synthesize'],
      '`synthesize`: the server is never asked to stream; streams are made of whole answers. Default: `native`.',
    ),
    forward: Type.Optional(
      Type.Boolean({
        default: true,
        description:
          'Whether OpenAI clients’ requests are passed on as they are. `false`: all are decoded and encoded anew, and so are the answers.',
      }),
    ),
    reasoning_parameter: choice(
      reasoningParameters,
      'The member that asks for reasoning. Requests that ask with another one are translated. Default: `reasoning_effort`.',
    ),
    developer_role: choice(
      ['keep', 'system'],
      'Role of developer messages in translated requests: most servers know only `system`. Default: `system`.',
    ),
    custom_tools: choice(
      ['native', 'functions'],
      'How tools of free text are sent in translated requests: as they are, or as functions of one text. Default: `functions`.',
    ),
  }),
  create: (options, context) => createOpenAICompatible(describeServer(options), options, context),
}

export default openaiCompatible

function describeServer(options: AnyServerOptions): OpenAICompatibleDefinition {
  const { max_tokens_field, drop_parameters, completions = true, developer_role } = options
  const { include_usage, streaming, forward, think_tags, reasoning_parameter } = options
  const { custom_tools } = options
  const { responses = options.dialect === 'openai-responses' } = options
  return {
    ...anyServer,
    completions,
    responses,
    ...(include_usage === undefined ? {} : { include_usage }),
    ...(streaming === undefined ? {} : { streaming }),
    ...(forward === undefined ? {} : { forward }),
    ...(custom_tools === undefined ? {} : { custom_tools }),
    messages: {
      // Servers that took the protocol over mostly know `system` alone.
      developerRole: developer_role ?? 'system',
      // Many show films and linked files to their models; the others say that they do not.
      media: { video: 'video_url', fileUrl: 'file_data' },
    },
    reasoning: {
      ...(think_tags === undefined ? {} : { thinkTags: think_tags }),
      ...(reasoning_parameter === undefined ? {} : { ask: reasoning_parameter }),
    },
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
