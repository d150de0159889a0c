import type { ServerResponse } from 'node:http'
import { GatewayError } from '@jackfield/core'
import { onClosed } from './on-closed.ts'

/**
 * A signal that is aborted when the client goes away before its answer has been sent, in every phase of the call. The
 * reason is a {@link GatewayError} `client_closed_request`.
 *
 * It listens to the response and not to the request: a request closes as soon as its body has been read, so that
 * Fastify's own `request.signal` is aborted already when the handler of a POST starts.
 */
export function disconnectSignal(response: ServerResponse): AbortSignal {
  const controller = new AbortController()
  const closed = () => {
    if (!response.writableFinished) controller.abort(clientGone())
  }
  if (response.destroyed) closed()
  else onClosed(response, closed)
  return controller.signal
}

/** The error that stands for a client that went away. */
export function clientGone(): GatewayError {
  return new GatewayError('client_closed_request', 'The client closed the connection.')
}
