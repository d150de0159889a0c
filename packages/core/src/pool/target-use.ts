/** One call's use of a target, as its state remembers it. */
export interface TargetUse {
  /** What had befallen the target when the use began, as a number: the use proves nothing about later things. */
  readonly era: number
  /** Whether it decides about the target's return. */
  readonly isTrial: boolean
}
