/** What the host may do after a failure, besides telling the client. */
export interface ErrorPolicy {
  /** HTTP status that the client sees. `0` where the process exits instead of answering. */
  readonly status: number
  /** Same target again: `no`, `once`, after a `delay` (the provider's hint or our own back-off), or after one credential `refresh`. */
  readonly retry: 'no' | 'once' | 'delay' | 'refresh'
  /** Whether another target of the pool, then another leaf of the plan, may still serve the call. */
  readonly fallback: 'no' | 'target' | 'leaf'
  /**
   * What is excluded for a while: nothing, the pair (target, model) or the whole target, each for seconds or for long,
   * or the target until it is probed.
   */
  readonly cools:
    | 'nothing'
    | 'target-model'
    | 'target-model-long'
    | 'target'
    | 'target-long'
    | 'target-disabled'
  /** Whether the caller caused it: such an answer of a provider is relayed as it came on the forward way. */
  readonly callerFault: boolean
  /** One sentence for the error reference. */
  readonly meaning: string
}

const row = (
  status: number,
  retry: ErrorPolicy['retry'],
  fallback: ErrorPolicy['fallback'],
  rest: Pick<ErrorPolicy, 'cools' | 'meaning'> & { readonly callerFault?: boolean },
): ErrorPolicy => ({ callerFault: false, ...rest, status, retry, fallback })

/**
 * The one table of errors: what each code means, which status the client sees, and what the host does about it.
 * The error reference page is generated from it.
 */
export const errorPolicies = {
  invalid_request: row(400, 'no', 'no', {
    cools: 'nothing',
    callerFault: true,
    meaning: 'The request is malformed, or a provider rejected it as the caller’s fault.',
  }),
  context_length_exceeded: row(400, 'no', 'leaf', {
    cools: 'nothing',
    callerFault: true,
    meaning: 'The conversation is longer than the model’s context window.',
  }),
  content_filtered: row(400, 'no', 'no', {
    cools: 'nothing',
    callerFault: true,
    meaning: 'A provider’s content policy refused the request.',
  }),
  unauthenticated: row(401, 'no', 'no', {
    cools: 'nothing',
    meaning: 'The client sent no key, or one that this gateway does not know.',
  }),
  permission_denied: row(403, 'no', 'no', {
    cools: 'nothing',
    meaning: 'The client’s key may not do this.',
  }),
  model_not_found: row(404, 'no', 'no', {
    cools: 'nothing',
    meaning: 'No configured backend knows the requested model.',
  }),
  not_found: row(404, 'no', 'no', {
    cools: 'nothing',
    meaning: 'The path or the resource does not exist.',
  }),
  payload_too_large: row(413, 'no', 'no', {
    cools: 'nothing',
    callerFault: true,
    meaning: 'The request body is larger than the limit.',
  }),
  unsupported_media_type: row(415, 'no', 'no', {
    cools: 'nothing',
    meaning: 'The body’s content type or content encoding is not supported.',
  }),
  unsupported_capability: row(400, 'no', 'leaf', {
    cools: 'nothing',
    meaning: 'The chosen backend cannot do what the request asks.',
  }),
  rate_limited: row(429, 'no', 'no', {
    cools: 'nothing',
    meaning: 'A limit that the operator set for this caller is reached.',
  }),
  budget_exceeded: row(429, 'no', 'no', {
    cools: 'nothing',
    meaning: 'A budget that the operator set for this caller is spent.',
  }),
  queue_full: row(429, 'no', 'no', {
    cools: 'nothing',
    meaning: 'Too many calls are waiting already.',
  }),
  client_closed_request: row(499, 'no', 'no', {
    cools: 'nothing',
    meaning: 'The client went away. Counts as nobody’s failure.',
  }),
  upstream_rate_limited: row(429, 'delay', 'target', {
    cools: 'target-model',
    meaning: 'The provider answered 429.',
  }),
  upstream_quota_exhausted: row(429, 'no', 'target', {
    cools: 'target-long',
    meaning: 'The provider account has no credit or plan quota left.',
  }),
  upstream_model_unavailable: row(404, 'no', 'leaf', {
    cools: 'target-model-long',
    meaning: 'The provider does not offer this model to this account or region.',
  }),
  upstream_overloaded: row(503, 'delay', 'target', {
    cools: 'target',
    meaning: 'The provider is overloaded (503, 529).',
  }),
  upstream_timeout: row(504, 'no', 'target', {
    cools: 'target',
    meaning: 'The provider did not connect, answer or continue in time.',
  }),
  upstream_unreachable: row(502, 'once', 'target', {
    cools: 'target',
    meaning: 'The provider could not be reached, or closed the connection.',
  }),
  upstream_credentials_rejected: row(502, 'refresh', 'target', {
    cools: 'target-disabled',
    meaning: 'The provider rejected the credentials that the gateway is configured with.',
  }),
  upstream_invalid_response: row(502, 'no', 'target', {
    cools: 'target',
    meaning: 'The provider’s answer cannot be understood.',
  }),
  upstream_error: row(502, 'once', 'target', {
    cools: 'target',
    meaning: 'The provider failed (any other 5xx).',
  }),
  stream_interrupted: row(502, 'no', 'no', {
    cools: 'target',
    meaning: 'A stream broke after its first meaningful part. Delivered as an error event.',
  }),
  no_available_target: row(503, 'no', 'no', {
    cools: 'nothing',
    meaning: 'Nothing can serve the call right now; the message lists why.',
  }),
  config_invalid: row(0, 'no', 'no', {
    cools: 'nothing',
    meaning: 'The configuration is wrong. The process exits with code 78 before it listens.',
  }),
  plugin_incompatible: row(0, 'no', 'no', {
    cools: 'nothing',
    meaning: 'A backend package does not fit this gateway. The process exits with code 78.',
  }),
  internal: row(500, 'no', 'no', {
    cools: 'nothing',
    meaning: 'A bug in the gateway. Details are in the log only.',
  }),
} as const satisfies Record<string, ErrorPolicy>

/** Every code that a {@link GatewayError} may carry. */
export type ErrorCode = keyof typeof errorPolicies
