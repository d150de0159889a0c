import type { Clock } from '@jackfield/core'
import type { ErrorShape } from './plain-error.ts'

/** How a gateway behaves behind HTTP. */
export interface HostSettings {
  readonly clock: Clock
  readonly errorShape: ErrorShape
  readonly maxBodyBytes: number
  readonly maxStreamedBodyBytes: number
  readonly stallMs: number
}
