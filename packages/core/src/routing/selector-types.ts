import type { CallParameters } from '../chat/parameters.ts'

/** What a caller, an alias, a flag, a chat command or a setting may name as the model: one leaf, or several joined by one operator. */
export type Selector = LeafSelector | CompositeSelector

/**
 * One `backend:model?params`.
 *
 * - With `backend`: explicit, `model` is what that backend is asked for.
 * - Without `backend`: a model id. Which backend serves it is decided when the selector is resolved.
 * - With `inner`: two selectors for a backend that calls two others (`hybrid:[first,second]`); `model` is then the
 *   canonical text of both, brackets included.
 */
export interface LeafSelector {
  readonly kind: 'leaf'
  /** The configured backend before the first `:`. */
  readonly backend?: string
  /** The name of one target of `backend`: `openai.2:gpt-4o`. */
  readonly target?: string
  /** Never empty; percent-decoded; with its vendor prefix if it was written with one. */
  readonly model: string
  /** Only without `backend`: what stands before the first `/` of `model` is the name of this configured backend. */
  readonly vendorBackend?: string
  /** The reasoning selector, then the execution selector. */
  readonly inner?: readonly [Selector, Selector]
  readonly annotations: LeafAnnotations
  readonly parameters: CallParameters
  /** Where `backend` or `model` begins in the text, 1-based, in UTF-16 code units. */
  readonly column: number
}

/** Several leaves, at least two: tried in order (`a|b`), drawn by weight (`a^b`), or raced (`a!b`). */
export interface CompositeSelector {
  readonly kind: 'fallback' | 'weighted' | 'race'
  readonly leaves: readonly LeafSelector[]
}

/** What stands in brackets directly before a leaf: `[weight=3,max_context=32000]a`. Absent means not written. */
export interface LeafAnnotations {
  /** Share of a weighted draw, an integer from 1 to 999,999,999; 1 if absent. Only in `a^b`. */
  readonly weight?: number
  /** Serves the first request of a session. On at most one leaf of `a^b`. */
  readonly first?: true
  /** Longest prompt in tokens for which the leaf is used. */
  readonly maxContext?: number
  /** Head start of this leaf in a race, in milliseconds. Only in `a!b`. */
  readonly handicapMs?: number
  /** Longest wait for the connection, in milliseconds. */
  readonly connectTimeoutMs?: number
  /** Longest wait for the first token of a stream, in milliseconds. In a race the leaf has lost it then. */
  readonly ttftTimeoutMs?: number
  /** Longest silence within an answer, in milliseconds. */
  readonly idleTimeoutMs?: number
  /** Longest time for an answer that is not a stream, in milliseconds. */
  readonly totalTimeoutMs?: number
}

/** What the parser has to know about the configuration. */
export interface SelectorContext {
  /** Whether a backend of this name is configured. Only asked about names of the form `[a-z0-9-]+`. */
  isBackend(name: string): boolean
  /** Whether this configured backend is addressed as `name:[first,second]`. Absent: only the one called `hybrid` is. */
  takesPair?(name: string): boolean
}

export type SelectorErrorCode =
  | 'syntax_error'
  | 'unsupported_construct'
  | 'invalid_leaf'
  | 'invalid_weight'
  | 'invalid_first'
  | 'invalid_max_context'
  | 'invalid_handicap'
  | 'invalid_ttft_timeout'
  | 'invalid_timeout'

/** Why a text is not a selector, and what to do about it. */
export interface SelectorError {
  readonly code: SelectorErrorCode
  /** One or two whole sentences. Quotes at most 40 characters of the text. */
  readonly message: string
  /** 1-based, in UTF-16 code units; one past the end where something is missing there. */
  readonly column: number
}

/** A parameter that was dropped; the selector is used without it. */
export interface SelectorWarning {
  readonly code: 'unknown_parameter' | 'invalid_parameter'
  readonly message: string
  /** 1-based, in UTF-16 code units. */
  readonly column: number
}

export type SelectorResult =
  | {
      readonly ok: true
      readonly selector: Selector
      /** The first 20 at most. */
      readonly warnings: readonly SelectorWarning[]
    }
  | { readonly ok: false; readonly error: SelectorError }
