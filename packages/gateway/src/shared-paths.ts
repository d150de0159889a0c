import { type Gateway, GatewayError, type JsonObject, type Principal } from '@jackfield/core'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { answerErrors } from './answer-error.ts'
import type { FrontendRoute } from './gateway-host.ts'
import { healthDocument } from './health.ts'
import type { HostParts } from './host-parts.ts'
import { openAIModel, openAIModels } from './models-shape.ts'
import { sharedRequest } from './models-shapes.ts'
import { addRoute, refuseUnknownPath } from './routes.ts'
import { admission } from './scope-admission.ts'

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
  const get = (url: string, handler: FrontendRoute['handler']) =>
    addRoute(scope, { url, methods: ['GET'], handler })

  get('/health', healthHandler(parts, options.version))
  for (const root of ['/models', '/v1/models']) {
    get(root, (request, reply) => answerList(parts, request, reply))
    get(`${root}/*`, (request, reply) => answerModel(parts, request, reply))
  }
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
    return core.authenticate(request.raw.headers)
  } catch {
    return undefined
  }
}

async function answerList(
  { core, shapes }: HostParts,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const shared = sharedRequest(request)
  const models = await core.models(core.authenticate(shared.headers))
  const shape = shapes.choose(shared)
  return sendJson(reply, shape.list?.(models, shared) ?? openAIModels(models))
}

async function answerModel(
  { core, shapes }: HostParts,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const shared = sharedRequest(request)
  const models = await core.models(core.authenticate(shared.headers))
  // The router decodes it: an id with slashes arrives the same whether they were escaped or not.
  const { '*': id } = request.params as { readonly '*': string }
  const model = models.find((candidate) => candidate.id === id)
  if (model === undefined) {
    throw new GatewayError('model_not_found', `The model ${JSON.stringify(id)} does not exist.`)
  }
  return sendJson(reply, shapes.choose(shared).one?.(model) ?? openAIModel(model))
}

/** Sends bytes, so that the host's own serialisers have no part in it. */
function sendJson(reply: FastifyReply, document: JsonObject): FastifyReply {
  reply.header('content-type', 'application/json; charset=utf-8')
  return reply.send(Buffer.from(JSON.stringify(document)))
}
