import {
  type CallHead,
  type CallInput,
  GatewayError,
  type JsonDocument,
  JsonScanError,
  scanDocument,
} from '@jackfield/core'

/**
 * One exact scan of a request's bytes. `wanted` says what the body must hold, for the message to a client that sent none:
 * "`model` and `messages`".
 */
export function scanBody({ body }: Pick<CallInput, 'body'>, wanted: string): JsonDocument {
  if (!(body instanceof Uint8Array) || body.length === 0) {
    throw new GatewayError(
      'invalid_request',
      `The request has no body: it must be a JSON object with ${wanted}.`,
    )
  }
  return scanned(body)
}

/** The scan of a body of which nothing is demanded; `undefined` where it is no JSON object. */
export function tryScan(body: Uint8Array): JsonDocument | undefined {
  try {
    return scanDocument(body)
  } catch {
    return undefined
  }
}

/** The scan of a body: the one in the head, if it is of these bytes. */
export function documentOf(body: Uint8Array, head: CallHead): JsonDocument {
  return head.document?.bytes === body ? head.document : scanned(body)
}

function scanned(body: Uint8Array): JsonDocument {
  try {
    return scanDocument(body)
  } catch (error) {
    throw asInvalidRequest(error)
  }
}

/** What the scanner found, in a message for the client. Other errors stay what they are. */
export function asInvalidRequest(error: unknown): unknown {
  if (!(error instanceof JsonScanError)) return error
  return new GatewayError(
    'invalid_request',
    `The request body is not a valid JSON object: ${error.message}.`,
  )
}
