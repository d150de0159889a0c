import type { CallParameters } from '../chat/parameters.ts'
import type { CallSettings } from '../chat/settings.ts'
import type { PlannedLeaf } from '../routing/plan.ts'
import type { Snapshot } from './snapshot.ts'

/** The parameters that apply on one leaf. Strongest first: operator forces, session, selector; then the body; then defaults. */
export function settingsFor(
  leaf: PlannedLeaf,
  session: CallParameters,
  { forced, defaults }: Pick<Snapshot, 'forced' | 'defaults'>,
): CallSettings {
  return { overrides: { ...leaf.parameters, ...session, ...forced }, defaults }
}
