import { type ErrorCode, type ErrorPolicy, errorPolicies } from './codes.ts'

const brand = Symbol.for('jackfield.error')

/** Where in a provider's answer an error came from. Never holds the answer's text. */
export interface UpstreamInfo {
  readonly backend: string
  /** Name of the target (never a credential). */
  readonly target?: string
  /** HTTP status of the provider's answer, if there was one. */
  readonly status?: number
  /** The provider's own id of the request, for its support. */
  readonly requestId?: string
}

/**
 * What the host may do, once per call, before it repeats a request on the same target without cooling it. `refresh`: renew the
 * target's credential. `without-state`: leave opaque reasoning state out, which the provider refused.
 */
export type Recovery = 'refresh' | 'without-state'

/** Everything about an error besides its code and message. */
export interface GatewayErrorOptions {
  /** Client status where it differs from the table (for example 408 for a caller's 408). */
  readonly status?: number
  /** The request field at fault, as the client's dialect spells it: `messages[0].role`. */
  readonly param?: string
  /** Milliseconds after which a repetition may succeed, from the provider's hint or our own knowledge. */
  readonly retryAfterMs?: number
  readonly recover?: Recovery
  /** The provider says that the failure will repeat: no retry on the same target (`x-should-retry: false`). */
  readonly final?: boolean
  readonly upstream?: UpstreamInfo
  readonly cause?: unknown
}

/**
 * The one error class. Branded, so that errors made by another copy of this package are recognised:
 * test with {@link isGatewayError}, not `instanceof`.
 *
 * `message` is safe to show to a client: it says what happened, to what, and what to do; it holds no key,
 * no prompt and no unredacted text of a provider.
 */
export class GatewayError extends Error {
  readonly code: ErrorCode
  readonly status: number
  readonly param?: string
  readonly retryAfterMs?: number
  readonly recover?: Recovery
  readonly final?: boolean
  readonly upstream?: UpstreamInfo

  constructor(code: ErrorCode, message: string, options: GatewayErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'GatewayError'
    this.code = code
    this.status = options.status ?? errorPolicies[code].status
    if (options.param !== undefined) this.param = options.param
    if (options.retryAfterMs !== undefined) this.retryAfterMs = options.retryAfterMs
    if (options.recover !== undefined) this.recover = options.recover
    if (options.final !== undefined) this.final = options.final
    if (options.upstream !== undefined) this.upstream = options.upstream
  }

  /** What the host does about this error: the row of the table. */
  get policy(): ErrorPolicy {
    return errorPolicies[this.code]
  }

  get [brand](): true {
    return true
  }
}

/** Whether a value is a {@link GatewayError}, of this or another copy of the package. */
export function isGatewayError(value: unknown): value is GatewayError {
  return typeof value === 'object' && value !== null && brand in value
}

/** Any thrown value as a {@link GatewayError}: itself, or `internal` with the value as cause. */
export function toGatewayError(value: unknown): GatewayError {
  if (isGatewayError(value)) return value
  return new GatewayError('internal', 'The gateway failed while handling this call.', {
    cause: value,
  })
}
