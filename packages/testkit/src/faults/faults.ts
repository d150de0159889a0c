import type { Fault, FaultCase, FaultDialect, FaultVariant } from './fault.ts'
import data from './faults.json' with { type: 'json' }

/** The fault list: 40 ways in which a provider fails, in the order of their phases. A test holds the data against these types. */
export const faults = data as unknown as readonly Fault[]

/** Calls for which faults are wanted. */
export interface FaultFilter {
  readonly dialect?: FaultDialect
  /** Whether the call asks for a stream. */
  readonly stream?: boolean
}

/** Every fault and every variant that can happen to such calls; ids are unique. */
export function faultCases(filter: FaultFilter = {}): readonly FaultCase[] {
  return faults
    .flatMap((fault) => {
      const { variants = [], ...base } = fault
      return [base, ...variants.map((variant) => variantOf(base, variant))]
    })
    .filter((fault) => appliesTo(fault, filter))
}

/** The case of that id. Throws for an unknown id. */
export function faultCase(id: string): FaultCase {
  const found = faultCases().find((fault) => fault.id === id)
  if (found) return found
  throw new Error(`there is no fault "${id}"`)
}

/** Whether a fault can happen to such calls. */
export function appliesTo(fault: FaultCase, { dialect, stream }: FaultFilter): boolean {
  const speaks = dialect === undefined || fault.dialects.includes(dialect)
  return speaks && (stream === undefined || fault.stream !== (stream ? 'unary' : 'stream'))
}

function variantOf(base: FaultCase, variant: FaultVariant): FaultCase {
  // Limits belong to a script, so they are not inherited from another one.
  const { limits: _, ...rest } = base
  return { ...rest, ...variant, id: `${base.id}/${variant.id}` }
}
