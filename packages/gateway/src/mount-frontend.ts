import type { FastifyInstance, FastifyRequest } from 'fastify'
import { answerErrors } from './answer-error.ts'
import { parseBodies } from './body-parser.ts'
import { contentCoding } from './decode-body.ts'
import type { FrontendScope } from './gateway-host.ts'
import type { HostParts } from './host-parts.ts'
import { chosenForm } from './plain-error.ts'
import { addRoute, refuseUnknownPath } from './routes.ts'
import { admission } from './scope-admission.ts'

/** Adds a frontend's paths to an app, in a scope of their own. */
export function mountFrontend(
  app: FastifyInstance,
  { core, settings, sink, mounted }: HostParts,
  frontend: FrontendScope,
): void {
  const form = chosenForm(frontend.errorForm, settings.errorShape)
  const streamsBody = (request: FastifyRequest) =>
    frontend.streamsBody?.(request) === true &&
    contentCoding(request.raw.headers['content-encoding']) === undefined
  const bodyLimit = (request: FastifyRequest) =>
    streamsBody(request) ? settings.maxStreamedBodyBytes : settings.maxBodyBytes

  app.register(async (scope) => {
    answerErrors(scope, sink, (error) => frontend.dialect.encodeError(error, form))
    parseBodies(scope, settings, streamsBody)
    scope.addHook('onRequest', admission({ core, bodyLimit }))
    for (const route of frontend.routes) {
      addRoute(scope, route)
      mounted.add(`${scope.prefix}${route.url}`, route.methods)
    }
    for (const url of frontend.claimedPaths ?? []) refuseUnknownPath(scope, url)
  })
}
