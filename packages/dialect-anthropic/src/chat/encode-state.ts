import type { ModelFacts } from '../model-facts.ts'
import type { Variant } from '../options.ts'

/** What the encoders of one request share. */
export interface EncodeState {
  readonly variant: Variant
  readonly facts: ModelFacts
  /** Names of what had to be left out, in the words of the most common client protocol. */
  readonly dropped: Set<string>
  /** The name that is sent for a client's name of a tool. */
  readonly toolName: (name: string) => string
}
