import type { Timeouts } from '../backend.ts'
import { type GatewayError, isGatewayError } from '../errors/gateway-error.ts'

const neutral = new WeakSet<GatewayError>()

/** Marks a failure that says nothing about its target: it cools nobody and counts for no breaker. Returns it. */
export function asNeutral(error: GatewayError): GatewayError {
  neutral.add(error)
  return error
}

/**
 * Whether a failure says nothing about its target. What a leaf allows less time for than its backend does only says what the call
 * wants: `own` are the limits of the leaf, if it has any.
 */
export function isNeutral(error: GatewayError, own: Partial<Timeouts> | undefined): boolean {
  if (neutral.has(error)) return true
  return own !== undefined && limitsBackend(own) && isTimeout(error)
}

/** Whether the backend keeps some of the limits: it does not say whose limit a time-out was. */
function limitsBackend({ connectMs, firstByteMs, idleMs, totalMs }: Partial<Timeouts>): boolean {
  return [connectMs, firstByteMs, idleMs, totalMs].some((limit) => limit !== undefined)
}

/** A stream that broke off has the reason as its cause. */
function isTimeout({ code, cause }: GatewayError): boolean {
  if (code === 'upstream_timeout') return true
  return code === 'stream_interrupted' && isGatewayError(cause) && cause.code === 'upstream_timeout'
}
