import type { BodySource, CallInput, Operation } from '@jackfield/core'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { sendJson } from './answer-models.ts'
import { ResponseSink } from './answer-sink.ts'
import { callerOf } from './caller.ts'
import { disconnectSignal } from './disconnect-signal.ts'
import { explanationDocument } from './explanation-document.ts'
import type { GatewayHost, ServedCall } from './gateway-host.ts'
import type { HostParts } from './host-parts.ts'
import { chosenForm } from './plain-error.ts'
import { RequestBodySource } from './request-body-source.ts'

type Serve = GatewayHost['serve']

/** A call whose error form may be unset. */
type ResolvedCall = Omit<ServedCall, 'errorForm'> & { readonly errorForm: string | undefined }

const noBytes = new Uint8Array(0)

/** Makes the function that hands requests to the core gateway, and its answers to the clients' connections. */
export function createServe(parts: HostParts): Serve {
  const { core, open, sink: context, settings, dryRuns } = parts
  return (request, reply, call) => {
    const form = chosenForm(call.errorForm, settings.errorShape)
    const resolved = { ...call, errorForm: form }
    if (dryRuns.takes(request.raw.headers)) {
      answerExplanation(request, reply, { core, call: resolved })
      return
    }
    const input = callInput(request, resolved, disconnectSignal(reply.raw))
    const sink = new ResponseSink(reply.raw, context, reply.getHeaders())
    reply.hijack()
    open.add(reply.raw)
    if (request.body instanceof RequestBodySource) abandonAfterAnswer(request.body, reply)
    core.handle(input, sink).catch((error: unknown) => {
      request.log.error({ err: error }, 'the gateway failed to handle a call')
      sink.destroy()
    })
  }
}

/** Answers with where a call would go. What refuses it is answered as the scope answers errors. */
function answerExplanation(
  request: FastifyRequest,
  reply: FastifyReply,
  { core, call }: Pick<HostParts, 'core'> & { readonly call: ResolvedCall },
): void {
  if (request.body instanceof RequestBodySource) abandonAfterAnswer(request.body, reply)
  core.explain(callInput(request, call, never)).then(
    (explanation) => sendJson(reply, explanationDocument(explanation)),
    (error: unknown) => reply.send(error),
  )
}

/** Nobody waits for a call that is only explained. */
const never = new AbortController().signal

function callInput(request: FastifyRequest, call: ResolvedCall, signal: AbortSignal): CallInput {
  const { operation, dialect, errorForm } = call
  const { path, query, headers } = callerOf(request)
  const body = callBody(request.body, operation)
  return {
    operation,
    dialect,
    method: request.method,
    path,
    query,
    headers,
    signal,
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
