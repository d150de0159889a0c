import type { Timeouts } from '../backend.ts'
import type { CallParameters } from '../chat/parameters.ts'

/** One place where a call may go. */
export interface PlannedLeaf {
  /** Name of a configured backend. */
  readonly backend: string
  /** Only the target of this name. */
  readonly target?: string
  /** The model as this backend is asked for it. Empty where neither request nor configuration names one. */
  readonly model: string
  /** Parameters of the selector's leaf. */
  readonly parameters: CallParameters
  /** Longest prompt in tokens for which the leaf is used. */
  readonly maxContext?: number
  /** Limits of the leaf, above those of its backend. */
  readonly timeouts?: Partial<Timeouts>
}

/** Leaves that are tried one after the other. */
export interface Branch {
  readonly leaves: readonly PlannedLeaf[]
  /** Milliseconds that the branch waits before it begins. */
  readonly delayMs: number
}

/** Where a call may go, and how that was decided, in words. */
export interface Plan {
  /** At least one; several are raced. */
  readonly branches: readonly Branch[]
  readonly decision: readonly string[]
  /** What of the selectors was ignored, in words. */
  readonly warnings: readonly string[]
}
