import type { GatewayError } from '../errors/gateway-error.ts'

const neutral = new WeakSet<GatewayError>()

/** Marks a failure that says nothing about its target: it cools nobody and counts for no breaker. Returns it. */
export function asNeutral(error: GatewayError): GatewayError {
  neutral.add(error)
  return error
}

export function isNeutral(error: GatewayError): boolean {
  return neutral.has(error)
}
