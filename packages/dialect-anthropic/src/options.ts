import type { ErrorCode, ReasoningEffort } from '@jackfield/core'
import { type ModelFacts, modelFacts } from './model-facts.ts'

/** Differences of a provider that speaks Anthropic's Messages. The defaults are Anthropic itself. */
export interface AnthropicMessagesOptions {
  /**
   * `max_tokens` of requests that name no limit, which this protocol demands; room for reasoning comes on top. Never above the model's
   * own limit. Default 32,000 where that limit is known, else 8,192.
   */
  readonly maxTokens?: number
  /** What a model understands. Default: by the names of Anthropic's models, old ones with care. */
  readonly models?: (model: string) => ModelFacts
  /** Tokens of reasoning that an effort stands for, where they differ from the common table. */
  readonly budgets?: Readonly<Partial<Record<ReasoningEffort, number>>>
  /** Meaning of the provider's own error types and codes, above the general rules: `{ '1113': 'upstream_quota_exhausted' }`. */
  readonly errorCodes?: Readonly<Record<string, ErrorCode>>
}

/** Options with their defaults filled in. */
export interface Variant {
  readonly maxTokens: number | undefined
  readonly models: (model: string) => ModelFacts
  readonly budgets: Readonly<Partial<Record<ReasoningEffort, number>>>
  readonly errorCodes: Readonly<Record<string, ErrorCode>>
}

export function resolveVariant(options: AnthropicMessagesOptions): Variant {
  return {
    maxTokens: options.maxTokens,
    models: options.models ?? modelFacts,
    budgets: options.budgets ?? {},
    errorCodes: options.errorCodes ?? {},
  }
}
