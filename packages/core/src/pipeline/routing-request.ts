import type { CallView, PickedBy } from '../call.ts'
import type { ChatRequest } from '../chat/request.ts'
import { GatewayError } from '../errors/gateway-error.ts'
import type { RoutingRequest } from '../routing/routing-view.ts'
import type { CallState } from './call-state.ts'
import type { PreparedBranch, PreparedPlan } from './prepare-plan.ts'
import { PromptSize } from './prompt-size.ts'
import type { Snapshot } from './snapshot.ts'

const pickers: Readonly<Record<PickedBy, string>> = {
  'one-off': 'the one-off route',
  session: 'the session',
  header: 'x-jackfield-backend',
}

/** What a client's call asks of the routing. Throws where the backend that holds what it names is gone. */
export function clientRequest(
  call: CallState,
  { instances }: Pick<Snapshot, 'instances'>,
  random: () => number,
): RoutingRequest {
  const { pin, picked, routes } = call
  return {
    model: call.head.model,
    picked: picked && { selector: picked.selector, by: pickers[picked.by] },
    principal: call.principal,
    ...(routes === undefined ? {} : { routes }),
    ...(pin === undefined ? {} : { pinned: requireHolder(pin.backend, instances) }),
    isOpening: () => call.isOpening,
    random,
    ...(call.isDryRun ? { isDryRun: true } : {}),
  }
}

/** What a call that a virtual backend makes for a client's call asks of the routing. */
export function dispatchedRequest(
  view: CallView,
  request: ChatRequest,
  { parent, random }: { readonly parent: CallState; readonly random: () => number },
): RoutingRequest {
  const { routes } = parent
  return {
    model: view.head.model,
    picked: undefined,
    principal: view.principal,
    ...(routes === undefined ? {} : { routes }),
    isOpening: () => request.messages.every(({ role }) => role !== 'assistant'),
    random,
  }
}

/** How long a client's prompt is. */
export function promptOf(call: CallState): PromptSize {
  return new PromptSize(call.bytes?.length, () => call.request())
}

/**
 * The places of a call as they are tried: a race only where an answer that nobody wants does no harm. What is stored or changed at a
 * provider, and a body that comes only once, goes to one place after the other.
 */
export function raceable(
  { operation }: CallView,
  { branches }: Pick<PreparedPlan, 'branches'>,
): readonly PreparedBranch[] {
  const hasEffects = operation === 'opaque' || operation === 'resource'
  if (!hasEffects || branches.length < 2) return branches
  return [{ leaves: branches.flatMap(({ leaves }) => leaves), delayMs: 0 }]
}

/** Static routes, aliases and forced models decide where clients go, not where virtual backends go. */
export function withoutForces({
  staticRoute: _,
  forceModel: __,
  aliases: ___,
  ...routing
}: Snapshot['routing']): Snapshot['routing'] {
  return routing
}

/** A provider holds what the call names: without that backend nobody can serve it. */
function requireHolder(name: string, instances: Snapshot['instances']): string {
  if (instances.has(name)) return name
  throw new GatewayError(
    'no_available_target',
    `The backend "${name}", which holds what this call names, is not configured any more.`,
  )
}
