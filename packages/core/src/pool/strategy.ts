import type { CallView } from '../call.ts'
import type { Target } from './target.ts'

/** A target that may be chosen now, with what the pool knows of it. */
export interface Candidate {
  readonly target: Target
  /** Its place among all targets of the source. */
  readonly index: number
  /** Attempts on it that have not ended. */
  readonly inFlight: number
}

/** What a strategy may know of a call. Everything costly is computed on first use. */
export interface CallFeatures {
  readonly model: string
  readonly call: CallView
}

/** What happened on a target that a strategy chose. */
export interface PlacementEvent {
  readonly target: Target
  readonly model: string
  readonly event: 'start' | 'first-part' | 'done' | 'failed' | 'cancelled'
  /** Milliseconds since the start of the attempt. */
  readonly afterMs: number
}

/** Chooses among targets. One instance per pool; it may keep state, bounded. */
export interface Strategy {
  /** Never called with an empty list. The list is in the source's order. */
  choose(candidates: readonly Candidate[], features: CallFeatures): Candidate
  observe?(event: PlacementEvent): void
}

/** Makes a strategy for one pool. */
export type StrategyFactory = (options: { readonly random: () => number }) => Strategy
