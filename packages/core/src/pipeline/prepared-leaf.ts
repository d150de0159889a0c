import type { Handling } from '../backend.ts'
import type { CallHead, CallView } from '../call.ts'
import { GatewayError, isGatewayError } from '../errors/gateway-error.ts'
import type { BackendInstance } from '../registry/backend-instance.ts'
import type { PlannedLeaf } from '../routing/plan.ts'
import { isGeneration } from './generation.ts'

/** A leaf of the plan with the backend that serves it, how it would, and what this call has tried there. */
export interface PreparedLeaf {
  readonly leaf: PlannedLeaf
  readonly instance: BackendInstance
  readonly head: CallHead
  readonly handling: Exclude<Handling, { way: 'refuse' }>
  /** Ids of targets that are used up for this call. */
  readonly used: string[]
  /** Nothing more is to be expected of it. */
  exhausted: boolean
}

/** What a leaf cannot do: the reason why it is dropped from the plan. */
export function prepareLeaf(
  leaf: PlannedLeaf,
  call: CallView,
  instance: BackendInstance,
): PreparedLeaf | GatewayError {
  const { head } = call
  if (!instance.backend.operations.has(head.operation)) return cannot(instance.name, head.operation)
  const own = leaf.model === (head.model ?? '') ? head : { ...head, model: leaf.model }
  const handling = ask(instance, own, call)
  if (isGatewayError(handling)) return handling
  if (handling.way === 'refuse') return handling.error
  if (!isGeneration(head.operation) && needsCanonical(handling)) {
    return cannot(instance.name, head.operation)
  }
  return {
    leaf,
    instance,
    head: own,
    handling,
    used: [],
    exhausted: false,
  }
}

function needsCanonical({ way }: Handling): boolean {
  return way === 'translate' || way === 'virtual'
}

function ask(instance: BackendInstance, head: CallHead, call: CallView): Handling | GatewayError {
  try {
    // Synchronous and without side effects: what it throws is caught right here.
    return instance.backend.handling(head, call)
  } catch (error) {
    return isGatewayError(error) ? error : instance.broke(error, call.id)
  }
}

function cannot(name: string, operation: string): GatewayError {
  return new GatewayError(
    'unsupported_capability',
    `The backend "${name}" does not do "${operation}". Choose another backend with \`backend:model\`.`,
    { param: 'model' },
  )
}
