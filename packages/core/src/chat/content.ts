import type { JsonObject, JsonValue } from '../json-value.ts'
import type { OpaqueState } from './opaque-state.ts'

/** A prompt-cache breakpoint that the client set on a part, tool or message. */
export interface CacheMark {
  readonly ttl?: '5m' | '30m' | '1h' | '12h'
}

/** Members of a wire object without a canonical name, by the dialect that they were read from. Sent only to that dialect. */
export type Extensions = Readonly<Record<string, JsonObject>>

interface PartBase {
  readonly cache?: CacheMark
  readonly extensions?: Extensions
}

/** Where the bytes of an image, audio, video or file are. */
export type MediaSource =
  | { readonly kind: 'base64'; readonly mediaType: string; readonly data: string }
  | { readonly kind: 'url'; readonly url: string; readonly mediaType?: string }
  | { readonly kind: 'text'; readonly mediaType: string; readonly text: string }
  /** An id of the provider's file store; only that provider understands it. */
  | { readonly kind: 'file-id'; readonly dialect: string; readonly id: string }

export interface TextPart extends PartBase {
  readonly type: 'text'
  readonly text: string
  readonly citations?: readonly Citation[]
  readonly state?: readonly OpaqueState[]
}

/** Image, audio, video or document, in requests and (generated) in answers. */
export interface MediaPart extends PartBase {
  readonly type: 'image' | 'audio' | 'video' | 'file'
  readonly source: MediaSource
  readonly name?: string
  readonly detail?: 'auto' | 'low' | 'high' | 'original'
  /** What was said, for generated audio. */
  readonly transcript?: string
  readonly state?: readonly OpaqueState[]
}

/** The model declined to answer; shown as the dialect's refusal. */
export interface RefusalPart extends PartBase {
  readonly type: 'refusal'
  readonly text: string
}

/** Reasoning text; empty text with state is common (redacted or encrypted reasoning). */
export interface ReasoningPart extends PartBase {
  readonly type: 'reasoning'
  readonly text: string
  /** `summary`: the provider's digest; `raw`: the model's own words. */
  readonly form: 'summary' | 'raw'
  readonly state?: readonly OpaqueState[]
}

/** A call that the model asks the client to make. */
export interface ToolCallPart extends PartBase {
  readonly type: 'tool-call'
  /** Links call and result. Made up by the decoder where the wire has none. */
  readonly callId: string
  readonly name: string
  /** `function`: JSON text (may be invalid, as the model wrote it); `custom`: free text. */
  readonly kind: 'function' | 'custom'
  readonly arguments: string
  readonly state?: readonly OpaqueState[]
}

/** What the client's tool returned. */
export interface ToolResultPart extends PartBase {
  readonly type: 'tool-result'
  readonly callId: string
  /** Needed by dialects that link by name; filled from the matching call by decoders. */
  readonly name?: string
  readonly kind: 'function' | 'custom'
  readonly content: readonly (TextPart | MediaPart | ProviderPart)[]
  /** A structured result, where the wire carries an object instead of text. */
  readonly structured?: JsonObject
  readonly failed?: boolean
}

/** A part that only one dialect has (server tools and their results, code runs, …), kept whole. */
export interface ProviderPart extends PartBase {
  readonly type: 'provider'
  readonly dialect: string
  readonly value: JsonValue
  readonly state?: readonly OpaqueState[]
}

/** Where a statement comes from. `raw` is the wire object, shown again only in its own dialect. */
export interface Citation {
  readonly url?: string
  readonly title?: string
  readonly quote?: string
  /** Half-open range in the part's text, in UTF-16 code units, where known. */
  readonly start?: number
  readonly end?: number
  readonly raw?: { readonly dialect: string; readonly value: JsonValue }
}

/** What a user message may hold. */
export type UserPart = TextPart | MediaPart | ProviderPart

/** What an assistant message may hold, in order. */
export type AssistantPart =
  | TextPart
  | MediaPart
  | RefusalPart
  | ReasoningPart
  | ToolCallPart
  | ProviderPart
