import type { Gateway, Principal } from '@jackfield/core'
import type { FastifyInstance, FastifyRequest, HTTPMethods } from 'fastify'
import { answerErrors } from './answer-error.ts'
import { answerModels, sendJson } from './answer-models.ts'
import { parseBodies } from './body-parser.ts'
import { callerOf } from './caller.ts'
import { addExplainRoute } from './explain-route.ts'
import type { FrontendRoute } from './gateway-host.ts'
import { healthDocument } from './health.ts'
import type { HostParts } from './host-parts.ts'
import { sharedRequest } from './models-shapes.ts'
import { addRoute, refuseMethod, refuseUnknownPath } from './routes.ts'
import { admission } from './scope-admission.ts'
import { createServe } from './serve.ts'

/** What the shared paths need besides the parts of the host. */
export interface SharedPathOptions {
  readonly version: string
  /** Paths, as the router takes them, that answer 404 in their clients' form where nothing else answers. */
  readonly claimedPaths: readonly string[]
}

/** Adds the paths that several protocols share. For an encapsulated scope. */
export function addSharedPaths(
  scope: FastifyInstance,
  parts: HostParts,
  options: SharedPathOptions,
): void {
  const { core, settings } = parts
  answerErrors(scope, parts.sink, parts.encodeShared)
  scope.addHook('onRequest', admission({ core, bodyLimit: () => settings.maxBodyBytes }))
  const get = (url: string, handler: FrontendRoute['handler'], open: readonly HTTPMethods[] = []) =>
    addRoute(scope, { url, methods: ['GET'], handler }, open)

  get('/health', healthHandler(parts, options.version))
  for (const root of ['/models', '/v1/models']) get(root, listHandler(parts))
  get('/models/*', modelHandler(parts))
  get('/v1/models/*', modelHandler(parts), ['POST'])
  scope.register(async (calls) => addModelCalls(calls, parts))
  scope.register(async (explanations) => addExplainRoute(explanations, parts))
  for (const url of options.claimedPaths) refuseUnknownPath(scope, url)
}

function healthHandler(parts: HostParts, version: string): FrontendRoute['handler'] {
  const { core, settings } = parts
  return (request, reply) => {
    const health = core.health()
    const principal = knownPrincipal(core, request)
    const asksReadiness = new URLSearchParams(sharedRequest(request).query).has('ready')
    reply.header('cache-control', 'no-store')
    if (asksReadiness && health.readyTargets === 0) reply.code(503)
    const now = settings.clock.now()
    sendJson(reply, healthDocument(health, { version, now, ...(principal && { principal }) }))
  }
}

/** Who asks, where that may see more than strangers. */
function knownPrincipal(core: Gateway, request: FastifyRequest): Principal | undefined {
  try {
    return core.authenticate(callerOf(request).headers)
  } catch {
    return undefined
  }
}

function listHandler({ core, shapes }: HostParts): FrontendRoute['handler'] {
  return async (request, reply) => {
    await answerModels(reply, { core, request, shape: shapes.choose(sharedRequest(request)) })
  }
}

function modelHandler({ core, shapes }: HostParts): FrontendRoute['handler'] {
  return async (request, reply) => {
    // The router decodes it: an id with slashes arrives the same whether they were escaped or not.
    const { '*': id } = request.params as { readonly '*': string }
    await answerModels(reply, { core, request, id, shape: shapes.choose(sharedRequest(request)) })
  }
}

/** Calls of protocols that name the model in the path, where the path is a shared one. */
function addModelCalls(scope: FastifyInstance, parts: HostParts): void {
  const { shapes, settings } = parts
  const serve = createServe(parts)
  const refuse = refuseMethod('GET, HEAD, OPTIONS')
  parseBodies(scope, settings, () => false)
  parts.mounted.add(`${scope.prefix}/v1/models/*`, ['POST'])
  scope.post('/v1/models/*', {
    onRequest(request, reply, done) {
      if (shapes.callOf(sharedRequest(request)) === undefined) {
        refuse.call(scope, request, reply, done)
      } else done()
    },
    handler(request, reply) {
      const call = shapes.callOf(sharedRequest(request))
      if (call !== undefined) serve(request, reply, call)
    },
  })
}
