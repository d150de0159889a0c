import type {
  AttemptContext,
  Dispatched,
  DispatchOptions,
  Handling,
  NetworkDefaults,
  Timeouts,
} from '../backend.ts'
import type { CallHead, CallView } from '../call.ts'
import type { StateOrigin } from '../chat/opaque-state.ts'
import type { ChatRequest } from '../chat/request.ts'
import type { CallSettings } from '../chat/settings.ts'
import type { Clock } from '../clock.ts'
import type { CallLimits } from '../config.ts'
import type { Logger } from '../log.ts'
import type { PartTransform } from '../pipeline/stage.ts'
import type { StoredAnswers } from '../pipeline/stored-answers.ts'
import type { TargetLease } from '../pool/lease.ts'
import type { BackendInstance } from '../registry/backend-instance.ts'
import type { CallStates } from '../state/call-states.ts'
import type { EmptinessCheck } from './empty-answer.ts'

/** What every attempt needs of the gateway. */
export interface AttemptEnvironment {
  readonly clock: Clock
  readonly log: Logger
  readonly limits: CallLimits
  readonly network: NetworkDefaults
  /** Ask for the usage of streams and keep that frame from clients who did not ask. */
  readonly ensureUsage: boolean
  /** Answers that are kept for clients that name them later. */
  readonly answers: StoredAnswers
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
  /** Opaque state of the conversation and of its answer. */
  readonly states: CallStates
  /** Changes that stages make to the answer's parts; they take the call off the forward way. */
  readonly transforms: readonly PartTransform[]
  /** What a virtual backend calls others with. */
  readonly dispatch: (
    selector: string,
    request: ChatRequest,
    options: DispatchOptions & { readonly signal: AbortSignal },
  ) => Dispatched
  /** Limits of the selector's leaf. */
  readonly timeouts?: Partial<Timeouts>
  /** Watches whether there is anything in the answer, for a call that wants another one otherwise. */
  readonly emptiness?: EmptinessCheck
}

/** The model as the provider calls it. */
export function wireModel({ handling, head }: Leg): string {
  return ('model' in handling ? handling.model : undefined) ?? head.model ?? ''
}

/** Who makes, and accepts, the opaque state of the attempt. Virtual backends make none. */
export function originOf({ handling, lease }: Leg): StateOrigin {
  const dialect = 'dialect' in handling ? handling.dialect.name : ''
  return { dialect, scope: lease.target.stateScope }
}

/** What the backend gets for the attempt. */
export function attemptContext(leg: Leg, signal: AbortSignal): AttemptContext {
  const { call, lease, environment, timeouts } = leg
  const { log, clock } = environment
  const context = { call, target: lease.target, signal, log, clock }
  return timeouts === undefined ? context : { ...context, timeouts }
}
