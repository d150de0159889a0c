import type { BodySource, CallInput, Gateway, Operation } from '@jackfield/core'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { ResponseSink, type SinkContext } from './answer-sink.ts'
import { disconnectSignal } from './disconnect-signal.ts'
import type { ServedCall } from './gateway-host.ts'
import type { OpenAnswers } from './open-answers.ts'
import { RequestBodySource } from './request-body-source.ts'
import { requestTarget } from './request-target.ts'

/** What serving needs besides the request. */
export interface ServeContext {
  readonly core: Gateway
  readonly open: OpenAnswers
  readonly sink: SinkContext
}

const noBytes = new Uint8Array(0)

/** Hands one request to the core gateway and its answer to the client's connection. */
export function serveCall(
  context: ServeContext,
  request: FastifyRequest,
  reply: FastifyReply,
  call: ServedCall,
): void {
  const input = callInput(request, reply, call)
  const sink = new ResponseSink(reply.raw, context.sink, reply.getHeaders())
  reply.hijack()
  context.open.add(reply.raw)
  if (request.body instanceof RequestBodySource) abandonAfterAnswer(request.body, reply)
  context.core.handle(input, sink).catch((error: unknown) => {
    request.log.error({ err: error }, 'the gateway failed to handle a call')
    sink.destroy()
  })
}

function callInput(
  request: FastifyRequest,
  reply: FastifyReply,
  { dialect, operation, errorForm }: ServedCall,
): CallInput {
  const { raw } = request
  const { path, query } = requestTarget(raw.url ?? '/', request.server.prefix)
  const body = callBody(request.body, operation)
  return {
    operation,
    dialect,
    method: request.method,
    path,
    query,
    headers: raw.headers,
    signal: disconnectSignal(reply.raw),
    clientAddress: request.ip,
    ...(body === undefined ? {} : { body }),
    ...(errorForm === undefined ? {} : { errorForm }),
  }
}

/** A call that needs a body and came without one has an empty one, which its dialect can then complain about. */
function callBody(body: unknown, operation: Operation): Uint8Array | BodySource | undefined {
  if (body instanceof Uint8Array || body instanceof RequestBodySource) return body
  if (body === undefined || body === null) {
    return operation === 'opaque' || operation === 'resource' ? undefined : noBytes
  }
  throw new TypeError('The body was parsed by the host. Add the route with app.gateway.mount().')
}

/** An answer can be complete before its request is: nobody takes the rest of the body then. */
function abandonAfterAnswer(body: RequestBodySource, reply: FastifyReply): void {
  reply.raw.once('finish', () => body.abandon())
}
