import { encodeContext } from '../attempt/start-attempt.ts'
import { estimateInputTokens } from '../chat/estimate-tokens.ts'
import type { Clock } from '../clock.ts'
import { type GatewayError, isGatewayError } from '../errors/gateway-error.ts'
import type { CallState } from './call-state.ts'

/** Tells clients which numbers of an answer the gateway estimated. */
export const estimatedHeader = 'x-jackfield-estimated'

/** Whether nobody who could serve a call counts tokens, so that the gateway estimates. */
export function needsEstimate(call: CallState, error: unknown): error is GatewayError {
  const { operation, input } = call
  if (operation !== 'count-tokens' || input.dialect.counting === undefined) return false
  return isGatewayError(error) && error.code === 'unsupported_capability'
}

/** The answer to a call that counts tokens, by estimate. */
export function estimateCount(call: CallState, clock: Clock): Uint8Array | undefined {
  const { counting } = call.input.dialect
  if (counting === undefined) return undefined
  const { body, head } = call.edited()
  const request = counting.decodeRequest(body, head)
  const inputTokens = estimateInputTokens(request)
  return counting.encodeResponse({ inputTokens }, encodeContext({ clock }, call))
}
