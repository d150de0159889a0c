import type { EncodedError, GatewayError } from '@jackfield/core'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { SinkContext } from './answer-sink.ts'
import { callerError } from './caller-error.ts'
import { discardBody } from './discard-body.ts'

/** Renders an error for whoever sent the request. */
export type ErrorEncoder = (error: GatewayError, request: FastifyRequest) => EncodedError

/** Sends an encoded error through Fastify, so that the host's own hooks see it as any other answer. */
export function sendError(reply: FastifyReply, encoded: EncodedError): void {
  reply.code(encoded.status)
  for (const name in encoded.headers) {
    const value = encoded.headers[name]
    if (value !== undefined) reply.header(name, value)
  }
  reply.send(encoded.body)
}

/**
 * Makes a scope answer every error of its own in its clients' form. The scope must be encapsulated: the error handler
 * of the host stays what it is.
 */
export function answerErrors(
  scope: FastifyInstance,
  context: Pick<SinkContext, 'clock' | 'isClosing'>,
  encode: ErrorEncoder,
): void {
  scope.setErrorHandler((thrown, request, reply) => {
    const error = callerError(thrown)
    if (error.code === 'internal') request.log.error({ err: thrown }, 'request failed')
    // Fastify closes the connection after a body that it could not read. A close while the client is still sending
    // resets the connection, and the client may never read the answer: read on for a while instead.
    if (reply.getHeader('connection') === 'close' && !context.isClosing()) {
      reply.removeHeader('connection')
    }
    discardBody(request.raw, context.clock)
    sendError(reply, encode(error, request))
  })
}
