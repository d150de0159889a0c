import { type AttributedUsage, addUsage, type UsageSource } from '../chat/usage.ts'
import type { Outcome } from '../outcome.ts'

/** Usage of all attempts of a call together: cancelled calls and lost races have been paid for too. */
export function totalUsage(outcomes: readonly Outcome[]): AttributedUsage {
  const told = outcomes.map(({ usage }) => usage).filter(({ usage }) => usage !== undefined)
  if (told.length === 0) return { source: 'unknown' }
  const source: UsageSource = told.some((usage) => usage.source === 'estimated')
    ? 'estimated'
    : 'provider'
  return { source, usage: told.map(({ usage }) => usage ?? {}).reduce(addUsage) }
}
