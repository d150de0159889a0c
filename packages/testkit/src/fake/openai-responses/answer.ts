import type { Pieces } from '../openai/chat-answer.ts'
import type { JsonObject } from '../strict/rule.ts'

/** Text of the model, a refusal of it, or both: each is a content part of its own. */
export interface ResponsesMessage {
  readonly type: 'message'
  readonly id?: string
  readonly text?: Pieces
  readonly refusal?: Pieces
  /** On the text; in a stream they are announced after its last delta. */
  readonly annotations?: readonly JsonObject[]
  readonly phase?: 'commentary' | 'final_answer'
}

/** What the model thought before the item after this one. */
export interface ResponsesReasoning {
  readonly type: 'reasoning'
  readonly id?: string
  /** One entry per summary part. Default: none, as where no summary was asked for. */
  readonly summary?: readonly Pieces[]
  /** Raw reasoning, as open-weight models show it. */
  readonly content?: Pieces
  /** Opaque state. It is only shown when the request includes `reasoning.encrypted_content`. Default: made by {@link ResponsesStyle.encrypt}. */
  readonly encrypted?: string
}

/** A call of a function of the client. */
export interface ResponsesFunctionCall {
  readonly type: 'function_call'
  readonly id?: string
  readonly callId?: string
  readonly name: string
  readonly namespace?: string
  /** JSON text; in a stream each piece is a delta. */
  readonly arguments: Pieces
}

/** A call of a custom tool of the client. */
export interface ResponsesCustomToolCall {
  readonly type: 'custom_tool_call'
  readonly id?: string
  readonly callId?: string
  readonly name: string
  readonly input: Pieces
}

/** A finished item of any other type as it is on the wire; a stream announces the events that its type has. */
export interface ResponsesRawItem {
  readonly type: 'raw'
  readonly item: JsonObject
}

/** One item of an answer. */
export type ResponsesItem =
  | ResponsesMessage
  | ResponsesReasoning
  | ResponsesFunctionCall
  | ResponsesCustomToolCall
  | ResponsesRawItem

/** Counted tokens; `inputTokens` has the cached ones in it, `outputTokens` those of the reasoning. */
export interface ResponsesUsage {
  readonly inputTokens: number
  readonly outputTokens: number
  readonly cachedTokens?: number
  readonly cacheWriteTokens?: number
  readonly reasoningTokens?: number
}

/** What the fake model answers. Everything absent follows from the request, so equal requests get equal bytes. */
export interface ResponsesAnswer {
  readonly id?: string
  /** Unix seconds. */
  readonly createdAt?: number
  /** Default: the model of the request. */
  readonly model?: string
  readonly items: readonly ResponsesItem[]
  /** Default: `failed` with an `error`, `incomplete` with an `incompleteReason`, else `completed`. */
  readonly status?: 'completed' | 'incomplete' | 'failed'
  readonly incompleteReason?: string
  readonly error?: { readonly code: string; readonly message: string }
  /** `null`: the answer does not say. */
  readonly usage?: ResponsesUsage | null
}

/** The item that reasoning led to, as far as it can be told from a request. */
export interface FollowingItem {
  readonly type: string
  /** Of calls only. */
  readonly callId?: string
}

/** What encrypted reasoning stands for. */
export interface ReasoningState {
  /** Id of the reasoning item. */
  readonly id: string
  /** Absent when the answer ended with the reasoning. */
  readonly next?: FollowingItem
}

/** How a provider makes what is only its own. */
export interface ResponsesStyle {
  /** Makes `encrypted_content`. Default: a text that no fake accepts. */
  readonly encrypt?: (state: ReasoningState) => string
  /** Goes into generated ids, so that two providers give the same request different ones. */
  readonly seed?: string
}
