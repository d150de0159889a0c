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
}

/** Where a call may go, in order, and how that was decided, in words. */
export interface Plan {
  readonly leaves: readonly PlannedLeaf[]
  readonly decision: readonly string[]
}
