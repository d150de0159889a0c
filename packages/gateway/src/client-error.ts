import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { GatewayError } from '@jackfield/core'
import {
  chosenForm,
  type ErrorForm,
  type ErrorShape,
  encodePlainError,
  pathForm,
} from './plain-error.ts'

/** What Node's HTTP server reports with `clientError`. */
export interface ParserError {
  readonly code: string
  /** The bytes that were being parsed. */
  readonly rawPacket?: unknown
}

const messages: Readonly<Record<string, readonly [status: number, message: string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'The request headers are too large.'],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [413, 'The chunk extensions of the request body are too large.'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'The request did not arrive in time.'],
}

/**
 * Answers bytes that Node's parser refuses (headers too large, two content lengths, a length together with chunks,
 * control characters) in the form of the path, as far as that can still be read, and closes the connection.
 */
export function answerClientError(error: ParserError, socket: Socket, shape: ErrorShape): void {
  if (refused.has(socket)) return // the rest of what was refused already
  if (error.code === 'ECONNRESET' || !socket.writable || hasBegunAnswer(socket)) {
    socket.destroy()
    return
  }
  const [status, message] = messages[error.code] ?? [400, 'The request is not valid HTTP.']
  const refusal = new GatewayError('invalid_request', message, { status })
  const { body } = encodePlainError(refusal, chosenForm(formOf(error.rawPacket), shape))
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'content-type: application/json; charset=utf-8',
    `content-length: ${body.length}`,
    'connection: close',
  ]
  refused.add(socket)
  socket.end(Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), body]))
  // Closing with unread bytes would reset the connection, and the client might never see the answer.
  setTimeout(() => socket.destroy(), lingerMs).unref()
}

/** Connections that have their answer and are being read to their end. */
const refused = new WeakSet<Socket>()

/** Milliseconds for a client to stop sending after it was refused. */
const lingerMs = 1_000

/**
 * Whether an answer is under way on this connection: an error in the next request, or in the rest of this one, must
 * not be written into it. Node keeps the answer on the socket and asks the same in its own handler.
 */
function hasBegunAnswer(socket: Socket): boolean {
  const { _httpMessage: message } = socket as { _httpMessage?: { headersSent: boolean } }
  return message?.headersSent === true
}

/** The form of the path in the refused bytes, where they begin with a request line. */
function formOf(packet: unknown): ErrorForm {
  if (!(packet instanceof Uint8Array)) return 'nested'
  const line = Buffer.from(packet.subarray(0, 256)).toString('latin1')
  const path = /^[A-Z]+ (\/[^ ?]*)/.exec(line)?.[1]
  return path === undefined ? 'nested' : pathForm(path)
}
