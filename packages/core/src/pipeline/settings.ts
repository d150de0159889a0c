import type { CallParameters } from '../chat/parameters.ts'
import type { CallSettings } from '../chat/settings.ts'
import type { PlannedLeaf } from '../routing/plan.ts'
import type { Snapshot } from './snapshot.ts'

/** The parameters that apply on one leaf. Strongest first: operator forces, session, selector; then the body; then defaults. */
export function settingsFor(
  leaf: PlannedLeaf,
  session: CallParameters,
  { forced, defaults, modelDefaults }: Pick<Snapshot, 'forced' | 'defaults' | 'modelDefaults'>,
): CallSettings {
  const overrides = { ...leaf.parameters, ...session, ...forced }
  if (modelDefaults.size === 0) return { overrides, defaults }
  const { backend, model } = leaf
  const own = { ...modelDefaults.get(model), ...modelDefaults.get(`${backend}:${model}`) }
  return { overrides, defaults: { ...defaults, ...own } }
}
