import type { ErrorCode } from '@jackfield/core'
import { googleModelFacts, type ModelFacts } from './model-facts.ts'
import { signaturePlaceholder } from './signatures.ts'

/** Differences of a provider that speaks Gemini's protocol. The defaults are Google's own API. */
export interface GeminiOptions {
  /** What a model takes, by the name that the provider knows it by. Default: Google's models. */
  readonly models?: (model: string) => ModelFacts
  /** What stands for a signature that was lost. Default `skip_thought_signature_validator`. */
  readonly signaturePlaceholder?: string
  /** Meaning of the provider's own error reasons and statuses, above the general rules. */
  readonly errorCodes?: Readonly<Record<string, ErrorCode>>
}

/** Options with their defaults filled in. */
export interface Variant {
  readonly models: (model: string) => ModelFacts
  readonly signaturePlaceholder: string
  readonly errorCodes: Readonly<Record<string, ErrorCode>>
}

export function resolveVariant(options: GeminiOptions): Variant {
  return {
    models: options.models ?? googleModelFacts,
    signaturePlaceholder: options.signaturePlaceholder ?? signaturePlaceholder,
    errorCodes: options.errorCodes ?? {},
  }
}
