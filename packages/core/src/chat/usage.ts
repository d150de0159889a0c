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
