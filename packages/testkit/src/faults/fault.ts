import type { ErrorCode } from '@jackfield/core'
import type { ListenerMode } from '../fake/listener.ts'
import type { ScriptStep } from '../fake/script.ts'

/** The wire protocols that providers speak. */
export type FaultDialect = 'openai-chat' | 'openai-responses' | 'anthropic-messages' | 'gemini'

/**
 * How far the call has come when the fault happens: connecting; sending the request; before or in the response's head (error statuses included);
 * in a body that is no stream; in a stream before, or after, its first meaningful part; at the stream's end.
 */
export type FaultPhase =
  | 'connect'
  | 'request'
  | 'headers'
  | 'body'
  | 'before-first-part'
  | 'mid-stream'
  | 'terminal'

/** A limit of the gateway that ends the fault; a test sets it low, or it waits long. */
export type FaultLimit = 'connect' | 'first_byte' | 'idle' | 'response_bytes' | 'event_bytes'

/** Families of error answers; a renderer spells each as its protocol does. */
export type FaultErrorKind =
  | 'bad-request'
  | 'unprocessable'
  | 'context-length'
  | 'content-filter'
  | 'invalid-key'
  | 'quota'
  | 'billing'
  | 'permission'
  | 'model-forbidden'
  | 'model-not-found'
  | 'path-not-found'
  | 'too-large'
  | 'rate-limit'
  | 'internal'
  | 'conflict'
  | 'overloaded'
  | 'timeout'

/**
 * Pieces of a good stream in their order: what opens it (nothing meaningful), the first meaningful part, the rest of the text, the finish
 * reason, the terminator (empty where the protocol has none). `broken-event` is a whole event whose JSON is cut,
 * `open-event` the beginning of an event inside a JSON string.
 */
export type StreamPiece =
  | 'prelude'
  | 'first-part'
  | 'rest'
  | 'finish'
  | 'terminator'
  | 'broken-event'
  | 'open-event'

/** A whole error answer. */
interface ErrorStep {
  readonly do: 'error'
  readonly status: number
  readonly error: FaultErrorKind
  /** When to come back, and in which header: `retry-after` in seconds or as a date, or `retry-after-ms`. */
  readonly retryAfter?: {
    readonly as: 'seconds' | 'http-date' | 'milliseconds'
    readonly ms: number
  }
}

/** A whole good answer: a stream or not as the call asks, unless `as` says otherwise. */
interface AnswerStep {
  readonly do: 'answer'
  readonly as?: 'stream' | 'unary'
  readonly encoding?: 'gzip'
}

/** The head of a good answer of the kind that the call asks for. */
interface AnswerHeadStep {
  readonly do: 'answer-head'
  /** Announces the length of the whole unary body. */
  readonly length?: 'declared'
  /** Adds headers with this many bytes. */
  readonly padding?: number
}

/** Steps that depend on the dialect; rendering turns them into {@link ScriptStep}s. */
export type DialectStep =
  | ErrorStep
  | AnswerStep
  | AnswerHeadStep
  | { readonly do: 'error-body'; readonly status: number; readonly error: FaultErrorKind }
  | { readonly do: 'error-event'; readonly error: FaultErrorKind }
  | { readonly do: 'half-body' }
  | { readonly do: 'piece'; readonly piece: StreamPiece }
  | { readonly do: 'page'; readonly status: number }
  | { readonly do: 'flood'; readonly maxBytes: number }

/** What a fault does, independent of the dialect. */
export type FaultScript =
  | { readonly at: 'listener'; readonly mode: Exclude<ListenerMode, 'accept'> }
  | {
      readonly at: 'connection' | 'headers' | 'request'
      readonly steps: readonly (ScriptStep | DialectStep)[]
    }

/** What the gateway must make of it. */
export type FaultExpectation =
  /** The client gets the whole answer. */
  | { readonly outcome: 'answer' }
  | {
      readonly outcome: 'error'
      readonly code: ErrorCode
      /** Whether it happens before anything is committed to the client, so that another target can still serve the call. */
      readonly beforeCommit: boolean
      /** Whether the same target may be asked again. */
      readonly retryable: boolean
      /** Whether another target may be asked. */
      readonly fallback: boolean
      /** The provider's hint, within a second. */
      readonly retryAfterMs?: number
    }

/** One way in which a provider fails. */
export interface FaultCase {
  /** Stable: kebab-case, `fault/variant` for variants. */
  readonly id: string
  readonly phase: FaultPhase
  /** The protocols in which it can happen. */
  readonly dialects: readonly FaultDialect[]
  /** The calls to which it can happen. */
  readonly stream: 'stream' | 'unary' | 'both'
  readonly description: string
  /** Limits of the gateway that end it. */
  readonly limits?: readonly FaultLimit[]
  readonly expected: FaultExpectation
  readonly script: FaultScript
}

/** Another spelling of a fault. What it does not say is as in the fault. */
export type FaultVariant = Pick<FaultCase, 'id' | 'description' | 'expected' | 'script'> &
  Partial<Pick<FaultCase, 'dialects' | 'stream' | 'limits'>>

/** A fault in its plain form, and its variants. */
export interface Fault extends FaultCase {
  readonly variants?: readonly FaultVariant[]
}
