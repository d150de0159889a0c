import { GatewayError } from '@jackfield/core'
import type { FastifyInstance, FastifyRequest, HTTPMethods, onRequestHookHandler } from 'fastify'
import type { FrontendRoute } from './gateway-host.ts'
import { requestTarget } from './request-target.ts'

const knownMethods: readonly HTTPMethods[] = [
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
]

/**
 * Adds a route, and answers for the methods that it lacks: 405 with `Allow`, and 204 for `OPTIONS`. Nothing is added for a
 * method of `open`, which has a route of its own.
 */
export function addRoute(
  scope: FastifyInstance,
  route: FrontendRoute,
  open: readonly HTTPMethods[] = [],
): void {
  const { url, handler } = route
  const methods = [...route.methods]
  scope.route({ method: [...methods], url, exposeHeadRoute: true, handler })
  if (methods.includes('GET') && !methods.includes('HEAD')) methods.push('HEAD')
  const others = knownMethods.filter((name) => !methods.includes(name) && !open.includes(name))
  if (others.length === 0) return
  const allow = [...methods, 'OPTIONS'].join(', ')
  // Before the body is read: nothing of it matters.
  scope.route({ method: others, url, onRequest: refuseMethod(allow), handler: unreachable })
}

/** A hook that answers a method which a path does not take. */
export function refuseMethod(allow: string): onRequestHookHandler {
  return (request, reply, done) => {
    reply.header('allow', allow)
    if (request.method === 'OPTIONS') {
      reply.code(204).send()
      return
    }
    if (asksForWebSocket(request)) {
      // Told so, clients that would rather use a WebSocket go on over HTTP at once.
      reply.headers({ upgrade: 'HTTP/1.1', connection: 'upgrade' })
      done(new GatewayError('invalid_request', noWebSocket, { status: 426 }))
      return
    }
    const message = `${request.method} is not allowed here. This path takes ${allow}.`
    done(new GatewayError('invalid_request', message, { status: 405 }))
  }
}

const noWebSocket = 'There is no WebSocket here. Send the request as an HTTP POST.'

function asksForWebSocket({ method, raw }: FastifyRequest): boolean {
  const { upgrade = '' } = raw.headers
  return method === 'GET' && upgrade.toLowerCase().includes('websocket')
}

function unreachable(): void {}

/** Answers 404 on every path that the router's pattern covers and no other route answers. */
export function refuseUnknownPath(scope: FastifyInstance, url: string): void {
  scope.all(url, {
    onRequest: (request, _reply, done) => done(unknownPath(request)),
    handler: unreachable,
  })
}

/** The error for a path that nothing answers. It names the path as the client wrote it, prefix included. */
export function unknownPath(request: FastifyRequest): GatewayError {
  const { path } = requestTarget(request.raw.url ?? '/', '')
  return new GatewayError('not_found', `There is nothing at ${request.method} ${path}.`)
}
