import type { JsonObject } from '../json-value.ts'
import type {
  AssistantPart,
  CacheMark,
  Extensions,
  TextPart,
  ToolResultPart,
  UserPart,
} from './content.ts'
import type { ReasoningEffort, Verbosity } from './parameters.ts'

interface MessageBase {
  readonly name?: string
  readonly cache?: CacheMark
  readonly extensions?: Extensions
}

/** Instructions, anywhere in the conversation. `developer` is kept apart because some models refuse one of the two. */
export interface SystemMessage extends MessageBase {
  readonly role: 'system' | 'developer'
  readonly content: readonly TextPart[]
}

export interface UserMessage extends MessageBase {
  readonly role: 'user'
  readonly content: readonly UserPart[]
}

export interface AssistantMessage extends MessageBase {
  readonly role: 'assistant'
  readonly content: readonly AssistantPart[]
}

/** The results of tool calls of the assistant message before it, in the order in which the client gave them. */
export interface ToolMessage extends MessageBase {
  readonly role: 'tool'
  readonly content: readonly ToolResultPart[]
}

export type Message = SystemMessage | UserMessage | AssistantMessage | ToolMessage

/** A tool that the client runs. */
export interface FunctionTool {
  readonly type: 'function'
  readonly name: string
  readonly description?: string
  /** JSON Schema of the arguments. Absent: the tool takes none. */
  readonly parameters?: JsonObject
  readonly strict?: boolean
  readonly cache?: CacheMark
  readonly extensions?: Extensions
}

/** A tool that takes free text instead of JSON. */
export interface CustomTool {
  readonly type: 'custom'
  readonly name: string
  readonly description?: string
  readonly format?: { readonly syntax: 'lark' | 'regex'; readonly definition: string }
  readonly cache?: CacheMark
  readonly extensions?: Extensions
}

/** A tool that the provider runs itself; `value` is the wire object of `dialect`. */
export interface ProviderTool {
  readonly type: 'provider'
  readonly dialect: string
  readonly value: JsonObject
}

export type Tool = FunctionTool | CustomTool | ProviderTool

/** Which tools the model may or must call. */
export type ToolChoice =
  | { readonly type: 'auto' | 'none' | 'required' }
  | { readonly type: 'tool'; readonly name: string; readonly kind: 'function' | 'custom' }
  | {
      readonly type: 'allowed'
      readonly mode: 'auto' | 'required'
      readonly names: readonly string[]
    }
  | { readonly type: 'provider'; readonly dialect: string; readonly value: JsonObject }

/** The form that the answer's text must have. */
export type OutputFormat =
  | { readonly type: 'text' }
  | { readonly type: 'json' }
  | {
      readonly type: 'json-schema'
      readonly schema: JsonObject
      readonly name?: string
      readonly description?: string
      readonly strict?: boolean
    }

/** How much the model is asked to think. At most one of `effort` and `budget` is asked for by clients; both are kept. */
export interface ReasoningRequest {
  readonly enabled?: boolean
  readonly effort?: ReasoningEffort
  /** Tokens; `dynamic` leaves it to the model. */
  readonly budget?: number | 'dynamic'
  /** Whether, and in which form, reasoning text is shown in the answer. */
  readonly show?: boolean | 'summary' | 'detailed'
}

/**
 * One request for generation, independent of any wire protocol. Decoded lazily: a forwarded call never builds it.
 * `messages` holds what all dialects can say; what only one can say is in `extensions[dialect]` and is only ever
 * sent to that dialect.
 */
export interface ChatRequest {
  readonly model: string
  readonly messages: readonly Message[]
  readonly stream: boolean
  /** Whether a streaming client wants to be told the usage. Dialects that always tell set it. */
  readonly includeUsage: boolean
  readonly tools?: readonly Tool[]
  readonly toolChoice?: ToolChoice
  readonly parallelToolCalls?: boolean
  readonly output?: OutputFormat
  readonly reasoning?: ReasoningRequest
  readonly verbosity?: Verbosity
  readonly maxOutputTokens?: number
  readonly temperature?: number
  readonly topP?: number
  readonly topK?: number
  readonly seed?: number
  readonly stop?: readonly string[]
  readonly presencePenalty?: number
  readonly frequencyPenalty?: number
  /** Number of likeliest tokens to report at each position; `0`: only the chosen ones. */
  readonly logprobs?: number
  /** Number of alternative answers. Only one can be translated: see `unsupported_capability`. */
  readonly candidates?: number
  readonly modalities?: readonly ('text' | 'audio' | 'image')[]
  /** The caller's stable, hashed id of its end user. */
  readonly endUser?: string
  /** The caller's hint which requests share a prompt prefix. */
  readonly cacheKey?: string
  readonly serviceTier?: string
  readonly metadata?: Readonly<Record<string, string>>
  readonly store?: boolean
  /** Id of the stored answer that this request continues. */
  readonly continues?: string
  /**
   * Name of the member that holds the id, where that is not `previous_response_id`: a conversation or a prompt that only the provider
   * has, which travels among the extensions. For errors.
   */
  readonly continuesIn?: string
  readonly extensions?: Extensions
}
