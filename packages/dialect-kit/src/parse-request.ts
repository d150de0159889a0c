import { GatewayError, isJsonObject, type JsonObject } from '@jackfield/core'
import { decodeText, parseJson } from './json-text.ts'

/** A request body as an object. Throws `invalid_request` for anything else, without a word of what it says. */
export function parseRequest(body: Uint8Array): JsonObject {
  const value = parseJson(decodeText(body))
  if (isJsonObject(value)) return value
  const problem = value === undefined ? 'is not valid JSON' : 'must be a JSON object'
  // Without the cause: a syntax error repeats the text, and the text is somebody's prompt.
  throw new GatewayError('invalid_request', `The request body ${problem}.`)
}
