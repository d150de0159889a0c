import type { BodySource, Headers } from './body.ts'
import type { CallHead, CallView, Framing, Operation } from './call.ts'
import type { ChatRequest } from './chat/request.ts'
import type { StreamPart } from './chat/stream-part.ts'
import type { Clock } from './clock.ts'
import type { Dialect, RawAnswer } from './dialect.ts'
import type { BodyPatch } from './edit.ts'
import type { GatewayError } from './errors/gateway-error.ts'
import type { JsonSchema } from './json-value.ts'
import type { Logger } from './log.ts'
import type { Outcome } from './outcome.ts'
import type { Target, TargetSource } from './pool/target.ts'
import type { StateStore } from './state-store.ts'

/**
 * What a backend package exports by default. Plain data and one function; nothing happens at import time.
 */
export interface BackendPlugin<Options = unknown> {
  /** Version of this contract. A gateway refuses a plugin whose version it does not know. */
  readonly apiVersion: 1
  /** Id of the kind of backend, `[a-z0-9-]+`; equal to the `jackfield.type` of its `package.json`. */
  readonly type: string
  /** Plain JSON Schema of the options, snake_case, `additionalProperties: false`. Options are validated before `create`. */
  readonly options: JsonSchema
  /** Makes one backend from validated, complete options. Sends no traffic and reads no environment. */
  create(options: Options, context: BackendContext): Backend | Promise<Backend>
}

/** What the gateway gives to a backend for its life. */
export interface BackendContext {
  /** The name in the configuration, unique in this gateway. */
  readonly name: string
  readonly log: Logger
  readonly clock: Clock
  /** In [0, 1). */
  readonly random: () => number
  /** Shared state, its keys private to this backend. */
  readonly state: StateStore
  /** `User-Agent` for outgoing requests. */
  readonly userAgent: string
  /** Time limits and proxy that the operator set for all backends; a backend's own options override them. */
  readonly network: NetworkDefaults
}

/** Limits of outgoing requests, in milliseconds. `0` switches a limit off. */
export interface Timeouts {
  /** Until the connection stands. */
  readonly connectMs: number
  /** From sending the request to the first byte of the answer. */
  readonly firstByteMs: number
  /**
   * From the start of an attempt to the first meaningful part of an answer that is a stream. Kept by the host, whatever the
   * backend does.
   */
  readonly firstTokenMs: number
  /** Between two reads of an answer. */
  readonly idleMs: number
  /** From sending the request to the end of an answer that is not a stream. */
  readonly totalMs: number
}

export interface NetworkDefaults {
  readonly timeouts: Timeouts
  /** URL of a forward proxy; absent: direct. The environment is not consulted. */
  readonly proxyUrl?: string
  /** Largest answer that is not a stream, in bytes. */
  readonly maxResponseBytes: number
}

/**
 * One configured backend. It classifies failures and never retries: the host decides. It is leased per attempt, so
 * `dispose` comes only after the last answer ended (or a grace period).
 */
export interface Backend {
  readonly operations: ReadonlySet<Operation>
  readonly targets: TargetSource
  /** Its own limits where they differ from the operator's, so that the host never gives up before the backend does. */
  readonly timeouts?: Partial<Timeouts>
  /**
   * How this call would be handled here. Synchronous, without side effects, cheap: it runs for every attempt.
   * `head.model` is the model as this backend was asked for it; `call.head.model` is the client's own word.
   */
  handling(head: CallHead, call: CallView): Handling
  /** Sends one request to one target. Backends with surfaces have it; resolves once the answer's head is known. */
  send?(request: WireRequest, context: AttemptContext): Promise<WireResult>
  /** Answers by itself, perhaps by dispatching to other backends. Virtual backends have it. */
  chat?(request: ChatRequest, context: VirtualContext): AsyncIterable<readonly StreamPart[]>
  /** The models that it offers, from the provider where that answers, else from a list. Cached by the host. */
  models?(context: ProbeContext): Promise<readonly Model[]>
  /** Whether one target works, as cheaply as the provider allows. Rejects or resolves with the failure if not. */
  probe?(target: Target, context: ProbeContext): Promise<GatewayError | undefined>
  /** Ends connections and timers. Idempotent. */
  dispose?(): Promise<void>
}

/**
 * How one call is handled. `forward`: the client's bytes, edited, to a surface of the client's dialect. `translate`:
 * decoded and encoded anew for the surface's dialect; `streaming` says what the surface can do. `virtual`: `chat()`.
 * `relay`: bytes both ways for `opaque` and `resource` calls.
 */
export type Handling =
  | {
      readonly way: 'forward'
      readonly surface: string
      readonly dialect: Dialect
      /** The model as the provider calls it, where that differs from `head.model`. */
      readonly model?: string
      readonly patches?: readonly BodyPatch[]
    }
  | {
      readonly way: 'translate'
      readonly surface: string
      readonly dialect: Dialect
      readonly model?: string
      readonly streaming: 'as-asked' | 'always' | 'never'
      readonly patches?: readonly BodyPatch[]
    }
  | {
      readonly way: 'relay'
      readonly surface: string
      readonly dialect: Dialect
      readonly model?: string
    }
  | { readonly way: 'virtual' }
  | { readonly way: 'refuse'; readonly error: GatewayError }

/** One HTTP request in the surface's dialect, before the backend adds address, credential and envelope. */
export interface WireRequest {
  readonly surface: string
  readonly operation: Operation
  /** The model as the provider calls it; empty where the call names none. */
  readonly model: string
  readonly method: string
  /** Path and query below the surface's base URL, from the dialect. */
  readonly path: string
  /** Client headers that the dialect's allow-list lets through. */
  readonly headers: Headers
  readonly body?: Uint8Array | BodySource
  /** Framing that a good answer is expected to have. The answer may differ; see {@link WireResponse.framing}. */
  readonly framing: Framing
}

/** The answer's head, and its body still to come. */
export interface WireResponse {
  readonly status: number
  readonly headers: Headers
  /** What the answer really is, from its content type. */
  readonly framing: Framing
  readonly body: BodySource
}

/** Result of one request. `raw` is the provider's bounded answer, for relaying a caller's fault as it came. */
export type WireResult =
  | { readonly ok: WireResponse }
  | { readonly failed: GatewayError; readonly raw?: RawAnswer }

/** What a backend gets for one attempt. */
export interface AttemptContext {
  readonly call: CallView
  readonly target: Target
  /** Aborted when the client goes away, the race is lost, or time is over. Must reach the socket at once. */
  readonly signal: AbortSignal
  readonly log: Logger
  readonly clock: Clock
  /** Limits of the selector's leaf; absent members fall back to the backend's own. */
  readonly timeouts?: Partial<Timeouts>
}

/** What a virtual backend gets besides: other backends, through the whole attempt machinery. */
export interface VirtualContext extends AttemptContext {
  /** The model part of the selector as it was asked for, with parameters applied to the request already. */
  readonly model: string
  /**
   * Calls another backend, with the caller's permissions. All calls of one call share its limits on tries and depth (≤ 3), and on
   * the time in which failures are answered by further tries.
   */
  dispatch(selector: string, request: ChatRequest, options?: DispatchOptions): Dispatched
}

/** How a call to another backend is made. */
export interface DispatchOptions {
  /** Tries that it leaves to calls that are made later. Default: 0. */
  readonly reserve?: number
}

/** A call to another backend in flight. */
export interface Dispatched {
  /** The answer. Throws {@link GatewayError}; ending the iteration early cancels the call at the provider. */
  readonly parts: AsyncIterable<readonly StreamPart[]>
  /** Resolves when it has ended, whichever way. Never rejects. */
  readonly outcome: Promise<Outcome>
  /** Ends the call at the provider at once, also while nothing of its answer has come. Idempotent. */
  cancel(): void
}

/** For requests that belong to no call: model lists and probes. */
export interface ProbeContext {
  readonly signal: AbortSignal
  readonly log: Logger
}

/** A model that a backend offers. */
export interface Model {
  /** Public id: what clients see and may use as `model`. */
  readonly id: string
  /** Other spellings that this backend accepts for it. */
  readonly aliases?: readonly string[]
  /** Unix seconds; absent where the provider does not say. */
  readonly created?: number
  readonly contextWindow?: number
  readonly maxOutputTokens?: number
  readonly capabilities?: readonly ModelCapability[]
}

export type ModelCapability =
  | 'tools'
  | 'images-in'
  | 'audio-in'
  | 'files-in'
  | 'reasoning'
  | 'structured-output'
  | 'embeddings'
