import type { AttributedUsage, Usage, UsageSource } from '../chat/usage.ts'
import type { Outcome } from '../outcome.ts'

const counters = [
  'inputTokens',
  'outputTokens',
  'cachedInputTokens',
  'cacheWriteInputTokens',
  'reasoningTokens',
  'audioInputTokens',
  'audioOutputTokens',
] as const

/** Usage of all attempts of a call together: cancelled calls and lost races have been paid for too. */
export function totalUsage(outcomes: readonly Outcome[]): AttributedUsage {
  const told = outcomes.map(({ usage }) => usage).filter(({ usage }) => usage !== undefined)
  if (told.length === 0) return { source: 'unknown' }
  const source: UsageSource = told.some((usage) => usage.source === 'estimated')
    ? 'estimated'
    : 'provider'
  return { source, usage: told.map(({ usage }) => usage ?? {}).reduce(add) }
}

function add(one: Usage, other: Usage): Usage {
  const sum: Partial<Record<(typeof counters)[number], number>> = {}
  for (const counter of counters) {
    if (one[counter] === undefined && other[counter] === undefined) continue
    sum[counter] = (one[counter] ?? 0) + (other[counter] ?? 0)
  }
  return sum
}
