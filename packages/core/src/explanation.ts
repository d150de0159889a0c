import type { Operation } from './call.ts'
import type { CallParameters } from './chat/parameters.ts'
import type { ErrorCode } from './errors/codes.ts'
import type { TargetHealth } from './gateway.ts'

/** Where a call would go, and why, without anybody being called. */
export interface Explanation {
  readonly operation: Operation
  /** The client's. */
  readonly dialect: string
  readonly model?: string
  readonly stream: boolean
  /** Name of the caller's key. */
  readonly principal: string
  /** Identity that holds command state. */
  readonly session: string
  /** Identity that keeps the conversation on a target. */
  readonly affinityKey: string
  /** Estimated tokens of the prompt, where it could be read. */
  readonly promptTokens?: number
  /** What was decided, step by step, in words. */
  readonly decision: readonly string[]
  /** What of the selectors was ignored, in words. */
  readonly warnings: readonly string[]
  /** In the order in which they are tried; several are raced. Empty where the gateway would answer itself, or refuse. */
  readonly branches: readonly ExplainedBranch[]
  /** Places that cannot serve this call. */
  readonly skipped: readonly SkippedPlace[]
  /** The gateway would answer this itself. */
  readonly reply?: string
  /** The call would be answered with this error. */
  readonly error?: ExplainedError
}

export interface ExplainedError {
  readonly code: ErrorCode
  readonly status: number
  readonly message: string
}

/** Places that are tried one after the other. */
export interface ExplainedBranch {
  /** Milliseconds before it begins. */
  readonly delayMs: number
  readonly places: readonly ExplainedPlace[]
}

/** One place where a call may go. */
export interface ExplainedPlace {
  readonly backend: string
  /** Only this target. */
  readonly target?: string
  /** The model as the provider is asked for it. */
  readonly model: string
  readonly way: 'forward' | 'translate' | 'relay' | 'virtual'
  readonly surface?: string
  /** Parameters that stand above the request's. */
  readonly overrides: CallParameters
  /** Parameters that stand below the request's. */
  readonly defaults: CallParameters
  /** The targets that may be chosen, with their state now. */
  readonly targets: readonly TargetHealth[]
}

/** A place that cannot serve a call, and why. */
export interface SkippedPlace {
  readonly backend: string
  readonly target?: string
  readonly model: string
  readonly reason: string
}
