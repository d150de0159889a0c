import type { AttemptContext, Dispatched, Handling, NetworkDefaults } from '../backend.ts'
import type { CallHead, CallView } from '../call.ts'
import type { ChatRequest } from '../chat/request.ts'
import type { CallSettings } from '../chat/settings.ts'
import type { Clock } from '../clock.ts'
import type { CallLimits } from '../config.ts'
import type { Logger } from '../log.ts'
import type { PartTransform } from '../pipeline/stage.ts'
import type { TargetLease } from '../pool/lease.ts'
import type { BackendInstance } from '../registry/backend-instance.ts'

/** What every attempt needs of the gateway. */
export interface AttemptEnvironment {
  readonly clock: Clock
  readonly log: Logger
  readonly limits: CallLimits
  readonly network: NetworkDefaults
  /** Ask for the usage of streams and keep that frame from clients who did not ask. */
  readonly ensureUsage: boolean
}

/** One attempt to be: a call, a place, a target, and how it is handled there. */
export interface Leg {
  readonly call: CallView
  /** The head with `model` as this backend was asked for it. */
  readonly head: CallHead
  readonly instance: BackendInstance
  readonly lease: TargetLease
  readonly handling: Exclude<Handling, { way: 'refuse' }>
  readonly settings: CallSettings
  readonly environment: AttemptEnvironment
  /** The canonical request without settings; decodes on first use. */
  readonly request: () => ChatRequest
  /** Changes that stages make to the answer's parts; they take the call off the forward way. */
  readonly transforms: readonly PartTransform[]
  /** What a virtual backend calls others with. */
  readonly dispatch: (selector: string, request: ChatRequest, signal: AbortSignal) => Dispatched
}

/** The model as the provider calls it. */
export function wireModel({ handling, head }: Leg): string {
  return ('model' in handling ? handling.model : undefined) ?? head.model ?? ''
}

/** What the backend gets for the attempt. */
export function attemptContext(leg: Leg, signal: AbortSignal): AttemptContext {
  const { call, lease, environment } = leg
  return { call, target: lease.target, signal, log: environment.log, clock: environment.clock }
}
