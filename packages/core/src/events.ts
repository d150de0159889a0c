import type { Operation } from './call.ts'
import type { AttributedUsage } from './chat/usage.ts'
import type { GatewayError } from './errors/gateway-error.ts'
import type { Outcome, Route } from './outcome.ts'

/** A call arrived and its head could be read. */
export interface CallStart {
  readonly callId: string
  readonly operation: Operation
  readonly dialect: string
  readonly principal: string
  readonly model?: string
  readonly stream: boolean
}

/** One attempt ended. */
export interface AttemptEnd {
  readonly callId: string
  /** 1 for the first attempt of the call. */
  readonly attempt: number
  readonly outcome: Outcome
  /** What the host does next. `lost`: another leg of the call's race was faster. */
  readonly next: 'delivered' | 'retry' | 'next-target' | 'next-leaf' | 'give-up' | 'lost'
}

/** What one attempt cost, and where. */
export interface AttemptUsage {
  readonly route: Route
  readonly result: Outcome['result']
  readonly usage: AttributedUsage
}

/** A call ended: everything that the one log line per call says. */
export interface CallEnd {
  readonly callId: string
  readonly operation: Operation
  readonly dialect: string
  readonly principal: string
  readonly path: string
  /** The model as the client named it. */
  readonly model?: string
  readonly stream: boolean
  /** Where the delivered answer came from; absent when there was none. */
  readonly route?: Route
  /** Status that the client saw; 499 when it went away before. */
  readonly status: number
  readonly error?: GatewayError
  readonly finishReason?: string
  readonly attempts: number
  readonly ttftMs?: number
  readonly durationMs: number
  /** Of the delivered attempt. */
  readonly usage: AttributedUsage
  /** Of all attempts together, cancelled and lost ones included. */
  readonly totalUsage: AttributedUsage
  /**
   * The same, each attempt apart, in the order in which they ended. Without virtual backends that called others: what those report
   * is what the others cost.
   */
  readonly attemptUsage: readonly AttemptUsage[]
  /** Candidates, choice and reasons, in words; also shown by `debug` logs. */
  readonly decision: readonly string[]
  /** What stages added. */
  readonly annotations: Readonly<Record<string, string>>
}

/** A target changed its state. */
export interface TargetState {
  readonly backend: string
  readonly target: string
  readonly state: 'ready' | 'cooling' | 'down'
  readonly model?: string
  readonly reason: string
  /** Milliseconds until it may serve again. */
  readonly forMs?: number
}

/** A backend's code threw where nobody waited, or broke its contract. */
export interface BackendFault {
  readonly backend: string
  readonly callId?: string
  readonly error: unknown
}

/** An answer that a client got breaks the rules of its dialect: a defect of a provider that was forwarded, or of ours. */
export interface AnswerInvalid {
  readonly callId: string
  /** The client's. */
  readonly dialect: string
  /** What is wrong, in words; no text of the answer. */
  readonly violations: readonly string[]
}

/** A configuration took effect. */
export interface ConfigApplied {
  readonly added: readonly string[]
  readonly removed: readonly string[]
  readonly replaced: readonly string[]
  readonly kept: readonly string[]
}

/** Everything that a gateway tells about itself; logs and metrics hang on it. */
export interface GatewayEvents {
  'call-start': CallStart
  'attempt-end': AttemptEnd
  'call-end': CallEnd
  'target-state': TargetState
  'backend-fault': BackendFault
  'answer-invalid': AnswerInvalid
  'config-applied': ConfigApplied
}
