import type { CallView } from '../call.ts'
import type { Dialect } from '../dialect.ts'
import { GatewayError, isGatewayError } from '../errors/gateway-error.ts'
import type { Plan } from '../routing/plan.ts'
import { resolve } from '../routing/resolve.ts'
import type { RoutingRequest } from '../routing/routing-view.ts'
import { type PreparedLeaf, prepareLeaf } from './prepared-leaf.ts'
import type { Snapshot } from './snapshot.ts'

/** The places where a call can be served, in order, and how that was decided, in words. */
export interface PreparedPlan {
  readonly leaves: readonly PreparedLeaf[]
  readonly decision: readonly string[]
}

/**
 * Resolves a call and drops the leaves that cannot do it. Throws, or rejects, when none is left, with the first reason. Waits only
 * where the routing must.
 */
export function preparePlan(
  call: CallView,
  request: RoutingRequest,
  options: Pick<Snapshot, 'routing' | 'instances'> & {
    /** The client's dialect, where the call came from a client. */
    readonly dialect?: Dialect
  },
): PreparedPlan | Promise<PreparedPlan> {
  const plan = resolve(request, options.routing)
  return plan instanceof Promise
    ? plan.then((resolved) => prepare(resolved, call, options))
    : prepare(plan, call, options)
}

function prepare(
  plan: Plan,
  call: CallView,
  { instances, dialect }: Parameters<typeof preparePlan>[2],
): PreparedPlan {
  const decision = [...plan.decision]
  const leaves: PreparedLeaf[] = []
  let refusal: GatewayError | undefined
  for (const leaf of plan.leaves) {
    const instance = instances.get(leaf.backend)
    if (instance === undefined) continue
    const prepared = prepareLeaf(leaf, call, { instance, ...(dialect && { dialect }) })
    if (isGatewayError(prepared)) {
      refusal ??= prepared
      decision.push(`${leaf.backend} is left out: ${prepared.message}`)
    } else {
      leaves.push(prepared)
    }
  }
  if (leaves.length === 0) throw refusal ?? nowhere()
  return { leaves, decision }
}

function nowhere(): GatewayError {
  return new GatewayError('no_available_target', 'No backend is configured.')
}
