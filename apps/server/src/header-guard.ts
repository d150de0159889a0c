import { GatewayError } from '@jackfield/core'
import type { FastifyInstance } from 'fastify'

/** Header fields that a request may have. Node itself drops those above 2,000 without a word. */
const maxHeaders = 500

/** Refuses requests with more header fields than any client sends, in the form of their path. */
export function guardHeaders(app: FastifyInstance): void {
  app.addHook('onRequest', (request, _reply, done) => {
    if (request.raw.rawHeaders.length <= 2 * maxHeaders) done()
    else done(tooMany(request.raw.rawHeaders.length / 2))
  })
}

function tooMany(count: number): GatewayError {
  return new GatewayError(
    'invalid_request',
    `The request has ${count} header fields; at most ${maxHeaders} are accepted.`,
    { status: 431 },
  )
}
