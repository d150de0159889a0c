/**
 * In which order the elements e1, e2 of a failover route and their keys k1, k2 are tried.
 *
 * - `ordered`: e1, e2; each with the keys that its pool chooses.
 * - `round-robin`: the same, beginning one element later with every call.
 * - `k`: e1 with k1, k2.
 * - `m`: e1 with k1, e2 with k1.
 * - `km`: e1 with k1, k2, then e2 with k1, k2.
 * - `mk`: e1 with k1, e2 with k1, e1 with k2, e2 with k2.
 */
export const failoverPolicies = ['ordered', 'round-robin', 'k', 'm', 'km', 'mk'] as const

export type FailoverPolicy = (typeof failoverPolicies)[number]

/** A list of places under one name, which may be asked for as a model. */
export interface FailoverRoute {
  readonly policy: FailoverPolicy
  /** Selectors of one leaf each. Names of failover routes are not looked up in them. */
  readonly elements: readonly string[]
}

/** Failover routes by name. */
export type FailoverRoutes = ReadonlyMap<string, FailoverRoute>
