import type { FastifyServerOptions } from 'fastify'
import { sendError } from './answer-error.ts'
import { callerError } from './caller-error.ts'
import { answerClientError } from './client-error.ts'
import { chosenForm, type ErrorShape, encodePlainError, pathForm } from './plain-error.ts'
import { requestTarget } from './request-target.ts'

/** What only the options of the Fastify instance itself can decide. */
export type ServerOptions = Pick<
  FastifyServerOptions,
  | 'clientErrorHandler'
  | 'frameworkErrors'
  | 'requestTimeout'
  | 'return503OnClosing'
  | 'routerOptions'
>

/**
 * Options for `fastify()` that a gateway profits from and a plugin cannot set: errors of the HTTP parser and the router
 * in the clients' form, slow senders cut off after five minutes, sloppy slashes forgiven, and refusals during a shutdown
 * left to the gateway, which words them for the client's protocol.
 */
export function serverOptions(options: { readonly errorShape?: ErrorShape } = {}): ServerOptions {
  const { errorShape = 'auto' } = options
  return {
    clientErrorHandler: (error, socket) => answerClientError(error, socket, errorShape),
    frameworkErrors(error, request, reply) {
      const { path } = requestTarget(request.raw.url ?? '/', '')
      sendError(reply, encodePlainError(callerError(error), chosenForm(pathForm(path), errorShape)))
    },
    requestTimeout: 300_000,
    return503OnClosing: false,
    routerOptions: { ignoreTrailingSlash: true, ignoreDuplicateSlashes: true },
  }
}
