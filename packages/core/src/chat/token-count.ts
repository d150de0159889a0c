/** How many tokens a request has as input. */
export interface TokenCount {
  readonly inputTokens: number
  /** Part of `inputTokens` that the provider's prompt cache holds. */
  readonly cachedInputTokens?: number
}
