import type { HeaderFields } from '../script.ts'

/** Why a fake provider answers with an error. */
export interface ProviderProblem {
  readonly status: number
  /** The family of the error, as `error.type` of the OpenAI envelope. */
  readonly type: string
  readonly code: string | null
  readonly message: string
  /** The field at fault. */
  readonly param: string | null
  readonly headers?: HeaderFields
}

/** Ends the handling of a request with an error answer. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly problem: ProviderProblem

  constructor(
    status: number,
    message: string,
    rest: Partial<Omit<ProviderProblem, 'status' | 'message'>> = {},
  ) {
    super(message)
    this.problem = {
      type: status >= 500 ? 'server_error' : 'invalid_request_error',
      code: null,
      param: null,
      ...rest,
      status,
      message,
    }
  }
}

/** The error envelope of OpenAI. */
export function openAIError(problem: ProviderProblem): Record<string, unknown> {
  const { message, type, param, code } = problem
  return { error: { message, type, param, code } }
}
