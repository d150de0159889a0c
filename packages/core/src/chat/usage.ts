import type { JsonObject } from '../json-value.ts'

/**
 * Counted tokens of one answer. A missing member means "not reported", which is not zero.
 * `inputTokens` and `outputTokens` are totals: they include the parts that the other members name.
 */
export interface Usage {
  readonly inputTokens?: number
  readonly outputTokens?: number
  /** Part of `inputTokens` read from the provider's prompt cache. */
  readonly cachedInputTokens?: number
  /** Part of `inputTokens` written to the provider's prompt cache. */
  readonly cacheWriteInputTokens?: number
  /** Part of `outputTokens` spent on reasoning. */
  readonly reasoningTokens?: number
  /** Part of `inputTokens` that is audio. */
  readonly audioInputTokens?: number
  /** Part of `outputTokens` that is audio. */
  readonly audioOutputTokens?: number
  /** The provider's usage members without a canonical name, only ever shown to clients of `dialect`. */
  readonly extra?: { readonly dialect: string; readonly value: JsonObject }
}

/** Who counted: the provider, the gateway by estimate, or nobody. */
export type UsageSource = 'provider' | 'estimated' | 'unknown'

/** Usage together with how much it can be trusted. */
export interface AttributedUsage {
  readonly source: UsageSource
  readonly usage?: Usage
}

const counters = [
  'inputTokens',
  'outputTokens',
  'cachedInputTokens',
  'cacheWriteInputTokens',
  'reasoningTokens',
  'audioInputTokens',
  'audioOutputTokens',
] as const

/** Usage of two answers together. What neither of them reports is not reported; what has no canonical name is left out. */
export function addUsage(one: Usage, other: Usage): Usage {
  const sum: Partial<Record<(typeof counters)[number], number>> = {}
  for (const counter of counters) {
    if (one[counter] === undefined && other[counter] === undefined) continue
    sum[counter] = (one[counter] ?? 0) + (other[counter] ?? 0)
  }
  return sum
}
