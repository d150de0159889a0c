import type { Finish } from './chat/finish-reason.ts'
import type { AttributedUsage } from './chat/usage.ts'
import type { GatewayError } from './errors/gateway-error.ts'

/** Where an attempt went. Names only; safe for logs and headers. */
export interface Route {
  readonly backend: string
  readonly target: string
  /** The model as the provider calls it. */
  readonly model: string
  readonly way: 'forward' | 'translate' | 'relay' | 'virtual'
  readonly surface?: string
}

/**
 * What became of one attempt: exactly one per attempt, whether it was delivered, failed, was cancelled, or lost a
 * race. Accounting adds them up: what was cancelled has been paid for too.
 */
export interface Outcome {
  readonly route: Route
  /** `done`: ended legally. `failed`: before or after the first meaningful part, see `error`. `cancelled`: by us or the client. */
  readonly result: 'done' | 'failed' | 'cancelled'
  /** Whether a meaningful part had come. */
  readonly meaningful: boolean
  readonly finish?: Finish
  readonly error?: GatewayError
  readonly usage: AttributedUsage
  /** Provider's HTTP status, where there was an answer. */
  readonly status?: number
  readonly responseId?: string
  /** Milliseconds from the start of the attempt to the first meaningful part. */
  readonly ttftMs?: number
  readonly durationMs: number
  /** Names of what the target dialect could not express. */
  readonly dropped: readonly string[]
}
