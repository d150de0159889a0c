import { sendError } from './answer-error.ts'
import { answerModels } from './answer-models.ts'
import { callerError } from './caller-error.ts'
import type { GatewayHost } from './gateway-host.ts'
import type { HostParts } from './host-parts.ts'
import { mountFrontend } from './mount-frontend.ts'
import { unknownPath } from './routes.ts'
import { createServe } from './serve.ts'

/** Makes the object that decorates the app. */
export function createHost(parts: HostParts): GatewayHost {
  const { core, shapes } = parts
  return {
    core,
    mount: (app, frontend) => mountFrontend(app, parts, frontend),
    serve: createServe(parts),
    async serveModels(request, reply, asked) {
      await answerModels(reply, { core, request, ...asked })
    },
    contributeModels: (shape) => shapes.add(shape),
    notFound: (request, reply) =>
      sendError(reply, parts.encodeShared(unknownPath(request), request)),
    refuse(request, reply, thrown) {
      const error = callerError(thrown)
      if (error.code === 'internal') request.log.error({ err: thrown }, 'request failed')
      sendError(reply, parts.encodeShared(error, request))
    },
  }
}
