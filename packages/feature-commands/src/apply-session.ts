import { type Call, GatewayError, type RoutingInspector } from '@jackfield/core'
import { chosenRoute } from './commands/choose-route.ts'
import type { SessionState } from './session/session-state.ts'

/**
 * Sends a call where its session has chosen, with what it has set. Throws `model_not_found` where the configuration has lost the backend:
 * another one must not get what was meant for it.
 */
export function applySession(call: Call, state: SessionState, routing: RoutingInspector): void {
  const routes = Object.entries(state.routes)
  if (routes.length > 0) call.offerRoutes(new Map(routes))
  if (Object.keys(state.parameters).length > 0) call.set(state.parameters)
  const route = state.oneOff ?? chosenRoute(state, { routing })
  if (route === undefined || routing.staticRoute !== undefined) return
  const lost = state.backends?.find((name) => !isBackend(name, routing))
  if (lost !== undefined) throw isLost(lost)
  call.pick(route, state.oneOff === undefined ? 'session' : 'one-off')
}

function isBackend(name: string, routing: RoutingInspector): boolean {
  const parsed = routing.parse(`${name}:x`)
  return !parsed.ok || (parsed.selector.kind === 'leaf' && parsed.selector.backend === name)
}

function isLost(name: string): GatewayError {
  return new GatewayError(
    'model_not_found',
    `This session has chosen the backend "${name}", which is not configured any more. Choose another one with the command "backend", or write "unset(backend, model)".`,
  )
}
