import { type ChatRequest, GatewayError } from '@jackfield/core'

/**
 * Refuses a request that continues what only its provider has, for protocols that cannot say so: to answer without it would be to
 * answer another question.
 *
 * @throws GatewayError `unsupported_capability`, for the member in which the client named it.
 */
export function refuseContinued({ continues, continuesIn }: ChatRequest): void {
  if (continues === undefined) return
  const param = continuesIn ?? 'previous_response_id'
  throw new GatewayError(
    'unsupported_capability',
    `This provider does not have what \`${param}\` names. Send the whole conversation.`,
    { param },
  )
}
