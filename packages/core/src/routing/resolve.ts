import { needsLists } from './backends-for.ts'
import { draw } from './draw.ts'
import { pick } from './pick.ts'
import { type Placement, placeEach, routeOf } from './place-leaf.ts'
import type { Branch, Plan, PlannedLeaf } from './plan.ts'
import { type ReadSelector, readPicked } from './read-picked.ts'
import type { RoutingRequest, RoutingView } from './routing-view.ts'
import type { LeafSelector, Selector } from './selector.ts'
import { shorten } from './shorten.ts'

/**
 * Decides where a call may go: the backend that holds what it names; else static route, else what was picked, else what the request names,
 * else the default; then the first alias that matches, once; then `force_model` replaces the model part. Throws, or rejects with,
 * `invalid_request` for a bad selector, `model_not_found` and `permission_denied`. Waits only for model lists, and only where they decide.
 */
export function resolve(request: RoutingRequest, view: RoutingView): Plan | Promise<Plan> {
  const picked = pick(request, view)
  const decision = [`${picked.source} says "${shorten(picked.text)}"`]
  const read = readPicked(picked, { request, view, decision })
  if (view.forceModel !== undefined) {
    decision.push(`force_model makes the model "${shorten(view.forceModel)}"`)
  }
  const made = () => plan(read, { request, view, decision })
  return leavesOf(read.selector).some((leaf) => waitsForLists(leaf, request, view))
    ? view.known().then(made)
    : made()
}

/** Whether lists that are not known yet decide where a leaf is. */
function waitsForLists(leaf: LeafSelector, request: RoutingRequest, view: RoutingView): boolean {
  const isBare = leaf.backend === undefined && leaf.vendorBackend === undefined
  if (!isBare || routeOf(leaf, { request, view }) !== undefined) return false
  return needsLists(leaf.model, request.principal, view)
}

function leavesOf(selector: Selector): readonly LeafSelector[] {
  return selector.kind === 'leaf' ? [selector] : selector.leaves
}

function plan({ selector, warnings }: ReadSelector, placement: Placement): Plan {
  const { decision } = placement
  const branches = branchesOf(selector, placement)
  decision.push(`plan: ${branches.map(describeBranch).join(' raced with ')}`)
  return { branches, decision, warnings }
}

function branchesOf(selector: Selector, placement: Placement): readonly Branch[] {
  switch (selector.kind) {
    case 'leaf':
      return [oneAfterTheOther([selector], placement)]
    case 'fallback':
      return [oneAfterTheOther(selector.leaves, placement)]
    case 'weighted':
      return [oneAfterTheOther(draw(selector.leaves, placement.request), placement)]
    case 'race':
      return legsOf(selector.leaves, placement)
  }
}

function oneAfterTheOther(leaves: readonly LeafSelector[], placement: Placement): Branch {
  return { leaves: placeEach(leaves, placement).flat(), delayMs: 0 }
}

/** Who has less of a head start than the one with the largest begins later by the difference. */
function legsOf(leaves: readonly LeafSelector[], placement: Placement): readonly Branch[] {
  const places = placeEach(leaves, placement)
  const legs = leaves.flatMap(({ annotations }, at) => {
    const own = places[at] ?? []
    return own.length === 0 ? [] : [{ leaves: own, startMs: annotations.handicapMs ?? 0 }]
  })
  const largest = Math.max(...legs.map(({ startMs }) => startMs))
  return legs.map(({ leaves: own, startMs }) => ({ leaves: own, delayMs: largest - startMs }))
}

function describeBranch({ leaves, delayMs }: Branch): string {
  const places = leaves.map(describe).join(', ')
  return delayMs === 0 ? places : `${places} (after ${delayMs} ms)`
}

function describe({ backend, target, model }: PlannedLeaf): string {
  return target === undefined
    ? `${backend}:${shorten(model)}`
    : `${backend}.${target}:${shorten(model)}`
}
