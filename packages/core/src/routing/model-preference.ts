/**
 * Which of several backends that list a model serves a request that names the model alone.
 *
 * - `order`: the default backend if it is one of them, else all in the order of the configuration.
 * - `round-robin`: they take turns.
 * - `priority`: the highest number first; those without one have 0.
 * - `cost`: the lowest number first; those without one come last.
 */
export const modelPreferences = ['order', 'round-robin', 'priority', 'cost'] as const

export type ModelPreference = (typeof modelPreferences)[number]

/** What the operator says of one backend for the sake of a preference. */
export interface BackendRank {
  readonly priority?: number
  readonly cost?: number
}

/** The names in the order of the preference; equal ranks stay in the order of the configuration. */
export function ranked(
  names: readonly string[],
  preference: ModelPreference,
  rankOf: (name: string) => BackendRank,
): readonly string[] {
  switch (preference) {
    case 'order':
    case 'round-robin':
      return names
    case 'priority':
      return names.toSorted((a, b) => (rankOf(b).priority ?? 0) - (rankOf(a).priority ?? 0))
    case 'cost':
      return names.toSorted((a, b) => compareCosts(rankOf(a).cost, rankOf(b).cost))
    default:
      return preference satisfies never
  }
}

function compareCosts(one: number | undefined, other: number | undefined): number {
  if (one === other) return 0
  if (one === undefined) return 1
  return other === undefined ? -1 : one - other
}
