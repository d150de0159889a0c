import type { GatewayError } from '../errors/gateway-error.ts'
import type { JsonValue } from '../json-value.ts'
import type { Citation, Extensions, MediaPart, ProviderPart } from './content.ts'
import type { Finish } from './finish-reason.ts'
import type { OpaqueState } from './opaque-state.ts'
import type { Usage } from './usage.ts'

/** First part of every answer. Not meaningful: nothing is committed to the client for it. */
export interface StartPart {
  readonly type: 'start'
  /** The provider's id of the answer. */
  readonly id?: string
  readonly model?: string
  /** Unix seconds. */
  readonly created?: number
  readonly extensions?: Extensions
}

export interface TextStart {
  readonly type: 'text-start'
  readonly id: string
}
export interface TextDelta {
  readonly type: 'text-delta'
  readonly id: string
  readonly text: string
  /** Log probabilities of these tokens as the dialect wrote them. */
  readonly logprobs?: { readonly dialect: string; readonly value: JsonValue }
}
export interface TextEnd {
  readonly type: 'text-end'
  readonly id: string
  readonly state?: readonly OpaqueState[]
}

export interface RefusalDelta {
  readonly type: 'refusal'
  readonly text: string
}

export interface ReasoningStart {
  readonly type: 'reasoning-start'
  readonly id: string
  readonly form: 'summary' | 'raw'
}
export interface ReasoningDelta {
  readonly type: 'reasoning-delta'
  readonly id: string
  readonly text: string
}
export interface ReasoningEnd {
  readonly type: 'reasoning-end'
  readonly id: string
  readonly state?: readonly OpaqueState[]
}

export interface ToolCallStart {
  readonly type: 'tool-call-start'
  readonly id: string
  readonly callId: string
  readonly name: string
  readonly kind: 'function' | 'custom'
  readonly extensions?: Extensions
}
export interface ToolCallDelta {
  readonly type: 'tool-call-delta'
  readonly id: string
  /** A piece of the argument text. */
  readonly arguments: string
}
export interface ToolCallEnd {
  readonly type: 'tool-call-end'
  readonly id: string
  readonly state?: readonly OpaqueState[]
}

/** A citation of the open (or last) text block. */
export interface SourcePart {
  readonly type: 'source'
  /** Id of the text block that it belongs to. */
  readonly id?: string
  readonly citation: Citation
}

/** A generated image, audio clip or file, whole. */
export interface FilePart {
  readonly type: 'file'
  readonly file: MediaPart
}

/** A part that only one dialect has; encoders of other dialects leave it out. */
export interface ProviderStreamPart {
  readonly type: 'provider'
  readonly part: ProviderPart
}

/** Usage so far. The last one counts; it comes before `finish`. */
export interface UsagePart {
  readonly type: 'usage'
  readonly usage: Usage
}

/** Last part of every good stream, exactly once. */
export interface FinishPart extends Finish {
  readonly type: 'finish'
}

/** Last part of a stream that broke. Never followed by `finish`. */
export interface ErrorPart {
  readonly type: 'error'
  readonly error: GatewayError
}

/**
 * One piece of an answer. Blocks (`text`, `reasoning`, `tool-call`) have an identity: `-start`, any number of `-delta`,
 * `-end`, all with the same `id`, unique in the answer. Tool calls may be open side by side; a text or reasoning block
 * is closed before another text or reasoning block opens. Parts travel in arrays, one array per read from the upstream.
 */
export type StreamPart =
  | StartPart
  | TextStart
  | TextDelta
  | TextEnd
  | RefusalDelta
  | ReasoningStart
  | ReasoningDelta
  | ReasoningEnd
  | ToolCallStart
  | ToolCallDelta
  | ToolCallEnd
  | SourcePart
  | FilePart
  | ProviderStreamPart
  | UsagePart
  | FinishPart
  | ErrorPart

/**
 * Whether the client has something to see after this part. Before the first such part of an answer failures move on
 * to the next target; after it nothing is retried. A `finish` is meaningful: an empty answer is an answer.
 */
export function isMeaningful(part: StreamPart): boolean {
  switch (part.type) {
    case 'text-delta':
    case 'reasoning-delta':
    case 'refusal':
      return part.text !== ''
    case 'tool-call-start':
    case 'tool-call-delta':
    case 'source':
    case 'file':
    case 'provider':
    case 'finish':
      return true
    case 'text-end':
    case 'reasoning-end':
    case 'tool-call-end':
      return (part.state?.length ?? 0) > 0
    case 'start':
    case 'text-start':
    case 'reasoning-start':
    case 'usage':
    case 'error':
      return false
    default:
      return part satisfies never
  }
}
