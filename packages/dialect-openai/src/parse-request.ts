import { GatewayError, isJsonObject, type JsonObject } from '@jackfield/core'

/** A request body as an object. */
export function parseRequest(body: Uint8Array): JsonObject {
  const value = parseJson(body)
  if (isJsonObject(value)) return value
  throw new GatewayError('invalid_request', 'The request body must be a JSON object.')
}

function parseJson(body: Uint8Array) {
  try {
    return JSON.parse(decodeText(body))
  } catch {
    // Without the cause: a syntax error repeats the text, and the text is somebody's prompt.
    throw new GatewayError('invalid_request', 'The request body is not valid JSON.')
  }
}

/** UTF-8 text without the byte order mark that some clients put before it. */
export function decodeText(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
}
