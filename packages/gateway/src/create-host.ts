import { sendError } from './answer-error.ts'
import type { GatewayHost } from './gateway-host.ts'
import type { HostParts } from './host-parts.ts'
import { mountFrontend } from './mount-frontend.ts'
import { chosenForm } from './plain-error.ts'
import { unknownPath } from './routes.ts'
import { serveCall } from './serve.ts'

/** Makes the object that decorates the app. */
export function createHost(parts: HostParts): GatewayHost {
  const { core, settings, shapes, open } = parts
  const sink = { clock: settings.clock, stallMs: settings.stallMs, isClosing: () => open.isClosing }
  const context = { core, open, sink }
  return {
    core,
    mount: (app, frontend) => mountFrontend(app, core, settings, frontend),
    serve(request, reply, { dialect, operation, errorForm }) {
      const form = chosenForm(errorForm, settings.errorShape)
      serveCall(context, request, reply, {
        dialect,
        operation,
        ...(form === undefined ? {} : { errorForm: form }),
      })
    },
    contributeModels: (shape) => shapes.add(shape),
    notFound: (request, reply) =>
      sendError(reply, parts.encodeShared(unknownPath(request), request)),
  }
}
