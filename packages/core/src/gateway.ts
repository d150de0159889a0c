import type { ModelCapability } from './backend.ts'
import type { AnswerSink, Headers } from './body.ts'
import type { CallInput, Principal } from './call.ts'
import type { GatewayConfig } from './config.ts'
import type { EventBus } from './event-bus.ts'
import type { GatewayEvents } from './events.ts'
import type { Explanation } from './explanation.ts'

/** A model as `/v1/models` shows it; `id` is usable as `model`. */
export interface ListedModel {
  readonly id: string
  /** Name of the backend; `jackfield` for a failover route. */
  readonly ownedBy: string
  /** Unix seconds. */
  readonly created: number
  readonly contextWindow?: number
  readonly maxOutputTokens?: number
  /** Absent where nothing is known. */
  readonly capabilities?: readonly ModelCapability[]
}

/** State of one backend for `/health`. */
export interface BackendHealth {
  readonly name: string
  readonly type: string
  /** `ready`: at least one target may serve now. `cooling`: all wait. `down`: all are out. `faulty`: its code failed. */
  readonly state: 'ready' | 'cooling' | 'down' | 'faulty'
  readonly targets: readonly TargetHealth[]
}

export interface TargetHealth {
  readonly name: string
  readonly state: 'ready' | 'cooling' | 'down'
  readonly inFlight: number
  /** Why it is not ready, in words. */
  readonly reason?: string
  /** Milliseconds until it may serve again, where known. */
  readonly recoversInMs?: number
  /** Models for which alone it gets no calls. */
  readonly models?: readonly ModelHealth[]
}

/** A model that one target does not serve for a while. */
export interface ModelHealth {
  readonly model: string
  readonly reason: string
  /** Milliseconds until it may serve it again. */
  readonly recoversInMs: number
}

export interface GatewayHealth {
  readonly backends: readonly BackendHealth[]
  readonly readyTargets: number
  readonly totalTargets: number
  /** Milliseconds since the gateway was created. */
  readonly uptimeMs: number
  readonly openCalls: number
}

/** A running gateway: backends, pools and the pipeline, without any HTTP server. */
export interface Gateway {
  /**
   * Handles one call to its end and answers through the sink, errors included. Resolves when the answer has ended or
   * the client has gone; never rejects.
   */
  handle(input: CallInput, sink: AnswerSink): Promise<void>
  /**
   * Where a call would go, and why, without calling anybody: the whole decision, stages included. Rejects with `unauthenticated`, and
   * with `invalid_request` where the request cannot be read; what would be refused later is in the explanation.
   */
  explain(input: CallInput): Promise<Explanation>
  /** Who sends these headers. Throws `GatewayError` `unauthenticated`. */
  authenticate(headers: Headers): Principal
  /** Models of all backends that the principal may use; a failing backend lists what it last knew. */
  models(principal: Principal): Promise<readonly ListedModel[]>
  health(): GatewayHealth
  readonly events: EventBus<GatewayEvents>
  /**
   * Replaces the configuration, all or nothing: rejects with `config_invalid` or `plugin_incompatible` and changes
   * nothing, or resolves when new calls use it. Open calls keep what they have.
   */
  apply(config: GatewayConfig): Promise<void>
  /**
   * Says that an exception or rejection reached the process. Returns the backend whose code caused it, after marking
   * it faulty and failing that call; `undefined` where nothing is to blame, and the process should drain and restart.
   */
  attributeStray(error: unknown): string | undefined
  /** Refuses new calls, waits for open ones up to `graceMs`, aborts the rest, disposes all backends. Idempotent. */
  close(options: { readonly graceMs: number }): Promise<void>
}
