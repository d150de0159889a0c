import type { ChatRequest, ErrorCode, JsonObject } from '@jackfield/core'
import type { ReasoningField } from './chat/reasoning-fields.ts'
import { reasoningFields } from './chat/reasoning-fields.ts'

/**
 * How a provider is asked to reason: OpenAI's `reasoning_effort`; OpenRouter's `reasoning {effort, max_tokens}`;
 * `thinking {type}` of z.ai and Kimi; DashScope's `enable_thinking` and `thinking_budget`; InternLM's `thinking_mode`;
 * not at all; or top-level members that a function makes of the request, where a provider asks in a way of its own.
 */
export type ReasoningAsk =
  | 'reasoning_effort'
  | 'reasoning'
  | 'thinking'
  | 'enable_thinking'
  | 'thinking_mode'
  | 'none'
  | ((request: Pick<ChatRequest, 'reasoning' | 'model'>) => JsonObject)

export interface ReasoningOptions {
  /** Default `reasoning_effort`. */
  readonly ask?: ReasoningAsk
  /** Fields of answers that hold reasoning, best first. Default: all three. */
  readonly read?: readonly ReasoningField[]
  /** Whether answers may begin with `<think>…</think>` in their content. Default `false`. */
  readonly thinkTags?: boolean
  /** How reasoning of earlier turns is sent back. Default `none`: OpenAI refuses it. */
  readonly return?: 'none' | 'reasoning_content' | 'reasoning_details'
}

/** Media that only some of the compatible providers take. */
export interface MediaOptions {
  /** Films: as the part `video_url`, which Kimi, Qwen, GLM and OpenRouter have, or not at all. Default `refuse`: OpenAI has none. */
  readonly video?: 'video_url' | 'refuse'
  /** Files by URL: in `file_data`, where OpenRouter takes one, or not at all. Default `refuse`: OpenAI wants bytes or an id. */
  readonly fileUrl?: 'file_data' | 'refuse'
}

/** Differences of a provider that speaks OpenAI's chat completions. The defaults are OpenAI itself. */
export interface OpenAIChatOptions {
  /** The member that limits the answer's length. Default `max_completion_tokens`. */
  readonly maxTokens?: 'max_completion_tokens' | 'max_tokens'
  /** Role of developer messages: most compatible providers know only `system`. Default `keep`. */
  readonly developerRole?: 'keep' | 'system'
  readonly reasoning?: ReasoningOptions
  /** Whether streams are asked for with `stream_options.include_usage`. Default `true`. */
  readonly includeUsage?: boolean
  /** Top-level members that may be sent (all, if absent) and that may not. What is left out is reported as dropped. */
  readonly parameters?: { readonly allow?: readonly string[]; readonly drop?: readonly string[] }
  /** Whether `top_k` is understood. Default `false`: OpenAI refuses it. */
  readonly topK?: boolean
  /** Content of assistant messages that hold only tool calls. Default `null`. */
  readonly nullContent?: 'null' | 'empty' | 'omit'
  /** Messages of several texts: as parts, or joined for providers that take parts only from users. Default `parts`. */
  readonly texts?: 'parts' | 'joined'
  /** How prompt-cache marks that come from other dialects are written. Default `none`: they are dropped. */
  readonly cacheMarks?: 'none' | 'cache_control' | 'prompt_cache_breakpoint'
  /** What may be shown to the model besides what OpenAI takes. What may not is refused with `unsupported_capability`. */
  readonly media?: MediaOptions
  /**
   * Tools of free text: as they are, or as functions of one text for the many providers that know only functions. Default
   * `native`.
   */
  readonly customTools?: 'native' | 'functions'
  /** Meaning of the provider's own error codes and types, above the general rules: `{ '1113': 'upstream_quota_exhausted' }`. */
  readonly errorCodes?: Readonly<Record<string, ErrorCode>>
}

/** Options with their defaults filled in. */
export interface Variant {
  readonly maxTokens: 'max_completion_tokens' | 'max_tokens'
  readonly developerRole: 'keep' | 'system'
  readonly ask: ReasoningAsk
  readonly read: readonly ReasoningField[]
  readonly thinkTags: boolean
  readonly returnReasoning: 'none' | 'reasoning_content' | 'reasoning_details'
  readonly includeUsage: boolean
  readonly allow: ReadonlySet<string> | undefined
  readonly drop: ReadonlySet<string>
  readonly topK: boolean
  readonly nullContent: 'null' | 'empty' | 'omit'
  readonly texts: 'parts' | 'joined'
  readonly cacheMarks: 'none' | 'cache_control' | 'prompt_cache_breakpoint'
  readonly media: Required<MediaOptions>
  readonly customTools: 'native' | 'functions'
  readonly errorCodes: Readonly<Record<string, ErrorCode>>
}

export function resolveVariant(options: OpenAIChatOptions): Variant {
  const { reasoning, parameters } = options
  return {
    maxTokens: options.maxTokens ?? 'max_completion_tokens',
    developerRole: options.developerRole ?? 'keep',
    ask: reasoning?.ask ?? 'reasoning_effort',
    read: reasoning?.read ?? reasoningFields,
    thinkTags: reasoning?.thinkTags ?? false,
    returnReasoning: reasoning?.return ?? 'none',
    includeUsage: options.includeUsage ?? true,
    allow: parameters?.allow === undefined ? undefined : new Set(parameters.allow),
    drop: new Set(parameters?.drop),
    topK: options.topK ?? false,
    nullContent: options.nullContent ?? 'null',
    texts: options.texts ?? 'parts',
    cacheMarks: options.cacheMarks ?? 'none',
    media: { video: 'refuse', fileUrl: 'refuse', ...options.media },
    customTools: options.customTools ?? 'native',
    errorCodes: options.errorCodes ?? {},
  }
}
