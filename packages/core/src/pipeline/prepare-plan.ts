import type { CallView } from '../call.ts'
import type { Dialect } from '../dialect.ts'
import { GatewayError, isGatewayError } from '../errors/gateway-error.ts'
import type { Branch, Plan, PlannedLeaf } from '../routing/plan.ts'
import { resolve } from '../routing/resolve.ts'
import type { RoutingRequest } from '../routing/routing-view.ts'
import { type PreparedLeaf, prepareLeaf } from './prepared-leaf.ts'
import type { PromptSize } from './prompt-size.ts'
import type { Snapshot } from './snapshot.ts'

/** Places that are tried one after the other. */
export interface PreparedBranch {
  /** At least one. */
  readonly leaves: readonly PreparedLeaf[]
  /** Milliseconds before it begins. */
  readonly delayMs: number
}

/** A place that cannot serve the call, and why. */
export interface SkippedLeaf {
  readonly leaf: PlannedLeaf
  readonly reason: GatewayError
}

/** The places where a call can be served, and how that was decided, in words. */
export interface PreparedPlan {
  /** At least one; several are raced. */
  readonly branches: readonly PreparedBranch[]
  readonly skipped: readonly SkippedLeaf[]
  readonly decision: readonly string[]
  readonly warnings: readonly string[]
}

/** What the preparation of a plan needs besides the request. */
export interface PlanContext extends Pick<Snapshot, 'routing' | 'instances'> {
  /** The client's dialect, where the call came from a client. */
  readonly dialect?: Dialect
  readonly prompt: PromptSize
}

/**
 * Resolves a call and drops the leaves that cannot do it: those whose window is too short, and those whose backend does not do what is
 * asked. Throws, or rejects, when none is left, with the first reason. Waits only where the routing must.
 */
export function preparePlan(
  call: CallView,
  request: RoutingRequest,
  context: PlanContext,
): PreparedPlan | Promise<PreparedPlan> {
  const plan = resolve(request, context.routing)
  return plan instanceof Promise
    ? plan.then((resolved) => prepare(resolved, call, context))
    : prepare(plan, call, context)
}

function prepare(plan: Plan, call: CallView, context: PlanContext): PreparedPlan {
  const decision = [...plan.decision]
  const skipped: SkippedLeaf[] = []
  const branches = plan.branches
    .map((branch) => prepareBranch(branch, call, { context, skipped }))
    .filter(({ leaves }) => leaves.length > 0)
  if (branches.length === 0) throw skipped[0]?.reason ?? nowhere()
  for (const { leaf, reason } of skipped) {
    decision.push(`${leaf.backend} is left out: ${reason.message}`)
  }
  return { branches, skipped, decision, warnings: plan.warnings }
}

function prepareBranch(
  { leaves, delayMs }: Branch,
  call: CallView,
  { context, skipped }: { readonly context: PlanContext; readonly skipped: SkippedLeaf[] },
): PreparedBranch {
  const prepared: PreparedLeaf[] = []
  for (const leaf of leaves) {
    const made = prepareOne(leaf, call, context)
    if (isGatewayError(made)) skipped.push({ leaf, reason: made })
    else if (made !== undefined) prepared.push(made)
  }
  return { leaves: prepared, delayMs }
}

function prepareOne(
  leaf: PlannedLeaf,
  call: CallView,
  { instances, dialect, prompt }: PlanContext,
): PreparedLeaf | GatewayError | undefined {
  const instance = instances.get(leaf.backend)
  if (instance === undefined) return undefined
  if (leaf.maxContext !== undefined && !prompt.fits(leaf.maxContext)) {
    return tooLong(leaf, leaf.maxContext, prompt.tokens)
  }
  return prepareLeaf(leaf, call, { instance, ...(dialect && { dialect }) })
}

function tooLong({ backend, model }: PlannedLeaf, limit: number, tokens: number): GatewayError {
  return new GatewayError(
    'context_length_exceeded',
    `The prompt has about ${tokens} tokens, and "${backend}:${model}" is used for at most ${limit} (max_context).`,
  )
}

function nowhere(): GatewayError {
  return new GatewayError('no_available_target', 'No backend is configured.')
}
