import {
  type EncodedError,
  GatewayError,
  isJsonObject,
  type JsonObject,
  type RawAnswer,
} from '@jackfield/core'
import { answerError, decodeError } from '../errors/decode-error.ts'
import { encodeError, errorObject } from '../errors/encode-error.ts'
import type { ResponsesVariant } from './options.ts'

/** Marks the one error that has a code of its own in this protocol and in no other. */
const unknownAnswer = { code: 'previous_response_not_found' } as const

/** For a request that continues an answer which nobody knows (protocol reference 2.7). */
export function unknownPrevious(id: string): GatewayError {
  return new GatewayError(
    'invalid_request',
    `Previous response with id '${shown(id)}' not found. Send the whole conversation instead.`,
    { param: 'previous_response_id', cause: unknownAnswer },
  )
}

/** For a request that refers to items of an answer which nobody knows. */
export function unknownItems(id: string): GatewayError {
  return new GatewayError(
    'invalid_request',
    `Items of the response '${shown(id)}' are referred to, which is not found. Send the items themselves instead.`,
    { param: 'input' },
  )
}

/** For a call about a stored answer which nobody knows. */
export function unknownResource(id: string): GatewayError {
  return new GatewayError('not_found', `Response with id '${shown(id)}' not found.`)
}

function shown(id: string): string {
  return id.length > 100 ? `${id.slice(0, 100)}…` : id
}

/** The `error` object of envelopes and events. */
export function responsesErrorObject(error: GatewayError): JsonObject {
  const wire = errorObject(error)
  return error.cause === unknownAnswer ? { ...wire, code: unknownAnswer.code } : wire
}

export function encodeResponsesError(error: GatewayError, form?: string): EncodedError {
  const encoded = encodeError(error, form)
  if (error.cause !== unknownAnswer || form === 'string') return encoded
  return { ...encoded, body: Buffer.from(JSON.stringify({ error: responsesErrorObject(error) })) }
}

export function decodeResponsesError(
  answer: RawAnswer,
  { errorCodes }: ResponsesVariant,
): GatewayError {
  return decodeError(answer, errorCodes)
}

/**
 * The failure that a response object or an event tells: a status of `failed`, an `error` that is an object, or the event `error`,
 * whose members some servers nest. `undefined` if it tells none.
 */
export function failureIn(
  wire: JsonObject,
  { errorCodes }: Pick<ResponsesVariant, 'errorCodes'>,
): GatewayError | undefined {
  const { error, status, type } = wire
  if (isJsonObject(error) || (typeof error === 'string' && error !== '')) {
    return answerError({ error }, errorCodes)
  }
  if (type === 'error') return answerError(wire, errorCodes) ?? unexplained()
  if (status === 'failed') return unexplained()
  return undefined
}

function unexplained(): GatewayError {
  return new GatewayError('upstream_error', 'The provider says that the answer failed.')
}
