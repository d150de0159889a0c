import { GatewayError } from '@jackfield/core'

/** The error of a provider's stream that cannot be used. `problem` goes on behind "The provider’s stream": "held no answer". */
export function brokenStream(
  problem: string,
  options: { readonly cause?: unknown } = {},
): GatewayError {
  return new GatewayError('upstream_invalid_response', `The provider’s stream ${problem}.`, options)
}
