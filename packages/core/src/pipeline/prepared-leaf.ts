import { canConvert } from '../attempt/unary.ts'
import type { Handling } from '../backend.ts'
import type { CallHead, CallView, Operation } from '../call.ts'
import type { Dialect } from '../dialect.ts'
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
  { instance, dialect }: { readonly instance: BackendInstance; readonly dialect?: Dialect },
): PreparedLeaf | GatewayError {
  const { head } = call
  if (!instance.backend.operations.has(head.operation)) return cannot(instance.name, head.operation)
  const own = leaf.model === (head.model ?? '') ? head : { ...head, model: leaf.model }
  const handling = ask(instance, own, call)
  if (isGatewayError(handling)) return handling
  if (handling.way === 'refuse') return handling.error
  if (!isPossible(handling, head.operation, dialect)) {
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

/** Generation can take every way; other operations are translated where both dialects have them. */
function isPossible(
  handling: Exclude<Handling, { way: 'refuse' }>,
  operation: Operation,
  dialect: Dialect | undefined,
): boolean {
  if (isGeneration(operation)) return true
  if (handling.way === 'virtual') return false
  if (handling.way !== 'translate') return true
  return dialect !== undefined && canConvert(operation, dialect, handling.dialect)
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
