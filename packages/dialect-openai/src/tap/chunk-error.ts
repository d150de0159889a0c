import { type GatewayError, isJsonObject, type JsonObject } from '@jackfield/core'
import { answerError } from '../errors/decode-error.ts'
import type { Variant } from '../options.ts'

/** Parts of an event that a stream is read for: its choices may tell errors of their own. */
export function errorOf(chunk: JsonObject, { errorCodes }: Variant): GatewayError | undefined {
  const { choices } = chunk
  const choice = Array.isArray(choices) ? choices.find(isJsonObject) : undefined
  const error = choice?.['error']
  const own = error === undefined || error === null ? undefined : answerError({ error }, errorCodes)
  return answerError(chunk, errorCodes) ?? own
}
