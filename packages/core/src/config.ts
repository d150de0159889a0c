import type { BackendPlugin, NetworkDefaults } from './backend.ts'
import type { CallParameters } from './chat/parameters.ts'
import type { BreakerRules } from './pool/breaker.ts'
import type { RetryRules } from './pool/retry-budget.ts'
import type { PoolDefaults } from './pool/target.ts'
import type { FailoverRoute } from './routing/failover-route.ts'
import type { ModelAlias } from './routing/model-aliases.ts'
import type { BackendRank, ModelPreference } from './routing/model-preference.ts'
import type { Secret } from './secret.ts'

/** One backend of a configuration. */
export interface BackendConfig {
  /** Unique; `[a-z0-9-]+`. */
  readonly name: string
  readonly plugin: BackendPlugin
  /** Validated against the plugin's schema when the configuration is applied. */
  readonly options: unknown
  /** Equal fingerprints keep the instance over a reload. Absent: computed from the options, secrets by their hash. */
  readonly fingerprint?: string
  /** Overrides what the backend says of its pool. */
  readonly pool?: Partial<PoolDefaults>
  /** For the preferences `priority` and `cost`. */
  readonly rank?: BackendRank
}

/** A key that clients may authenticate with. */
export interface ClientKey {
  /** What logs show. */
  readonly name: string
  readonly key: Secret
  /** Names of the backends that its holder may use; absent: all. */
  readonly backends?: readonly string[]
}

/** Bounds of one call. Milliseconds, bytes, counts; `0` switches a time limit off. */
export interface CallLimits {
  /** Attempts in one call, over all targets and leaves. */
  readonly maxTries: number
  /** From the arrival of a call to its last attempt's start. */
  readonly maxAttemptsMs: number
  /** Longest wait for a provider's hint before going on to the next target or giving up. */
  readonly maxWaitMs: number
  /** Silence before a streaming client gets keep-alives, which commits status 200. */
  readonly holdMs: number
  /** Distance between keep-alives. */
  readonly keepAliveMs: number
  /** Bytes of an answer that may be held before the first meaningful part. */
  readonly maxHeldBytes: number
  /** Answers with nothing in them that are asked for again instead of being delivered. */
  readonly retryEmptyAnswers: number
}

/** Everything that a gateway needs to know; plain data, not to be changed after it was handed over. */
export interface GatewayConfig {
  readonly backends: readonly BackendConfig[]
  /** Selector for calls that name no model; its first backend serves models that no backend lists. */
  readonly defaultBackend?: string
  /** Selector that every call goes to, whatever it asks for. */
  readonly staticRoute?: string
  /** Model that replaces the model part of every call. */
  readonly forceModel?: string
  /** Rules that rename what calls ask for, unless a static route is set: the first that matches counts, once. */
  readonly modelAliases?: readonly ModelAlias[]
  /** Lists of places under names that may be asked for as models. */
  readonly failoverRoutes?: Readonly<Record<string, FailoverRoute>>
  /** Which of several backends serves a model that is named alone. Default: `order`. */
  readonly modelPreference?: ModelPreference
  readonly parameters?: {
    /** Above everything that clients say. */
    readonly forced?: CallParameters
    /** Where clients say nothing. */
    readonly defaults?: CallParameters
    /** Where clients say nothing, for single models: by the model as its backend is asked for it, or by `backend:model`, which is stronger. */
    readonly modelDefaults?: Readonly<Record<string, CallParameters>>
  }
  /** Ask providers for the usage of streams and keep that extra frame from clients who did not ask. */
  readonly ensureUsage?: boolean
  /** Share of the answers, 0 to 1, that are held against the rules of the client's dialect. Default 0. */
  readonly validateAnswers?: number
  /** Keys of clients. Empty or absent: every caller is the one local user. */
  readonly clientKeys?: readonly ClientKey[]
  readonly limits?: Partial<CallLimits>
  /** When a target that fails is left alone for longer. `false`: never, it is only backed off from. */
  readonly breaker?: Partial<BreakerRules> | false
  /** Retries that a backend in trouble gets. */
  readonly retryBudget?: Partial<RetryRules>
  readonly network?: Partial<NetworkDefaults>
}

export const defaultLimits: CallLimits = {
  maxTries: 4,
  maxAttemptsMs: 90_000,
  maxWaitMs: 10_000,
  holdMs: 15_000,
  keepAliveMs: 15_000,
  maxHeldBytes: 2 * 1024 * 1024,
  retryEmptyAnswers: 0,
}

export const defaultNetwork: NetworkDefaults = {
  timeouts: {
    connectMs: 10_000,
    firstByteMs: 300_000,
    firstTokenMs: 0,
    idleMs: 120_000,
    totalMs: 600_000,
  },
  maxResponseBytes: 64 * 1024 * 1024,
}
