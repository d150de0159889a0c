import type { Target } from '@jackfield/core'

/** A target that may have an address of its own instead of the surface's. */
export interface HttpTarget extends Target {
  /** Replaces {@link Surface.baseUrl}; the surface's `defaultPath` and `version` apply to it too. */
  readonly baseUrl?: string
}

/** The target's own address, if it has one. */
export function addressOf(target: Target): string | undefined {
  return 'baseUrl' in target && typeof target.baseUrl === 'string' ? target.baseUrl : undefined
}
