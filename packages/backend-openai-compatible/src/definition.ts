import type { ErrorCode, JsonValue, Model, PoolDefaults } from '@jackfield/core'
import type { OpenAIChatOptions, OpenAIResponsesOptions } from '@jackfield/dialect-openai'
import type { KeyTargetsOptions } from '@jackfield/kit'

/** What a provider does not do exactly as OpenAI, as data. Everything has a default: OpenAI itself. */
export interface OpenAICompatibleDefinition {
  /** The plugin's type, equal to `jackfield.type` of its `package.json`. */
  readonly type: string
  /** The provider's address. Absent: operators must give one. */
  readonly base_url?: string
  /** Path of an address that an operator writes without one. Default: that of `base_url`, else `/v1`. */
  readonly default_path?: string
  /** Whether the provider needs keys. Default: `required` where there is a `base_url`, else `optional`. */
  readonly keys?: 'required' | 'optional'
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>>
  /**
   * Top-level members of chat requests that the provider spells otherwise, refuses, or must be sent. They hold for forwarded
   * and translated requests; `drop` and `force` also for text completions.
   */
  readonly parameters?: {
    readonly rename?: Readonly<Record<string, string>>
    readonly drop?: readonly string[]
    readonly force?: Readonly<Record<string, JsonValue>>
    /** Nothing else is sent in a chat request. */
    readonly allow?: readonly string[]
  }
  /**
   * How reasoning is asked for, where answers have it, and how it is sent back. A request that asks for it in OpenAI's words
   * is translated where the provider has other words; everything else is still forwarded.
   */
  readonly reasoning?: OpenAIChatOptions['reasoning']
  /**
   * Whether a client's bytes may be forwarded at all. Default `true`. `false`: every chat is translated, so that all differences
   * hold for all of them, those of answers included.
   */
  readonly forward?: boolean
  /** Differences of messages that only matter where a request is translated. */
  readonly messages?: Pick<
    OpenAIChatOptions,
    'developerRole' | 'nullContent' | 'texts' | 'cacheMarks' | 'media' | 'topK'
  >
  /**
   * Tools of free text in translated requests: `functions`, which every provider knows, with one text as parameter, or `native`.
   * Default `functions`.
   */
  readonly custom_tools?: 'native' | 'functions'
  /** `synthesize`: the provider is never asked to stream; streaming clients get the whole answer as a stream. */
  readonly streaming?: 'native' | 'synthesize'
  /** Whether `stream_options` is understood, which asks a stream for its usage. Default `true`. */
  readonly include_usage?: boolean
  /** Whether it has `/completions`. Default `false`: they are translated to chat. */
  readonly completions?: boolean
  /**
   * Whether it has `/responses`, and how that differs from OpenAI's. Calls of Responses clients are then forwarded to it, and operators
   * choose with the option `dialect` which of the two protocols others are translated for. Default `false`: they are
   * translated to chat.
   */
  readonly responses?: boolean | OpenAIResponsesOptions
  /** Whether its Responses API counts tokens (`/responses/input_tokens`). Default `false`: the gateway estimates them. */
  readonly token_counts?: boolean
  /** Whether it has `/embeddings`. Default `true`. */
  readonly embeddings?: boolean
  /** Whether its other operations (images, audio, moderations, rerank, files, …) are reached. Default `true`. */
  readonly opaque?: boolean
  /** What is known of its models: a default for when it does not answer, never an allow-list. */
  readonly models?: readonly Model[]
  /** Path of its list of models. Default `/models`; `false`: it has none. */
  readonly models_path?: string | false
  /** Stands before public ids (`vendor/`) and is taken off before sending. */
  readonly model_prefix?: string
  /** Default: round-robin, with sessions staying on their key (`soft`), which keeps prompt caches warm. */
  readonly pool?: Partial<PoolDefaults>
  /** Who accepts opaque reasoning state that one of its keys got. Default `provider`: all of its keys. */
  readonly state_scope?: KeyTargetsOptions['stateScope']
  /** Meaning of the provider's own error codes. */
  readonly error_codes?: Readonly<Record<string, ErrorCode>>
}
