import { GatewayError, isGatewayError } from '../errors/gateway-error.ts'

/** The upstream closed the answer without its legal end. */
export function truncated(): GatewayError {
  return new GatewayError(
    'upstream_invalid_response',
    'The provider’s answer ended before it was complete.',
  )
}

/** An error that a decoder threw; anything unexpected counts as an answer that cannot be understood. */
export function asInvalidAnswer(error: unknown): GatewayError {
  if (isGatewayError(error)) return error
  return new GatewayError(
    'upstream_invalid_response',
    'The provider’s answer cannot be understood.',
    { cause: error },
  )
}

/** The provider sent more than anybody may keep in memory. */
export function tooLarge(maxBytes: number): GatewayError {
  return new GatewayError(
    'upstream_invalid_response',
    `The provider’s answer is larger than ${maxBytes} bytes. Raise \`max_response_size\` if it is meant to be.`,
  )
}

/** The provider did not stop where its answer does. */
export function overdue(): GatewayError {
  return new GatewayError(
    'upstream_invalid_response',
    'The provider went on after the end of its answer.',
  )
}
