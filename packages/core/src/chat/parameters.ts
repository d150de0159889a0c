/** How hard a model is asked to think, weakest first. Dialects map what their protocol lacks to its nearest step. */
export const reasoningEfforts = [
  'none',
  'minimal',
  'low',
  'medium',
  'high',
  'xhigh',
  'max',
] as const

export type ReasoningEffort = (typeof reasoningEfforts)[number]

/** How long an answer is asked to be, shortest first. */
export const verbosities = ['low', 'medium', 'high'] as const

export type Verbosity = (typeof verbosities)[number]

/**
 * What someone besides the client may set for a call: a selector's `?…`, a chat command, the operator's forced values
 * and defaults. Absent means not set.
 */
export interface CallParameters {
  /** 0 to 2. */
  readonly temperature?: number
  /** 0 to 1. */
  readonly topP?: number
  /** An integer, at least 1. */
  readonly topK?: number
  readonly reasoningEffort?: ReasoningEffort
  readonly verbosity?: Verbosity
  /** An integer, at least 1. */
  readonly maxOutputTokens?: number
}
