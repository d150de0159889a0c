import type { CallFeatures } from './strategy.ts'

/** What a call asks of a pool. */
export interface SelectOptions extends CallFeatures {
  /** Only the target of this name. */
  readonly targetName?: string
  /** Only the target of this id. */
  readonly targetId?: string
  /** Ids of targets that this call has used already. */
  readonly tried: readonly string[]
  /** Use a softly excluded target if no other is left. */
  readonly allowSoft: boolean
}
